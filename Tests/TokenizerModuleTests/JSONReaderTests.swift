import TestSupport
import Testing

@testable import TokenizerModule

@Suite struct JSONReaderTests {
    private func reader(_ text: String) throws -> JSONReader {
        try JSONReader(bytes: Array(text.utf8), file: "f")
    }

    /// Reads a document of any shape to its end.
    private func check(_ text: String) throws {
        var reader = try reader(text)
        try reader.skipValue()
        try reader.finish()
    }

    @Test(arguments: [
        ("\"\"", ""), ("\"a b\"", "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u00e9""#, "é"),
        (#""\u4E2d""#, "中"), (#""\ud83d\ude00""#, "😀"), (#""x\uDBFF\uDFFFy""#, "x\u{10FFFF}y"),
        (#""\u0000""#, "\u{0}"), (" \"é😀\" ", "é😀"),
    ])
    func readsStrings(_ text: String, _ expected: String) throws {
        var reader = try reader(text)
        #expect(try reader.readString() == expected)
        try reader.finish()
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min),
    ])
    func readsIntegers(_ text: String, _ expected: Int) throws {
        var reader = try reader(text)
        #expect(try reader.readInteger() == expected)
        try reader.finish()
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "99999999999999999999", "1.0", "1e2", "01", "-", "+1",
        "\"1\"", "",
    ])
    func refusesWhatIsNoInteger(_ text: String) throws {
        #expect(throws: TokenizerError.self) {
            var reader = try reader(text)
            _ = try reader.readInteger()
        }
    }

    @Test(arguments: [
        "{}", "[]", "[1,2]", "{\"a\":{\"b\":[null,true,false,-1.5e+10]}}", " [ ] ", "[[],{},\"\"]", "1E5",
        "0.5",
    ])
    func acceptsValidDocuments(_ text: String) throws {
        try check(text)
    }

    @Test(arguments: [
        ("", 0), ("{", 1), ("[1,]", 3), ("[,1]", 1), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{a:1}", 1),
        ("[1 2]", 3),
        ("[1}", 2), ("tru", 0), ("nul", 0), ("[01]", 1), ("1.", 0), ("1e", 0), ("\"abc", 4), ("\"\u{1}\"", 1),
        (#""\x""#, 1), (#""\u12g4""#, 1), (#""\ud800""#, 1), (#""\ud800\u0041""#, 1), (#""\udc00""#, 1),
        (#""\"#, 1),
        ("{} {}", 3), ("\u{FEFF}{}", 0), ("'a'", 0), ("\u{0}", 0), ("[\"a\":1]", 4),
    ])
    func refusesMalformedDocumentsNamingTheByte(_ text: String, _ byteOffset: Int) throws {
        do {
            try check(text)
            Issue.record("accepted \(text.debugDescription)")
        } catch TokenizerError.malformedJSON(let file, let offset, _) {
            #expect(file == "f")
            #expect(offset == byteOffset, "\(text.debugDescription)")
        }
    }

    @Test func refusesDeepNesting() throws {
        try check(String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
        #expect(throws: TokenizerError.self) { try check(String(repeating: "[", count: 100_000)) }
    }

    @Test func refusesRepeatedKeys() throws {
        var reader = try reader("{\"a\":1,\"a\":2}")
        #expect(throws: TokenizerError.duplicateField(file: "f", field: "x.a")) {
            try reader.readFields(of: "x") { (reader, _) throws(TokenizerError) in try reader.skipValue() }
        }
    }

    @Test(arguments: [
        ([0x22, 0xFF, 0x22], 1), ([0xC0, 0x80], 0), ([0xE2, 0x82], 0), ([0x61, 0xED, 0xA0, 0x80], 1),
        ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF0, 0x80, 0x80, 0x80], 0), ([0xE0, 0x9F, 0x80], 0), ([0x80], 0),
        ([0xF0, 0x9F, 0x98], 0), ([0xC3, 0xA9, 0xC3], 2), ([0xF5, 0x80, 0x80, 0x80], 0),
        ([0xE2, 0x82, 0x41], 0),
    ])
    func refusesInvalidUTF8NamingTheByte(_ bytes: [UInt8], _ byteOffset: Int) {
        #expect(throws: TokenizerError.invalidUTF8(file: "f", byteOffset: byteOffset)) {
            _ = try JSONReader(bytes: bytes, file: "f")
        }
    }

    @Test func validatesUTF8AsTheStandardLibraryDoes() {
        var random = SplitMix(seed: 5)
        let leads: [UInt8] = [
            0x41, 0x80, 0xBF, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0x9F, 0xA0, 0x90, 0x8F,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(6)).map { _ in leads[random.below(leads.count)] }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((UTF8Bytes.firstInvalidOffset(in: bytes) == nil) == isValid, "\(bytes)")
        }
    }
}
