import TestSupport
import Testing

@testable import FileModule

/// Trees of values, as data sets are read: what is JSON is kept.
@Suite struct JSONParserTests {
    private func parse(
        _ text: [UInt8],
        keeping keys: Set<String>? = nil
    ) -> Result<JSONValue, JSONSyntaxError> {
        do throws(JSONSyntaxError) {
            var parser = JSONParser(keepingMalformed: text)
            return .success(try parser.document(keeping: keys))
        } catch {
            return .failure(error)
        }
    }

    private func parse(_ text: String, keeping keys: Set<String>? = nil) -> Result<JSONValue, JSONSyntaxError>
    {
        parse(Array(text.utf8), keeping: keys)
    }

    private func fault(_ text: String) -> JSONSyntaxError.Fault? {
        if case .failure(let error) = parse(text) { error.fault } else { nil }
    }

    @Test func readsEveryKindOfValue() {
        let text = #" {"a" : [1, -0.5e+3, true,false,null,"", {}, []], "é": "x", "a":2}"# + "\r\n\t "
        let expected = JSONValue.object([
            (
                "a",
                .array([
                    .number("1"), .number("-0.5e+3"), .bool(true), .bool(false), .null, .string(""),
                    .object([]),
                    .array([]),
                ])
            ), ("é", .string("x")), ("a", .number("2")),
        ])
        #expect(parse(text) == .success(expected))
    }

    @Test func resolvesEscapes() {
        let text = #""\"\\\/\b\f\n\r\t\u0041\u00e9\u6771\ud83d\ude00\u0000 plain é""#
        let expected = "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{6771}\u{1F600}\u{0} plain \u{E9}"
        #expect(parse(text) == .success(.string(expected)))
    }

    @Test func stringsThatAreNotTextStayInTheirPlace() {
        func isMalformed(_ bytes: [UInt8]) -> Bool {
            if case .success(.malformedString) = parse([0x22] + bytes + [0x22]) { true } else { false }
        }
        #expect(isMalformed([0xFF]))
        #expect(isMalformed([0xC3]))
        #expect(isMalformed([0xED, 0xA0, 0x80]))
        #expect(isMalformed([0xC0, 0x80]))
        #expect(isMalformed(Array(#"\n"#.utf8) + [0xFF]))
        #expect(isMalformed(Array(#"\ud83d"#.utf8)))
        #expect(isMalformed(Array(#"\ud83d\u0041"#.utf8)))
        #expect(isMalformed(Array(#"\ude00\ud83d"#.utf8)))
        #expect(!isMalformed(Array(#"\ud83d\ude00"#.utf8)))
    }

    @Test func checksButLeavesOutOtherKeys() {
        let text = #"{"a":{"b":1,"c":2},"c":[{"a":"\ud83d"}],"b":[{"a":3,"d":[]}]}"#
        let expected = JSONValue.object([
            ("a", .object([("b", .number("1"))])), ("b", .array([.object([("a", .number("3"))])])),
        ])
        #expect(parse(text, keeping: ["a", "b"]) == .success(expected))
        for broken in [#"{"c":}"#, #"{"c":[1,]}"#, #"{"c":"\x"}"#, #"{"c":01}"#, #"{"c":{1:2}}"#] {
            if case .success = parse(broken, keeping: ["a"]) { Issue.record("accepted \(broken)") }
        }
    }

    @Test func namesPlaceAndFault() throws {
        #expect(fault("") == .endOfInput)
        #expect(fault("[1") == .endOfInput)
        #expect(fault("\"abc") == .endOfInput)
        #expect(fault("\"\\u12") == .endOfInput)
        #expect(fault("[1 2]") == .unexpectedByte(UInt8(ascii: "2"), expected: "',' or ']'"))
        #expect(fault("{a:1}") == .unexpectedByte(UInt8(ascii: "a"), expected: "a key"))
        #expect(fault("nul") == .endOfInput)
        #expect(fault("NaN") == .unexpectedByte(UInt8(ascii: "N"), expected: "a value"))
        #expect(fault("\"a\nb\"") == .controlCharacter(0x0A))
        #expect(fault("\"\\x\"") == .badEscape)
        #expect(fault("\"\\u00g0\"") == .badEscape)
        for number in ["01", "-", "1.", "1e", "1e+", "-a", "00"] { #expect(fault(number) == .badNumber) }
        #expect(fault("1 1") == .trailingBytes)
        let text = "{\n  \"a\": ?\n}"
        guard case .failure(let error) = parse(text) else { return #expect(Bool(false)) }
        #expect(error.lineAndColumn(in: text.utf8) == (2, 8))
        #expect(error.description == "'?' where a value should be")
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(fault(nested(JSONParser.maximumDepth)) == nil)
        #expect(fault(nested(JSONParser.maximumDepth + 1)) == .tooDeep)
        #expect(fault(String(repeating: "[", count: 1_000_000)) == .tooDeep)
        #expect(fault(String(repeating: "{\"a\":", count: 1_000_000)) == .tooDeep)
    }

    @Test func findsTheEndOfAStringAtEveryAlignment() {
        for length in 0..<40 {
            for special in [#"\n"#, "", "é", "\u{7F}", " !#[]~"] {
                let text = String(repeating: "x", count: length) + special
                let expected = special == #"\n"# ? String(text.dropLast(2)) + "\n" : text
                let padding = String(repeating: " ", count: length % 9)
                #expect(
                    parse(padding + "[\"" + text + "\",1]")
                        == .success(.array([.string(expected), .number("1")]))
                )
            }
            let control = String(repeating: "x", count: length) + "\u{1F}" + "xxxxxxxxx"
            #expect(fault("\"" + control + "\"") == .controlCharacter(0x1F))
        }
    }

    @Test func acceptsAndRejectsTheSameMutationsAsPython() throws {
        struct Golden: Decodable {
            var document: String
            var seed: UInt64
            var accepted: String
        }
        let golden = try GoldenFiles(.module).decode("json.json", as: Golden.self)
        let document = Array(golden.document.utf8)
        var random = SplitMix(seed: golden.seed)
        for verdict in golden.accepted.utf8 {
            let mutation = random.mutatedText(document)
            let isAccepted = if case .success = parse(mutation) { true } else { false }
            let isSkipped = if case .success = parse(mutation, keeping: []) { true } else { false }
            let text = String(decoding: mutation, as: UTF8.self)
            #expect(isAccepted == (verdict == UInt8(ascii: "1")), "\(text)")
            #expect(isSkipped == isAccepted, "\(text)")
        }
    }
}
