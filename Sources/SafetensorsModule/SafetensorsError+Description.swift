import FileModule

extension SafetensorsError: CustomStringConvertible {
    /// One line: which file, what is wrong where, what to do.
    public var description: String {
        switch self {
        // The file.
        case .fileMissing(let file):
            "\(file.isEmpty ? "(empty path)" : file): no such file; check the path"
        case .isDirectory(let file):
            "\(file): is a directory; give the path of a .safetensors file"
        case .notRegularFile(let file):
            "\(file): is not a regular file; copy its content into one"
        case .largeFilePointer(let file):
            "\(file): \(LargeFilePointer.reason)"
        case .unreadable(let file, let reason):
            "\(file): cannot be read: \(reason); check the file and its permissions"

        // The header as a whole.
        case .tooShort(let file, let byteCount):
            "\(file): has \(byteCount) bytes, a safetensors file has at least 8\(remedy)"
        case .headerTooLong(let file, let byteCount, let limit):
            "\(file): the header would be \(byteCount) bytes long, the limit is \(limit); is it a safetensors file?"
        case .headerTruncated(let file, let headerByteCount, let availableByteCount):
            "\(file): ends after \(availableByteCount) of the \(headerByteCount) bytes of its header\(remedy)"
        case .headerNotUTF8(let file, let byteOffset):
            "\(file): the header is not UTF-8 at byte \(byteOffset)\(remedy)"
        case .headerMalformed(let file, let tensor, let byteOffset, let problem):
            "\(file): the header is malformed at byte \(byteOffset)"
                + (tensor.map { " in the entry of tensor \(quoted($0))" } ?? "") + ": \(problem)\(remedy)"
        case .duplicateMetadata(let file):
            "\(file): the header has __metadata__ twice\(remedy)"
        case .duplicateTensor(let file, let tensor):
            "\(file): tensor \(quoted(tensor)) occurs twice; give every tensor its own name"

        // An entry of the header.
        case .duplicateKey(let file, let entry, let key):
            "\(file): the entry \(quoted(entry)) has the key \(quoted(key)) twice\(remedy)"
        case .missingKey(let file, let tensor, let key):
            "\(file): tensor \(quoted(tensor)) has no \(quoted(key))\(remedy)"
        case .unexpectedKey(let file, let tensor, let key):
            "\(file): tensor \(quoted(tensor)) has the unknown key \(quoted(key))\(remedy)"
        case .invalidNumber(let file, let tensor, let key, let text):
            "\(file): tensor \(quoted(tensor)) has \(text) in \(quoted(key)), not an integer from 0 to 2^63-1\(remedy)"
        case .unknownElementType(let file, let tensor, let name):
            "\(file): tensor \(quoted(tensor)) has the unknown element type \(quoted(name))\(remedy)"
        case .unsupportedElementType(let file, let tensor, let name):
            "\(file): tensor \(quoted(tensor)) has the unsupported element type \(quoted(name)); "
                + "convert it to \(listed(FloatingPointElementType.allCases.map(\.elementType)))"

        // Shapes and places.
        case .shapeOverflow(let file, let tensor, let shape):
            "\(file): tensor \(quoted(tensor)) has the impossible shape \(listed(shape))\(remedy)"
        case .offsetsReversed(let file, let tensor, let begin, let end):
            "\(file): the data of tensor \(quoted(tensor)) end at \(end), before they begin at \(begin)\(remedy)"
        case .byteCountMismatch(let file, let tensor, let elementType, let shape, let expected, let actual):
            "\(file): tensor \(quoted(tensor)), \(elementType.rawValue) of shape \(listed(shape)), "
                + "takes \(expected) bytes but has \(actual)\(remedy)"
        case .dataTruncated(let file, let tensor, let end, let dataByteCount):
            "\(file): the data of tensor \(quoted(tensor)) end at \(end), "
                + "but the file has only \(dataByteCount) bytes of data\(remedy)"
        case .overlap(let file, let tensor, let begin, let other, let otherEnd):
            "\(file): the data of tensor \(quoted(tensor)) begin at \(begin), "
                + "inside those of \(quoted(other)), which end at \(otherEnd)\(remedy)"
        case .gap(let file, let tensor, let begin, let expected):
            "\(file): the data of tensor \(quoted(tensor)) begin at \(begin) instead of \(expected)\(remedy)"
        case .leftoverBytes(let file, let byteCount):
            "\(file): the last \(byteCount) bytes belong to no tensor\(remedy)"

        // Reading.
        case .noSuchTensor(let file, let tensor):
            "\(file): has no tensor \(quoted(tensor)); check that the checkpoint is of this architecture"
        case .wrongElementType(let file, let tensor, let found, let wanted):
            "\(file): tensor \(quoted(tensor)) has the element type \(found.rawValue); "
                + "convert it to \(listed(wanted))"
        case .elementsOutOfRange(let file, let tensor, let elements, let elementCount):
            "\(file): tensor \(quoted(tensor)) has \(elementCount) elements; elements \(elements) do not exist"

        // Writing.
        case .reservedName(let file, let tensor):
            "\(file): the format keeps the name \(quoted(tensor)) for metadata; name the tensor otherwise"
        case .elementCountMismatch(let file, let tensor, let shape, let elementCount):
            "\(file): tensor \(quoted(tensor)) has \(elementCount) elements; "
                + "give as many as its shape \(listed(shape)) asks for"
        case .unwritable(let file, let step, let reason):
            "\(file): cannot \(step): \(reason); the file was left as it was"
        }
    }
}

private let remedy = "; download or export the file again"

/// A name from an untrusted header, on one line and of bounded length.
private func quoted(_ name: String) -> String {
    let limit = 120
    let start = String(String.UnicodeScalarView(name.unicodeScalars.prefix(limit)))
    return start.debugDescription + (start.utf8.count < name.utf8.count ? "…" : "")
}

/// A shape from an untrusted header, of bounded length.
private func listed(_ shape: [Int]) -> String {
    shape.count <= 16 ? "\(shape)" : "of \(shape.count) dimensions"
}

private func listed(_ elementTypes: [ElementType]) -> String {
    elementTypes.map(\.rawValue).joined(separator: " or ")
}
