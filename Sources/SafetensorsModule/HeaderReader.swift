import FileModule

/// Reads the JSON of a safetensors header, entry by entry, with the format's fixed schema.
///
/// The schema says what comes next, so no nesting in the input can make the reader recurse.
struct HeaderReader {
    private let file: String
    private var parser: JSONParser
    /// The tensor whose entry is being read, for error messages.
    private var tensor: String?

    /// - Throws: `headerNotUTF8`.
    init(_ bytes: [UInt8], file: String) throws(SafetensorsError) {
        self.file = file
        do throws(JSONSyntaxError) {
            parser = try JSONParser(bytes)
        } catch {
            throw .headerNotUTF8(file: file, byteOffset: error.offset)
        }
    }

    /// The metadata and the tensors in the order of the text.
    mutating func entries() throws(SafetensorsError) -> (metadata: [String: String], tensors: [TensorInfo]) {
        // Of all JSON white space the format allows only spaces, and only after the object.
        guard parser.bytes.first == UInt8(ascii: "{") else { throw malformed("expected '{' first", at: 0) }
        var metadata: [String: String]?
        var tensors: [TensorInfo] = []
        var names: Set<String> = []
        try enterObject()
        while let name = try nextKey() {
            if name == SafetensorsHeader.metadataKey {
                guard metadata == nil else { throw .duplicateMetadata(file: file) }
                metadata = try readMetadata()
            } else {
                // A name that Unicode considers equal to another counts as its duplicate: a lookup by
                // `String` could not tell them apart.
                guard names.insert(name).inserted else { throw .duplicateTensor(file: file, tensor: name) }
                tensors.append(try readTensor(named: name))
            }
        }
        guard let rest = parser.bytes[parser.position...].firstIndex(where: { $0 != UInt8(ascii: " ") })
        else {
            return (metadata ?? [:], tensors)
        }
        throw malformed("expected nothing but spaces after the closing '}'", at: rest)
    }

    /// The value of `__metadata__`: an object whose values are all strings.
    private mutating func readMetadata() throws(SafetensorsError) -> [String: String] {
        var metadata: [String: String] = [:]
        try enterObject()
        while let key = try nextKey() {
            guard metadata.updateValue(try string(), forKey: key) == nil else {
                throw .duplicateKey(file: file, entry: SafetensorsHeader.metadataKey, key: key)
            }
        }
        return metadata
    }

    /// The value under a tensor's name: its element type, shape and place, checked against each other.
    private mutating func readTensor(named name: String) throws(SafetensorsError) -> TensorInfo {
        tensor = name
        defer { tensor = nil }
        var elementType: ElementType?
        var shape: [Int]?
        var place: (begin: Int, end: Int)?

        try enterObject()
        while let key = try nextKey() {
            let isDuplicate: Bool
            switch key {
            case "dtype":
                isDuplicate = elementType != nil
                elementType = try readElementType(ofTensor: name)
            case "shape":
                isDuplicate = shape != nil
                shape = try counts(of: key, tensor: name)
            case "data_offsets":
                isDuplicate = place != nil
                let numbers = try counts(of: key, tensor: name)
                guard numbers.count == 2 else {
                    throw malformed("expected two integers in \"\(key)\"", at: parser.position)
                }
                place = (numbers[0], numbers[1])
            default:
                throw .unexpectedKey(file: file, tensor: name, key: key)
            }
            guard !isDuplicate else { throw .duplicateKey(file: file, entry: name, key: key) }
        }
        guard let elementType else { throw .missingKey(file: file, tensor: name, key: "dtype") }
        guard let shape else { throw .missingKey(file: file, tensor: name, key: "shape") }
        guard let place else { throw .missingKey(file: file, tensor: name, key: "data_offsets") }
        return try TensorInfo(
            name: name,
            elementType: elementType,
            shape: shape,
            begin: place.begin,
            end: place.end,
            file: file
        )
    }

    private mutating func readElementType(
        ofTensor tensor: String
    ) throws(SafetensorsError) -> ElementType {
        let name = try string()
        if let elementType = ElementType(rawValue: name) { return elementType }
        throw ElementType.unsupportedNames.contains(name)
            ? .unsupportedElementType(file: file, tensor: tensor, name: name)
            : .unknownElementType(file: file, tensor: tensor, name: name)
    }

    /// An array of integers from 0 to `Int.max`.
    private mutating func counts(of key: String, tensor: String) throws(SafetensorsError) -> [Int] {
        var counts: [Int] = []
        do throws(JSONSyntaxError) { try parser.beginArray() } catch { throw named(error) }
        while try nextElement() { counts.append(try count(of: key, tensor: tensor)) }
        return counts
    }

    /// An integer from 0 to `Int.max`, written without sign, fraction, exponent or leading zeros.
    private mutating func count(of key: String, tensor: String) throws(SafetensorsError) -> Int {
        do throws(JSONSyntaxError) {
            _ = try parser.peekKind()
            let start = parser.position
            let value = try parser.integer()
            // "-0" is 0.
            guard parser.bytes[start] != UInt8(ascii: "-") else {
                throw parser.error(.notAnInteger, at: start)
            }
            return value
        } catch {
            let text = parser.bytes[error.offset...].prefix(40).prefix { "+-.0123456789Ee".utf8.contains($0) }
            guard !text.isEmpty else { throw named(error) }
            let number = String(decoding: text, as: UTF8.self)
            throw .invalidNumber(file: file, tensor: tensor, key: key, text: number)
        }
    }

    // MARK: The parser, with errors that name file and tensor

    private mutating func enterObject() throws(SafetensorsError) {
        do throws(JSONSyntaxError) { try parser.beginObject() } catch { throw named(error) }
    }

    private mutating func nextKey() throws(SafetensorsError) -> String? {
        do throws(JSONSyntaxError) { return try parser.nextKey() } catch { throw named(error) }
    }

    private mutating func nextElement() throws(SafetensorsError) -> Bool {
        do throws(JSONSyntaxError) { return try parser.nextElement() } catch { throw named(error) }
    }

    private mutating func string() throws(SafetensorsError) -> String {
        do throws(JSONSyntaxError) { return try parser.string() } catch { throw named(error) }
    }

    private func named(_ error: JSONSyntaxError) -> SafetensorsError {
        malformed(error.description, at: error.offset)
    }

    private func malformed(_ problem: String, at byteOffset: Int) -> SafetensorsError {
        .headerMalformed(file: file, tensor: tensor, byteOffset: byteOffset, problem: problem)
    }
}
