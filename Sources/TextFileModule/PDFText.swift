/// The text of PDFs, by the program `pdftotext` of Poppler.
enum PDFText {
    /// More text than that is no document.
    private static let limitBytes = 1 << 30

    /// The text of a PDF, in the order in which it is read.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - program: The program that takes the text out, found by the `PATH`.
    /// - Returns: The text.
    /// - Throws: `noReader`, `damaged`, `unreadable`, `notUTF8`.
    static func text(of path: String, program: String = "pdftotext") throws(TextFileError) -> String {
        // A name that begins with a hyphen would be an option.
        let file = path.hasPrefix("-") ? "./" + path : path
        let run: ChildProcess
        do throws(ChildProcess.Failure) {
            run = try ChildProcess(
                program,
                ["-enc", "UTF-8", "-eol", "unix", "-nopgbrk", file, "-"],
                limitBytes: limitBytes
            )
        } catch {
            switch error {
            case .notFound: throw .noReader(name: path, format: .pdf)
            case .failed(let reason): throw .damaged(name: path, reason: "\(program) failed: \(reason)")
            }
        }
        guard run.status == 0 else {
            throw .damaged(name: path, reason: "\(program) cannot read it: \(reason(run))")
        }
        return try String(utf8: run.output, of: path)
    }

    /// The first complaint that is no mere warning.
    private static func reason(_ run: ChildProcess) -> String {
        let lines = String(decoding: run.errors, as: UTF8.self).split(whereSeparator: \.isNewline)
        let complaint = lines.first { !$0.contains("Warning") } ?? lines.first
        return complaint.map { String($0.prefix(200)) } ?? "exit status \(run.status)"
    }
}
