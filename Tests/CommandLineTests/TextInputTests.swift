import TestSupport
import Testing
import TextFileModule

@testable import blockskim

/// Inputs that are taken for something else than they are, and settings that do not hold.
@Suite struct TextInputTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test(arguments: [
        "<!DOCTYPE html><html><body>The mill was built in 1921.</body></html>",
        "\u{FEFF}\r\n  <!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">\n<p>1921",
        "<html lang=\"en\">1921</html>", "<HTML>", "<!-- saved -->\n<!DOCTYPE html>",
        "<?xml version=\"1.0\"?>\n<!-- a --> <!-- b -->\n<html xmlns=\"http://www.w3.org/1999/xhtml\">",
    ])
    func refusesHTML(text: String) throws {
        let path = try scratch.write(Array(text.utf8), to: "page.txt")
        #expect(throws: TextFileError.notPlainText(name: path, format: .html)) { try TextInput.read(path) }
    }

    @Test func refusesPDFAndSaysWhatToDo() throws {
        let path = try scratch.write(
            Array("%PDF-1.7\n".utf8) + [0x25, 0xE2, 0xE3, 0xCF, 0xD3],
            to: "page.txt"
        )
        let error = #expect(throws: TextFileError.self) { try TextInput.read(path) }
        #expect(error?.description == "\(path) is not plain text: \(TextFileFormat.pdf.advice)")
        #expect(TextFileFormat.pdf.advice.contains("pdftotext"))
    }

    @Test(arguments: [
        "", "The tag <html> begins a page.", "<htmlish> is no tag", "<!-- a comment alone -->", "<!doctype",
        "<!DOCTYPE note SYSTEM \"note.dtd\"><note/>", "%PDF", "How a PDF begins: %PDF-1.7", "<?",
    ])
    func takesTextThatOnlySpeaksOfThem(text: String) throws {
        let path = try scratch.write(Array(text.utf8), to: "page.txt")
        #expect(try TextInput.read(path) == text)
    }

    @Test func saysOnceThatTheModelTakesShorterWindows() throws {
        let checkpoint = try FormulaCheckpoint.skimming()
        let arguments = [
            "answer", "--question", "when", "--context", "built in 1921", "--model", checkpoint.path,
        ]
        let run = try CommandRun(arguments + ["--max-length", "1000"])
        #expect(run.status == 0)
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.hasPrefix("Note: --max-length 1000 is more than the model takes"))
        #expect(try CommandRun(arguments + ["--max-length", "20"]).errors.isEmpty)
    }
}
