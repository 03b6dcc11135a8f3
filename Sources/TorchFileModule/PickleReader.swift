/// Reads pickles of tensors: a machine with a stack that knows the few instructions and globals that they need.
///
/// Nothing in a pickle is run. What it asks for beyond tensors, numbers, texts and containers is an error.
struct PickleReader {
    /// Where the next instruction is.
    private(set) var position: Int
    /// The elements of tuples and lists, and the keys and values of dictionaries, by the numbers of the containers.
    private(set) var containers: [[PickleValue]] = []
    private(set) var storages: [PickleStorage] = []
    private(set) var tensors: [PickleTensor] = []

    private let bytes: UnsafeRawBufferPointer
    private let file: String
    private let end: Int
    private var stack: [PickleValue] = []
    private var memo: [Int: PickleValue] = [:]

    /// The most bytes that pickles may have: a hundred times what the largest models take.
    static let limitBytes = 1 << 23

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - range: where pickles may be, one after the other.
    ///   - file: the path, for errors.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, file: String) {
        self.bytes = bytes
        self.file = file
        position = range.lowerBound
        end = min(range.upperBound, range.lowerBound + Self.limitBytes)
    }

    /// Reads one pickle, up to its end.
    ///
    /// - Returns: what it stands for; the containers, storages and tensors of earlier ones stay.
    /// - Throws: `pickleTruncated`, `pickleMalformed`, `unsupportedInstruction`, `unsupportedGlobal`.
    mutating func next() throws(TorchFileError) -> PickleValue {
        stack.removeAll(keepingCapacity: true)
        memo.removeAll(keepingCapacity: true)
        while true {
            let start = position
            let byte = UInt8(try integer(1))
            guard let instruction = PickleInstruction(rawValue: byte) else {
                throw .unsupportedInstruction(
                    file: file,
                    byteOffset: start,
                    name: PickleInstruction.name(of: byte)
                )
            }
            if instruction == .stop {
                let value = try pop()
                guard stack.isEmpty, value != .mark else {
                    throw malformed("it ends with more than one value")
                }
                return value
            }
            try run(instruction, at: start)
        }
    }

    /// The text of a value; nil for a value of another kind.
    func text(_ value: PickleValue) -> String? {
        guard case .text(let range) = value else { return nil }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// The elements of a tuple or list, the keys and values of a dictionary; nil for a value of another kind.
    func elements(_ value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let index), .list(let index), .dictionary(let index): containers[index]
        default: nil
        }
    }

    private mutating func run(_ instruction: PickleInstruction, at start: Int) throws(TorchFileError) {
        switch instruction {
        case .protocolVersion:
            let version = try integer(1)
            guard version == 2 else { throw malformed("its protocol is \(version), not 2") }
        case .mark: stack.append(.mark)
        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .binaryByte: stack.append(.integer(try integer(1)))
        case .binaryShort: stack.append(.integer(try integer(2)))
        case .binaryInteger:
            stack.append(.integer(Int(Int32(truncatingIfNeeded: try integer(4)))))
        case .long1: try readLong()
        case .binaryFloat:
            _ = try take(8)
            stack.append(.fraction)
        case .text: stack.append(.text(try readText(try integer(4))))
        case .emptyTuple: stack.append(.tuple(container([])))
        case .emptyList: stack.append(.list(container([])))
        case .emptyDictionary: stack.append(.dictionary(container([])))
        case .tuple: stack.append(.tuple(container(try popToMark())))
        case .tuple1: try makeTuple(1)
        case .tuple2: try makeTuple(2)
        case .tuple3: try makeTuple(3)
        case .append: try extend([try pop()], isDictionary: false)
        case .appends: try extend(try popToMark(), isDictionary: false)
        case .setItem:
            let value = try pop()
            try extend([try pop(), value], isDictionary: true)
        case .setItems: try extend(try popToMark(), isDictionary: true)
        case .put: memo[try integer(1)] = try top()
        case .longPut: memo[try integer(4)] = try top()
        case .get: try recall(try integer(1))
        case .longGet: try recall(try integer(4))
        case .global: try readGlobal(at: start)
        case .persistent: try makeStorage()
        case .reduce: try call()
        case .build:
            // The state of a dictionary is what `state_dict()` says of versions, which nothing needs.
            let state = try pop()
            guard case .dictionary = state, case .dictionary = try top() else {
                throw malformed("it changes the state of something that is no dictionary")
            }
        case .stop: preconditionFailure("the end is no instruction to run")
        }
    }

    // MARK: Containers

    private mutating func container(_ elements: [PickleValue]) -> Int {
        containers.append(elements)
        return containers.count - 1
    }

    private mutating func makeTuple(_ count: Int) throws(TorchFileError) {
        var elements: [PickleValue] = []
        for _ in 0..<count { elements.append(try pop()) }
        stack.append(.tuple(container(elements.reversed())))
    }

    private mutating func extend(_ elements: [PickleValue], isDictionary: Bool) throws(TorchFileError) {
        switch (try top(), isDictionary) {
        case (.list(let index), false): containers[index] += elements
        case (.dictionary(let index), true) where elements.count.isMultiple(of: 2):
            containers[index] += elements
        default: throw malformed("elements are put into something that does not take them")
        }
    }

    // MARK: Globals

    private mutating func readGlobal(at start: Int) throws(TorchFileError) {
        let (module, name) = (try readLine(), try readLine())
        guard let global = PickleGlobal(module: module, name: name) else {
            throw .unsupportedGlobal(file: file, byteOffset: start, name: "\(module).\(name)")
        }
        stack.append(.global(global))
    }

    /// `("storage", class, key, device, count)`, in the older form with a sixth element that is none.
    private mutating func makeStorage() throws(TorchFileError) {
        let description = try pop()
        guard let parts = elements(description), parts.count == 5 || parts.count == 6 && parts[5] == .none,
            text(parts[0]) == "storage", case .global(.storage(let type)) = parts[1],
            let key = text(parts[2]), case .integer(let count) = parts[4], count >= 0,
            !count.multipliedReportingOverflow(by: type.byteCount).overflow
        else { throw malformed("a storage is not described as one") }
        storages.append(PickleStorage(key: key, elementType: type, elementCount: count))
        stack.append(.storage(storages.count - 1))
    }

    private mutating func call() throws(TorchFileError) {
        guard case .tuple(let index) = try pop(), case .global(let global) = try pop() else {
            throw malformed("something is called that is no function")
        }
        let arguments = containers[index]
        switch global {
        case .orderedDictionary where arguments.isEmpty: stack.append(.dictionary(container([])))
        case .tensor where 4...7 ~= arguments.count: try makeTensor(arguments)
        case .parameter:
            guard let data = arguments.first, case .tensor = data else {
                throw malformed("a parameter has no tensor")
            }
            stack.append(data)
        default: throw malformed("a function has other arguments than it takes")
        }
    }

    /// `(storage, offset, shape, strides, …)`.
    private mutating func makeTensor(_ arguments: [PickleValue]) throws(TorchFileError) {
        guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            offset >= 0,
            let shape = counts(arguments[2]), let strides = counts(arguments[3]), shape.count == strides.count
        else { throw malformed("a tensor is not described as one") }
        tensors.append(PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides))
        stack.append(.tensor(tensors.count - 1))
    }

    /// A tuple of numbers that are not negative.
    private func counts(_ value: PickleValue) -> [Int]? {
        guard case .tuple(let index) = value else { return nil }
        var counts: [Int] = []
        for element in containers[index] {
            guard case .integer(let count) = element, count >= 0 else { return nil }
            counts.append(count)
        }
        return counts
    }

    // MARK: The stack

    private mutating func pop() throws(TorchFileError) -> PickleValue {
        guard let value = stack.popLast() else { throw malformed("a value is missing") }
        return value
    }

    private func top() throws(TorchFileError) -> PickleValue {
        guard let value = stack.last, value != .mark else { throw malformed("a value is missing") }
        return value
    }

    private mutating func popToMark() throws(TorchFileError) -> [PickleValue] {
        guard let mark = stack.lastIndex(of: .mark) else { throw malformed("a mark is missing") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func recall(_ index: Int) throws(TorchFileError) {
        guard let value = memo[index] else {
            throw malformed("it asks for value \(index), which it never kept")
        }
        stack.append(value)
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws(TorchFileError) -> Range<Int> {
        guard count <= end - position else { throw .pickleTruncated(file: file, byteOffset: position) }
        position += count
        return position - count..<position
    }

    /// A little-endian number of up to 4 bytes.
    private mutating func integer(_ byteCount: Int) throws(TorchFileError) -> Int {
        bytes[try take(byteCount)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A number of any length, of which those of up to 8 bytes have a value and longer ones have none.
    private mutating func readLong() throws(TorchFileError) {
        let range = try take(try integer(1))
        guard range.count <= 8 else { return stack.append(.fraction) }
        var value = bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if let last = range.last, bytes[last] >= 0x80, range.count < 8 {
            value |= ~0 << UInt64(8 * range.count)
        }
        stack.append(.integer(Int(Int64(bitPattern: value))))
    }

    private mutating func readText(_ byteCount: Int) throws(TorchFileError) -> Range<Int> {
        let range = try take(byteCount)
        guard String(validating: bytes[range], as: UTF8.self) != nil else {
            throw malformed("a text is not UTF-8")
        }
        return range
    }

    private mutating func readLine() throws(TorchFileError) -> String {
        // No name of a module, function or class is longer.
        let rest = bytes[position..<min(end, position + 256)]
        guard let newline = rest.firstIndex(of: 0x0A) else { throw malformed("a name does not end") }
        defer { position = newline + 1 }
        return String(decoding: bytes[position..<newline], as: UTF8.self)
    }

    private func malformed(_ problem: String) -> TorchFileError {
        .pickleMalformed(file: file, byteOffset: position, problem: problem)
    }
}
