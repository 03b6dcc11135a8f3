import TestSupport
import Testing

@testable import TextFileModule

@Suite struct TextFileTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func file(_ bytes: [UInt8], _ name: String) throws -> TextFile {
        try TextFile(path: scratch.write(bytes, to: name))
    }

    @Test(arguments: ["a.txt", "a.md", "a", "a.xml", "a.html.txt"])
    func plainTextIsReadAsItIs(name: String) throws {
        let text = "# A *title*\r\n\n<b>caf\u{E9}</b> &amp; \u{1F600}  \n"
        let file = try file(Array(text.utf8), name)
        #expect(file.format == .plain && file.text == text)
    }

    @Test(
        .enabled(if: HTMLPages.areRead, "needs libxml2"),
        arguments: ["a.html", "a.htm", "A.HTML", "a.xhtml"]
    )
    func aPageIsToldByItsName(name: String) throws {
        let file = try file(Array("Built &amp; <b>burnt</b>".utf8), name)
        #expect(file.format == .html && file.text == "Built & burnt")
    }

    @Test(.enabled(if: HTMLPages.areRead, "needs libxml2")) func aPageIsToldByItsBeginning() throws {
        let file = try file(Array("<!DOCTYPE html><title>T</title><p>a&amp;b".utf8), "a.txt")
        #expect(file.format == .html && file.text == "a&b")
    }

    @Test(.enabled(if: HTMLPages.areRead, "needs libxml2")) func aPageWithoutTextIsRefused() throws {
        let path = try scratch.write(Array("<html><script>fill()</script><p> </p></html>".utf8), to: "a.html")
        #expect(throws: TextFileError.noText(name: path, format: .html)) { try TextFile(path: path) }
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        let image = try scratch.write(
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D],
            to: "a.png"
        )
        #expect(throws: TextFileError.binary(name: image)) { try TextFile(path: image) }
        let latin1 = try scratch.write([0x63, 0x61, 0x66, 0xE9], to: "a.txt")
        #expect(throws: TextFileError.notUTF8(name: latin1, byteOffset: 3)) { try TextFile(path: latin1) }
        let utf16 = try scratch.write([0xFF, 0xFE, 0x61, 0], to: "b.txt")
        #expect(throws: TextFileError.notUTF8(name: utf16, byteOffset: 0)) { try TextFile(path: utf16) }
    }

    /// Who names a file knows what it is.
    @Test func aNULIsTextInAFileThatIsNamed() throws {
        let file = try file(Array("a\0b".utf8), "a.txt")
        #expect(file.text == "a\0b")
        #expect(throws: TextFileError.binary(name: file.path)) { try file.checkIsText() }
    }

    @Test func whatCannotBeReadIsNamedWithTheReason() {
        let missing = scratch.file("none.txt")
        for path in [missing, scratch.path] {
            let error = #expect(throws: TextFileError.self) { try TextFile(path: path) }
            #expect(error?.description.contains(path) == true)
        }
    }
}
