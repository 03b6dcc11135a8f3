import SafetensorsModule
import TestSupport
import Testing

/// One test for each way in which the header as a whole can be malformed.
@Suite struct HeaderRejectionTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test(arguments: 0..<8) func rejectsFileShorterThanEightBytes(byteCount: Int) throws {
        let path = try scratch.write([UInt8](repeating: 0, count: byteCount))
        #expect(errorOpening(path) == .tooShort(file: path, byteCount: byteCount))
    }

    @Test(arguments: [100_000_001, 1 << 62, 1 << 63, UInt64.max - 7, .max])
    func rejectsHeaderLongerThanLimit(length: UInt64) throws {
        let path = try scratch.write(littleEndian(length) + Array("{}".utf8))
        #expect(errorOpening(path) == .headerTooLong(file: path, byteCount: length, limit: 100_000_000))
    }

    @Test(arguments: [3, 4096, 100_000_000])
    func rejectsHeaderLongerThanFile(length: Int) throws {
        let path = try scratch.write(littleEndian(UInt64(length)) + Array("{}".utf8))
        #expect(
            errorOpening(path)
                == .headerTruncated(file: path, headerByteCount: length, availableByteCount: 2)
        )
    }

    @Test func rejectsHeaderThatIsNotUTF8() throws {
        // Offset 5 is a lone continuation byte; the two bytes before it are valid.
        let header: [UInt8] = Array("{\"a".utf8) + [0xC3, 0xA9, 0x80] + Array("\":1}".utf8)
        let path = try scratch.write(safetensors(header: header))
        #expect(errorOpening(path) == .headerNotUTF8(file: path, byteOffset: 5))
    }

    @Test(arguments: [
        [0xC0, 0xAF],  // overlong
        [0xED, 0xA0, 0x80],  // surrogate
        [0xF4, 0x90, 0x80, 0x80],  // beyond Unicode
        [0xE2, 0x82],  // cut short
    ])
    func rejectsForbiddenUTF8(sequence: [UInt8]) throws {
        let path = try scratch.write(safetensors(header: Array("{\"".utf8) + sequence + Array("\":1}".utf8)))
        #expect(errorOpening(path) == .headerNotUTF8(file: path, byteOffset: 2))
    }

    @Test(arguments: [
        ("", 0), (" {}", 0), ("[]", 0), ("null", 0), ("\u{FEFF}{}", 0),
        ("{", 1), ("{,}", 1), ("{a:1}", 1), ("{'a':1}", 1), ("{1:1}", 1), ("{\"a", 3), ("{\"a\"", 4),
        ("{\"a\";1}", 4), ("{\"__metadata__\":{}", 18), ("{\"__metadata__\":{},}", 19),
        ("{\"__metadata__\":{}]", 18), ("{\"__metadata__\":{\"a\":\"b\" \"c\":\"d\"}}", 25),
        ("{}x", 2), ("{}{}", 2), ("{}\n", 2), ("{} \0", 3), ("{\"a\u{01}\":1}", 3),
        // A broken escape is named by its backslash.
        ("{\"\\x\":1}", 2), ("{\"\\u12G4\":1}", 2), ("{\"\\uD800\":1}", 2), ("{\"\\uDC00\":1}", 2),
        ("{\"\\uD800\\uD800\":1}", 2), ("{\"\\u12", 2), ("{\"\\", 2), ("{\"\\n", 4), ("{\"\\n\u{1F}\"}", 4),
    ])
    func rejectsHeaderThatIsNotJSON(header: String, byteOffset: Int) throws {
        let path = try scratch.write(header: header, dataByteCount: 0)
        guard case .headerMalformed(path, nil, let found, _) = errorOpening(path) else {
            Issue.record("\(header): \(String(describing: errorOpening(path)))")
            return
        }
        #expect(found == byteOffset)
    }

    @Test(arguments: ["null", "[]", "\"a\"", "{\"a\":1}", "{\"a\":null}", "{\"a\":{\"b\":\"c\"}}"])
    func rejectsMetadataThatAreNotTexts(metadata: String) throws {
        let path = try scratch.write(header: "{\"__metadata__\":\(metadata)}", dataByteCount: 0)
        guard case .headerMalformed(path, nil, _, _) = errorOpening(path) else {
            Issue.record("\(String(describing: errorOpening(path)))")
            return
        }
    }

    @Test func rejectsDuplicateMetadata() throws {
        let path = try scratch.write(header: "{\"__metadata__\":{},\"__metadata__\":{}}", dataByteCount: 0)
        #expect(errorOpening(path) == .duplicateMetadata(file: path))
    }

    @Test func rejectsDuplicateMetadataKey() throws {
        let path = try scratch.write(
            header: "{\"__metadata__\":{\"a\":\"1\",\"\\u0061\":\"1\"}}",
            dataByteCount: 0
        )
        #expect(errorOpening(path) == .duplicateKey(file: path, entry: "__metadata__", key: "a"))
    }

    @Test(arguments: ["w", "\\u0077"])
    func rejectsDuplicateTensor(secondSpelling: String) throws {
        let entry = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"
        let path = try scratch.write(
            header: "{\"w\":\(entry),\"\(secondSpelling)\":\(entry)}",
            dataByteCount: 0
        )
        #expect(errorOpening(path) == .duplicateTensor(file: path, tensor: "w"))
    }

    /// A lookup by `String` could not tell these names apart.
    @Test func rejectsNamesThatUnicodeConsidersEqual() throws {
        let entry = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"
        let header = "{\"\u{E9}\":\(entry),\"e\u{301}\":\(entry)}"
        let path = try scratch.write(header: header, dataByteCount: 0)
        #expect(errorOpening(path) == .duplicateTensor(file: path, tensor: "\u{E9}"))
    }

    @Test func deepNestingDoesNotExhaustTheStack() throws {
        let nested = String(repeating: "[", count: 5_000_000)
        let path = try scratch.write(header: "{\"a\":\(nested)", dataByteCount: 0)
        guard case .headerMalformed(path, "a", 5, _) = errorOpening(path) else {
            Issue.record("\(String(describing: errorOpening(path)))")
            return
        }
    }

    @Test func hugeDigitsAreShownShortened() throws {
        let digits = String(repeating: "9", count: 100_000)
        let path = try scratch.write(header: "{\"w\":{\"shape\":[\(digits)]}}", dataByteCount: 0)
        #expect(
            errorOpening(path)
                == .invalidNumber(file: path, tensor: "w", key: "shape", text: String(digits.prefix(40)))
        )
    }
}
