import SafetensorsModule

/// The tensors of a file by name, and where their elements lie in it.
struct TensorDictionary {
    private(set) var names: [String] = []
    private(set) var tensors: [String: StoredTensor] = [:]
    private let file: String

    /// What a file begins with that was written before there were archives: a pickle of a certain number.
    static let signature: [UInt8] = [
        0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    /// Reads `NAME/data.pkl` and finds the storages `NAME/data/KEY`.
    ///
    /// - Throws: the errors of ``StoredArchive`` and ``PickleReader``, `malformedTensor`, `duplicateTensor`.
    init(archive bytes: UnsafeRawBufferPointer, file: String) throws(TorchFileError) {
        self.file = file
        let entries = try StoredArchive(bytes, file: file).entries
        let suffix = "/data.pkl"
        guard let name = entries.keys.filter({ $0.hasSuffix(suffix) }).min(), let pickle = entries[name]
        else {
            throw .malformedArchive(file: file, problem: "no data.pkl is in it")
        }
        let root = name.dropLast(suffix.count)
        if let order = entries["\(root)/byteorder"], bytes[order].elementsEqual("big".utf8) {
            throw .malformedArchive(file: file, problem: "its numbers are big-endian")
        }
        guard pickle.count <= PickleReader.limitBytes else {
            throw .pickleTruncated(file: file, byteOffset: pickle.lowerBound + PickleReader.limitBytes)
        }
        var reader = PickleReader(bytes, pickle, file: file)
        let value = try reader.next()
        try read(value, reader) { storage throws(TorchFileError) in
            guard let range = entries["\(root)/data/\(storage.key)"] else {
                throw .malformedArchive(file: file, problem: "the storage \(storage.key) is not in it")
            }
            return range
        }
    }

    /// Reads the pickles of a file that is no archive, and finds the storages behind them.
    ///
    /// The pickles: a signature, a version, what the machine was like, the dictionary, the storages in their order. A storage is
    /// the number of its elements in 8 bytes, and the elements.
    ///
    /// - Throws: the errors of ``PickleReader``, `malformedArchive`, `malformedTensor`, `duplicateTensor`.
    init(pickles bytes: UnsafeRawBufferPointer, file: String) throws(TorchFileError) {
        self.file = file
        var reader = PickleReader(bytes, Self.signature.count..<bytes.count, file: file)
        guard try reader.next() == .integer(1001) else {
            throw .malformedArchive(file: file, problem: "it is of another version than 1001")
        }
        let machineValue = try reader.next()
        let machine = reader.elements(machineValue) ?? []
        for index in stride(from: 0, to: machine.count - 1, by: 2)
        where reader.text(machine[index]) == "little_endian" && machine[index + 1] != .bool(true) {
            throw .malformedArchive(file: file, problem: "its numbers are big-endian")
        }
        let value = try reader.next()
        let keyList = try reader.next()
        let keys = (reader.elements(keyList) ?? []).map(reader.text)
        let known = Dictionary(reader.storages.map { ($0.key, $0) }) { first, _ in first }
        var places: [String: Range<Int>] = [:]
        var position = reader.position
        for key in keys {
            guard let key, let storage = known[key] else {
                throw .malformedArchive(file: file, problem: "it lists a storage that no tensor has")
            }
            // Its size was checked for overflow when it was read.
            let byteCount = storage.elementCount * storage.elementType.byteCount
            guard bytes.count - position >= 8, byteCount <= bytes.count - position - 8 else {
                throw .malformedArchive(file: file, problem: "it ends inside the storage \(key)")
            }
            let count = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard count == UInt64(storage.elementCount) else {
                throw .malformedArchive(
                    file: file,
                    problem: "the storage \(key) has \(count) elements, not \(storage.elementCount)"
                )
            }
            guard places.updateValue(position + 8..<position + 8 + byteCount, forKey: key) == nil else {
                throw .malformedArchive(file: file, problem: "it lists the storage \(key) twice")
            }
            position += 8 + byteCount
        }
        guard position == bytes.count else {
            throw .malformedArchive(
                file: file,
                problem: "\(bytes.count - position) bytes at its end are left over"
            )
        }
        try read(value, reader) { storage throws(TorchFileError) in
            guard let range = places[storage.key] else {
                throw .malformedArchive(file: file, problem: "the storage \(storage.key) is not in it")
            }
            return range
        }
    }

    /// Takes the tensors of a dictionary.
    private mutating func read(
        _ value: PickleValue,
        _ reader: PickleReader,
        placeOf: (PickleStorage) throws(TorchFileError) -> Range<Int>
    ) throws(TorchFileError) {
        guard case .dictionary = value, let members = reader.elements(value) else {
            throw .malformedArchive(file: file, problem: "it is no dictionary of tensors")
        }
        for index in stride(from: 0, to: members.count, by: 2) {
            guard let name = reader.text(members[index]) else {
                throw .malformedArchive(file: file, problem: "the name of a tensor is no text")
            }
            guard case .tensor(let number) = members[index + 1] else {
                throw .malformedTensor(file: file, tensor: name, problem: "is no tensor")
            }
            let tensor = reader.tensors[number]
            let storage = reader.storages[tensor.storage]
            let range = try placeOf(storage)
            guard range.count == storage.elementCount * storage.elementType.byteCount else {
                throw .malformedTensor(
                    file: file,
                    tensor: name,
                    problem: "has a storage of \(range.count) bytes, not of \(storage.elementCount) elements"
                )
            }
            let stored: StoredTensor
            do { stored = try StoredTensor(tensor, storage.elementType, storage: range) } catch {
                throw .malformedTensor(file: file, tensor: name, problem: error.problem)
            }
            guard tensors.updateValue(stored, forKey: name) == nil else {
                throw .duplicateTensor(file: file, tensor: name)
            }
            names.append(name)
        }
    }
}
