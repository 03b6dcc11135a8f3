extension HeaderScanner {
    /// The value of `__metadata__`: an object whose values are all strings.
    mutating func metadata() throws(SafetensorsError) -> [String: String] {
        let entry = SafetensorsHeader.metadataKey
        try enterObject(entry)
        var metadata: [String: String] = [:]
        while let key = try nextKey() {
            let previous = metadata.updateValue(try string("a value of \(entry)"), forKey: key)
            guard previous == nil else { throw .duplicateKey(file: file, entry: entry, key: key) }
        }
        return metadata
    }

    /// The value under a tensor's name: its element type, shape and place, checked against each other.
    mutating func tensorEntry(named name: String) throws(SafetensorsError) -> TensorInfo {
        tensor = name
        defer { tensor = nil }
        var elementType: ElementType?
        var shape: [Int]?
        var place: (begin: Int, end: Int)?

        try enterObject("the entry of a tensor")
        while let key = try nextKey() {
            let isDuplicate: Bool
            switch key {
            case "dtype":
                isDuplicate = elementType != nil
                elementType = try self.elementType()
            case "shape":
                isDuplicate = shape != nil
                shape = try integers(key: key)
            case "data_offsets":
                isDuplicate = place != nil
                let numbers = try integers(key: key)
                guard numbers.count == 2 else { throw malformed("expected two integers in \"\(key)\"") }
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

    private mutating func elementType() throws(SafetensorsError) -> ElementType {
        let name = try string("the value of \"dtype\"")
        if let elementType = ElementType(rawValue: name) { return elementType }
        let tensor = tensor ?? ""
        throw ElementType.unsupportedNames.contains(name)
            ? .unsupportedElementType(file: file, tensor: tensor, name: name)
            : .unknownElementType(file: file, tensor: tensor, name: name)
    }

    private mutating func integers(key: String) throws(SafetensorsError) -> [Int] {
        try enterArray("the value of \"\(key)\"")
        var integers: [Int] = []
        while try nextElement() {
            integers.append(try integer(key: key))
        }
        return integers
    }
}

extension TensorInfo {
    /// Checks the shape against the place.
    fileprivate init(
        name: String,
        elementType: ElementType,
        shape: [Int],
        begin: Int,
        end: Int,
        file: String
    ) throws(SafetensorsError) {
        guard let elementCount = Self.elementCount(shape: shape, elementType: elementType) else {
            throw .shapeOverflow(file: file, tensor: name, shape: shape)
        }
        guard begin <= end else {
            throw .offsetsReversed(file: file, tensor: name, begin: begin, end: end)
        }
        let byteCount = elementCount * elementType.byteCount
        guard end - begin == byteCount else {
            throw .byteCountMismatch(
                file: file,
                tensor: name,
                elementType: elementType,
                shape: shape,
                expected: byteCount,
                actual: end - begin
            )
        }
        self.init(
            name: name,
            elementType: elementType,
            shape: shape,
            elementCount: elementCount,
            byteOffset: begin
        )
    }
}
