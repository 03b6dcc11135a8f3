import Testing

@testable import TextFileModule

@Suite struct HTMLBytesTests {
    private func text(_ bytes: [UInt8]) throws -> String {
        String(decoding: try HTMLBytes.utf8(bytes, of: "page"), as: UTF8.self)
    }

    private static func page(_ encoding: String, _ bytes: [UInt8]) -> [UInt8] {
        Array("<meta charset=\"\(encoding)\">".utf8) + bytes
    }

    @Test func utf8IsTakenAsItIsWhateverThePageSays() throws {
        let page = Self.page("iso-8859-1", Array("caf\u{E9}".utf8))
        #expect(try HTMLBytes.utf8(page, of: "page") == page)
        #expect(try text([0xEF, 0xBB, 0xBF] + Array("a".utf8)) == "a")
    }

    /// The characters are those of https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT .
    @Test(arguments: ["ISO-8859-1", "windows-1252", "latin1"]) func readsWindows1252(encoding: String) throws
    {
        let page = Self.page(encoding, [0x63, 0x61, 0x66, 0xE9, 0x80, 0x92, 0x97, 0x9F, 0xFF])
        #expect(try text(page).hasSuffix("caf\u{E9}\u{20AC}\u{2019}\u{2014}\u{178}\u{FF}"))
        let declaration = Array("<?xml version='1.0' encoding='\(encoding)'?>".utf8) + [0xE9]
        #expect(try text(declaration).hasSuffix("\u{E9}"))
    }

    @Test func readsUTF16ByItsMark() throws {
        #expect(try text([0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0x00, 0xDE]) == "a\u{1F600}")
        #expect(try text([0xFE, 0xFF, 0, 0x61, 0xD8, 0x3D, 0xDE, 0x00]) == "a\u{1F600}")
        #expect(try text([0xFF, 0xFE, 0x61]) == "")
    }

    @Test func refusesWhatItCannotRead() {
        #expect(throws: TextFileError.unknownEncoding(name: "page", encoding: "shift_jis")) {
            try text(Self.page("Shift_JIS", [0x93, 0xFA]))
        }
        #expect(throws: TextFileError.notUTF8(name: "page", byteOffset: 1)) { try text([0x61, 0xE9]) }
        #expect(throws: TextFileError.notUTF8(name: "page", byteOffset: 22)) {
            try text(Self.page("utf-8", [0xE9]))
        }
    }
}
