import Testing

@testable import FileModule

/// Value by value, as a caller reads that knows what comes next and takes Unicode text only.
@Suite struct JSONParserStrictTests {
    private func parser(_ text: String) throws -> JSONParser {
        try JSONParser(Array(text.utf8))
    }

    /// Reads a document of any shape to its end.
    private func check(_ text: String) throws {
        var parser = try parser(text)
        try parser.skipValue()
        try parser.finish()
    }

    @Test(arguments: [
        ("\"\"", ""), ("\"a b\"", "a b"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u00e9""#, "é"),
        (#""\u4E2d""#, "中"), (#""\ud83d\ude00""#, "😀"), (#""x\uDBFF\uDFFFy""#, "x\u{10FFFF}y"),
        (#""\u0000""#, "\u{0}"), (" \"é😀\" ", "é😀"),
    ])
    func readsStrings(_ text: String, _ expected: String) throws {
        var parser = try parser(text)
        #expect(try parser.string() == expected)
        try parser.finish()
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", Int.max),
        ("-9223372036854775808", Int.min),
    ])
    func readsIntegers(_ text: String, _ expected: Int) throws {
        var parser = try parser(text)
        #expect(try parser.integer() == expected)
        try parser.finish()
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "99999999999999999999", "1.0", "1e2", "01", "-", "+1",
        "\"1\"", "",
    ])
    func refusesWhatIsNoInteger(_ text: String) throws {
        #expect(throws: JSONSyntaxError.self) {
            var parser = try parser(text)
            _ = try parser.integer()
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
        ("[1}", 2), ("tru", 3), ("nul", 3), ("[01]", 1), ("1.", 0), ("1e", 0), ("\"abc", 4), ("\"\u{1}\"", 1),
        (#""\x""#, 1), (#""\u12g4""#, 1), (#""\ud800""#, 1), (#""\ud800\u0041""#, 1), (#""\udc00""#, 1),
        (#""\"#, 1),
        ("{} {}", 3), ("\u{FEFF}{}", 0), ("'a'", 0), ("\u{0}", 0), ("[\"a\":1]", 4),
    ])
    func refusesMalformedDocumentsNamingTheByte(_ text: String, _ byteOffset: Int) throws {
        do {
            try check(text)
            Issue.record("accepted \(text.debugDescription)")
        } catch let error as JSONSyntaxError {
            #expect(error.offset == byteOffset, "\(text.debugDescription)")
        }
    }

    @Test func refusesDeepNesting() throws {
        try check(String(repeating: "[", count: 60) + String(repeating: "]", count: 60))
        #expect(throws: JSONSyntaxError.self) { try check(String(repeating: "[", count: 100_000)) }
    }

    @Test func readsObjectsAndArraysValueByValue() throws {
        var parser = try parser(#" {"a": [1, [], {}], "b\n": {"c": null}, "d": true} "#)
        try parser.beginObject()
        #expect(try parser.nextKey() == "a")
        #expect(try parser.peekKind() == .array)
        try parser.beginArray()
        #expect(try parser.nextElement())
        #expect(try parser.integer() == 1)
        #expect(try parser.nextElement())
        try parser.skipValue()
        #expect(try parser.nextElement())
        try parser.beginObject()
        #expect(try parser.nextKey() == nil)
        #expect(try !parser.nextElement())
        var key: [UInt8] = [0]
        #expect(try parser.nextKey(appendingTo: &key))
        #expect(key == [0, 0x62, 0x0A])
        #expect(try parser.value() == .object([("c", .null)]))
        #expect(try parser.nextKey() == "d")
        #expect(try !parser.null())
        #expect(try parser.bool())
        #expect(try parser.nextKey() == nil)
        try parser.finish()
    }

    @Test func refusesAKeyThatStandsTwiceInATree() throws {
        var twice = try parser(#"[{"a":1,"b":{"\u0061":1,"a":2}}]"#)
        #expect(throws: JSONSyntaxError(offset: 24, fault: .duplicateKey("a"))) { try twice.value() }
        // Equal for Unicode, but two keys for JSON.
        var composed = try parser("{\"\u{E9}\":1,\"e\u{301}\":2}")
        _ = try composed.value()
    }

    @Test func refusesBytesThatAreNotText() throws {
        #expect(throws: JSONSyntaxError(offset: 1, fault: .invalidUTF8)) {
            try JSONParser([0x22, 0xFF, 0x22])
        }
        for text in [#"["\ud800"]"#, #"["x\udc00"]"#] {
            var tree = try parser(text)
            #expect(throws: JSONSyntaxError.self) { try tree.value() }
        }
        var key = try parser(#"{"\ud800":1}"#)
        #expect(throws: JSONSyntaxError(offset: 2, fault: .halfSurrogate)) { try key.value() }
    }

    @Test func refusesWhatIsOfAnotherKind() throws {
        func fault(_ text: String, _ read: (inout JSONParser) throws -> Void) -> String? {
            do {
                var parser = try parser(text)
                try read(&parser)
                return nil
            } catch { return "\(error)" }
        }
        #expect(fault("1") { _ = try $0.string() } == "'1' where a string should be")
        #expect(fault("\"\"") { _ = try $0.integer() } == "'\"' where a number should be")
        #expect(fault("1.5") { _ = try $0.integer() } == "a number that is not whole")
        #expect(fault("9999999999999999999") { _ = try $0.integer() } == "a number that is too large")
        #expect(fault("0") { _ = try $0.bool() } == "'0' where true or false should be")
        #expect(fault("[]") { try $0.beginObject() } == "'[' where an object should be")
        #expect(fault("{}") { try $0.beginArray() } == "'{' where an array should be")
        #expect(fault("") { try $0.beginArray() } == "it ends too early")
    }
}
