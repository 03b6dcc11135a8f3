import Testing

@testable import FileModule

@Suite struct JSONTextTests {
    @Test func escapesOnlyWhatJSONDemands() {
        #expect(JSONText.quoted("é\u{7F}/😀 'a'") == "\"é\u{7F}/😀 'a'\"")
        #expect(JSONText.quoted("\"\\\u{8}\t\n\u{C}\r") == #""\"\\\b\t\n\f\r""#)
        #expect(JSONText.quoted("\0\u{1}\u{1F}\u{10}") == #""\u0000\u0001\u001f\u0010""#)
    }

    @Test func theParserReadsBackEveryScalarOfTheFirstPlanes() throws {
        let text = String(String.UnicodeScalarView((0..<0x11000).compactMap(Unicode.Scalar.init)))
        var parser = try JSONParser(Array(JSONText.quoted(text).utf8))
        #expect(try Array(parser.string().utf8) == Array(text.utf8))
    }
}
