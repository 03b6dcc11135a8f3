import Testing

@testable import TokenizerModule

@Suite struct JSONReaderTests {
    private func reader(_ text: String) throws -> JSONReader {
        try JSONReader(bytes: Array(text.utf8), file: "f")
    }

    @Test func namesFileAndByteOfWhatIsMalformed() throws {
        var reader = try reader("[1, x]")
        #expect(
            throws: TokenizerError.malformedJSON(
                file: "f",
                byteOffset: 4,
                problem: "'x' where a value should be"
            )
        ) { try reader.skipValue() }
    }

    @Test func namesFileAndByteOfWhatIsOfAnotherKind() throws {
        var reader = try reader("  7")
        #expect(
            throws: TokenizerError.malformedJSON(
                file: "f",
                byteOffset: 2,
                problem: "'7' where a string should be"
            )
        ) { try reader.readString() }
    }

    @Test func refusesRepeatedKeys() throws {
        var reader = try reader("{\"a\":1,\"a\":2}")
        #expect(throws: TokenizerError.duplicateField(file: "f", field: "x.a")) {
            try reader.readFields(of: "x") { (reader, _) throws(TokenizerError) in try reader.skipValue() }
        }
    }

    @Test func refusesInvalidUTF8NamingTheByte() {
        #expect(throws: TokenizerError.invalidUTF8(file: "f", byteOffset: 1)) {
            _ = try JSONReader(bytes: [0x22, 0xFF, 0x22], file: "f")
        }
    }
}
