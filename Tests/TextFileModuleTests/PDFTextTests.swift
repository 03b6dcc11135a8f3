import Foundation
import TestSupport
import Testing

@testable import TextFileModule

@Suite struct PDFTextTests {
    static let hasProgram = ["/usr/bin/pdftotext", "/usr/local/bin/pdftotext"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// A program that stands in the place of pdftotext.
    private func program(_ script: String) throws -> String {
        try scratch.writeProgram(script, to: "program")
    }

    /// A PDF of one page.
    private static func pdf(_ text: String) -> [UInt8] {
        let content = "BT /F1 12 Tf 20 150 Td (\(text)) Tj ET"
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            "<</Length \(content.utf8.count)>>stream\n\(content)\nendstream",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        ]
        var file = "%PDF-1.4\n"
        var offsets = ""
        for (index, object) in objects.enumerated() {
            let offset = "\(file.utf8.count)"
            offsets += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file +=
            "xref\n0 6\n0000000000 65535 f \n\(offsets)trailer<</Size 6/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n"
        return Array(file.utf8)
    }

    @Test(.enabled(if: hasProgram, "needs pdftotext, of poppler-utils")) func readsAPDF() throws {
        let path = try scratch.write(Self.pdf("Built in 1921, \\351tang."), to: "a file; of $(mills).pdf")
        let file = try TextFile(path: path)
        #expect(file.format == .pdf)
        #expect(file.text.hasPrefix("Built in 1921, \u{E9}tang."))
    }

    @Test(.enabled(if: hasProgram, "needs pdftotext, of poppler-utils")) func saysWhatIsWrongWithAPDF() throws
    {
        let damaged = try scratch.write(Array("%PDF-1.4 and nothing".utf8), to: "damaged.pdf")
        let error = #expect(throws: TextFileError.self) { try TextFile(path: damaged) }
        #expect(error?.description.hasPrefix("\(damaged): pdftotext cannot read it: ") == true)
        let empty = try scratch.write(Self.pdf(""), to: "empty.pdf")
        #expect(throws: TextFileError.noText(name: empty, format: .pdf)) { try TextFile(path: empty) }
    }

    /// The file is one argument, whatever it is called, and no option.
    @Test(arguments: ["a b.pdf", "$(touch x).pdf", "-v.pdf", "'; echo"]) func noShellReadsTheName(
        name: String
    ) throws {
        let program = try program(#"for word; do printf '[%s]' "$word"; done"#)
        let expected = name.hasPrefix("-") ? "./" + name : name
        #expect(
            try PDFText.text(of: name, program: program)
                == "[-enc][UTF-8][-eol][unix][-nopgbrk][\(expected)][-]"
        )
    }

    /// More than pipes hold, on both ends at once.
    @Test func readsAllOutputWhileErrorsCome() throws {
        let program = try program(
            "i=0; while [ $i -lt 20000 ]; do echo 0123456789; echo error >&2; i=$((i+1)); done"
        )
        let text = try PDFText.text(of: "a.pdf", program: program)
        #expect(text.utf8.count == 20_000 * 11)
    }

    @Test func failureSaysTheFirstComplaint() throws {
        let program = try program("echo 'Syntax Warning: odd' >&2; echo 'Incorrect password' >&2; exit 1")
        let path = program
        #expect(
            throws: TextFileError.damaged(
                name: "a.pdf",
                reason: "\(path) cannot read it: Incorrect password"
            )
        ) { try PDFText.text(of: "a.pdf", program: program) }
        let killed = try self.program("kill -9 $$")
        let error = #expect(throws: TextFileError.self) { try PDFText.text(of: "a.pdf", program: killed) }
        #expect(error?.description.contains("exit status 137") == true)
    }

    @Test func missingProgramNamesThePackage() throws {
        let error = #expect(throws: TextFileError.noReader(name: "a.pdf", format: .pdf)) {
            try PDFText.text(of: "a.pdf", program: "no-such-program-anywhere")
        }
        #expect(error?.description.contains("apt-get install poppler-utils") == true)
    }

    @Test func tooMuchOutputEndsTheProgram() throws {
        let program = try program("while :; do echo 0123456789; done")
        #expect(throws: ChildProcess.Failure.failed("it wrote more than 100000 bytes")) {
            try ChildProcess(program, [], limitBytes: 100_000)
        }
    }
}
