import SafetensorsModule
import TestSupport
import Testing

/// One test for each way in which the entry of a tensor, or the places of all, can be malformed.
@Suite struct EntryRejectionTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// A file whose only tensor, "w", has the given entry, with 8 bytes of data.
    private func write(entry: String) throws -> String {
        try scratch.write(header: "{\"w\":\(entry)}", dataByteCount: 8)
    }

    private func entry(
        dtype: String = "\"F32\"",
        shape: String = "[2]",
        offsets: String = "[0,8]"
    ) -> String {
        "{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    @Test func acceptsTheEntryThatTheOtherTestsVary() throws {
        #expect(errorOpening(try write(entry: entry())) == nil)
    }

    // MARK: Keys and values

    @Test(arguments: ["null", "[]", "1", "\"F32\"", "true"])
    func rejectsEntryThatIsNoObject(value: String) throws {
        let path = try write(entry: value)
        guard case .headerMalformed(path, "w", 5, _) = errorOpening(path) else {
            Issue.record("\(String(describing: errorOpening(path)))")
            return
        }
    }

    @Test(arguments: ["dtype", "shape", "data_offsets"])
    func rejectsMissingKey(key: String) throws {
        let members = [("dtype", "\"F32\""), ("shape", "[2]"), ("data_offsets", "[0,8]")]
        let kept = members.filter { $0.0 != key }.map { "\"\($0.0)\":\($0.1)" }
        let path = try write(entry: "{\(kept.joined(separator: ","))}")
        #expect(errorOpening(path) == .missingKey(file: path, tensor: "w", key: key))
    }

    @Test(arguments: [("dtype", "\"F32\""), ("shape", "[2]"), ("data_offsets", "[0,8]")])
    func rejectsDuplicateKey(key: String, value: String) throws {
        let path = try write(entry: entry().dropLast() + ",\"\(key)\":\(value)}")
        #expect(errorOpening(path) == .duplicateKey(file: path, entry: "w", key: key))
    }

    @Test func rejectsUnexpectedKey() throws {
        let path = try write(entry: entry().dropLast() + ",\"strides\":[1]}")
        #expect(errorOpening(path) == .unexpectedKey(file: path, tensor: "w", key: "strides"))
    }

    @Test(arguments: [
        "[0]", "[]", "[0,8,8]", "8", "{}", "\"0,8\"", "null", "[0,[8]]", "[0,]", "[0 8]", "[0,\"8\"]",
    ])
    func rejectsOffsetsThatAreNotTwoIntegers(offsets: String) throws {
        let path = try write(entry: entry(offsets: offsets))
        guard case .headerMalformed(path, "w", _, _) = errorOpening(path) else {
            Issue.record("\(String(describing: errorOpening(path)))")
            return
        }
    }

    @Test(arguments: ["2", "{}", "null", "\"2\"", "[true]", "[[2]]", "[2,]", "[,2]", "[2"])
    func rejectsShapeThatIsNoArrayOfIntegers(shape: String) throws {
        let path = try write(entry: entry(shape: shape))
        guard case .headerMalformed(path, "w", _, _) = errorOpening(path) else {
            Issue.record("\(String(describing: errorOpening(path)))")
            return
        }
    }

    @Test(arguments: ["-2", "-0", "2.0", "2e0", "+2", "02", "00", ".5", "9223372036854775808", "1E400"])
    func rejectsNumberThatIsNoCount(number: String) throws {
        var path = try write(entry: entry(shape: "[\(number)]"))
        #expect(errorOpening(path) == .invalidNumber(file: path, tensor: "w", key: "shape", text: number))
        path = try write(entry: entry(offsets: "[0,\(number)]"))
        #expect(
            errorOpening(path) == .invalidNumber(file: path, tensor: "w", key: "data_offsets", text: number)
        )
    }

    @Test(arguments: ["F4", "F6_E2M3", "F6_E3M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"])
    func rejectsOfficialElementTypeWithoutUse(name: String) throws {
        let path = try write(entry: entry(dtype: "\"\(name)\""))
        #expect(errorOpening(path) == .unsupportedElementType(file: path, tensor: "w", name: name))
    }

    @Test(arguments: ["f32", "float32", "", "F32 "])
    func rejectsUnknownElementType(name: String) throws {
        let path = try write(entry: entry(dtype: "\"\(name)\""))
        #expect(errorOpening(path) == .unknownElementType(file: path, tensor: "w", name: name))
    }

    @Test func rejectsElementTypeThatIsNoText() throws {
        let path = try write(entry: entry(dtype: "32"))
        guard case .headerMalformed(path, "w", _, _) = errorOpening(path) else {
            Issue.record("\(String(describing: errorOpening(path)))")
            return
        }
    }

    // MARK: Shapes and places

    @Test(arguments: [
        [Int.max], [1 << 61], [1 << 31, 1 << 31, 2], [Int.max, Int.max], [Int.max, Int.max, 0], [3, 1 << 62],
    ])
    func rejectsShapeWhoseByteCountOverflows(shape: [Int]) throws {
        let path = try write(entry: entry(shape: "\(shape)"))
        #expect(errorOpening(path) == .shapeOverflow(file: path, tensor: "w", shape: shape))
    }

    @Test func rejectsReversedOffsets() throws {
        let path = try write(entry: entry(offsets: "[8,0]"))
        #expect(errorOpening(path) == .offsetsReversed(file: path, tensor: "w", begin: 8, end: 0))
    }

    @Test(arguments: [([1], 4), ([3], 12), ([], 4), ([2, 2], 16), ([0], 0), ([2, 0], 0)])
    func rejectsShapeThatDoesNotMatchOffsets(shape: [Int], expected: Int) throws {
        let path = try write(entry: entry(shape: "\(shape)"))
        let error = SafetensorsError.byteCountMismatch(
            file: path,
            tensor: "w",
            elementType: .f32,
            shape: shape,
            expected: expected,
            actual: 8
        )
        #expect(errorOpening(path) == error)
    }

    @Test func rejectsDataThatEndBeyondTheFile() throws {
        let path = try write(entry: entry(shape: "[3]", offsets: "[0,12]"))
        #expect(errorOpening(path) == .dataTruncated(file: path, tensor: "w", end: 12, dataByteCount: 8))
    }

    @Test func rejectsDataFarBeyondTheFile() throws {
        let begin = Int.max - 8
        let path = try write(entry: entry(offsets: "[\(begin),\(Int.max)]"))
        #expect(errorOpening(path) == .dataTruncated(file: path, tensor: "w", end: .max, dataByteCount: 8))
    }

    @Test(arguments: [(4, 12), (0, 8), (0, 4)])
    func rejectsOverlap(begin: Int, end: Int) throws {
        let first = entry()
        let second = entry(shape: "[\((end - begin) / 4)]", offsets: "[\(begin),\(end)]")
        let path = try scratch.write(header: "{\"v\":\(second),\"w\":\(first)}", dataByteCount: 12)
        guard case .overlap(path, _, let found, _, _) = errorOpening(path) else {
            Issue.record("\(String(describing: errorOpening(path)))")
            return
        }
        #expect(found == begin)
    }

    @Test func overlapNamesBothTensors() throws {
        let second = entry(offsets: "[4,12]")
        let path = try scratch.write(header: "{\"v\":\(second),\"w\":\(entry())}", dataByteCount: 12)
        #expect(errorOpening(path) == .overlap(file: path, tensor: "v", begin: 4, other: "w", otherEnd: 8))
    }

    @Test func rejectsEmptyTensorInsideAnother() throws {
        let empty = entry(shape: "[0]", offsets: "[4,4]")
        let path = try scratch.write(header: "{\"e\":\(empty),\"w\":\(entry())}", dataByteCount: 8)
        #expect(errorOpening(path) == .overlap(file: path, tensor: "e", begin: 4, other: "w", otherEnd: 8))
    }

    @Test func rejectsGapBeforeFirstTensor() throws {
        let path = try scratch.write(header: "{\"w\":\(entry(offsets: "[1,9]"))}", dataByteCount: 9)
        #expect(errorOpening(path) == .gap(file: path, tensor: "w", begin: 1, expected: 0))
    }

    @Test func rejectsGapBetweenTensors() throws {
        let second = entry(offsets: "[9,17]")
        let path = try scratch.write(header: "{\"v\":\(second),\"w\":\(entry())}", dataByteCount: 17)
        #expect(errorOpening(path) == .gap(file: path, tensor: "v", begin: 9, expected: 8))
    }

    @Test func rejectsLeftoverBytes() throws {
        let path = try scratch.write(header: "{\"w\":\(entry())}", dataByteCount: 9)
        #expect(errorOpening(path) == .leftoverBytes(file: path, byteCount: 1))
    }

    @Test func rejectsDataWithoutTensors() throws {
        let path = try scratch.write(header: "{}", dataByteCount: 1)
        #expect(errorOpening(path) == .leftoverBytes(file: path, byteCount: 1))
    }

    @Test func everyDescriptionIsOneLineThatNamesFileAndTensor() throws {
        let path = try scratch.write(header: "{\"a\\nb\":{\"dtype\":\"F64\"}}", dataByteCount: 0)
        let description = try #require(errorOpening(path)).description
        #expect(description.hasPrefix(path))
        #expect(description.contains(#""a\nb""#))
        #expect(!description.contains("\n"))
    }
}
