import Foundation
import TestSupport
import Testing

/// One question, or several, about many documents.
@Suite struct DocumentSetCommandTests {
    private static let page = """
        <!DOCTYPE html><html><head><title>No text</title><script>var x = "</p>";</script></head>
        <body><h1>The caf&eacute;</h1><p>It was opened in 1921 &amp; burnt down \u{1F600} in
        1950.</p></body></html>
        """
    private static let pageText = "The caf\u{E9}\n\nIt was opened in 1921 & burnt down \u{1F600} in 1950."

    let checkpoint: FormulaCheckpoint
    let scratch: ScratchDirectory

    init() throws {
        checkpoint = try FormulaCheckpoint.skimming()
        scratch = try ScratchDirectory()
        for folder in ["docs", "docs/more", "docs/.hidden"] {
            try FileManager.default.createDirectory(
                atPath: scratch.file(folder),
                withIntermediateDirectories: true
            )
        }
        for (name, text) in [
            ("docs/b.txt", "the mill was built in 1921 by two sisters"), ("docs/a.html", Self.page),
            ("docs/more/c.md", "# Towers\n\nNobody knows when the tower was opened."),
            ("docs/.hidden/d.txt", "hidden"),
        ] {
            try scratch.write(Array(text.utf8), to: name)
        }
    }

    private func answer(_ more: [String], input: String = "") throws -> CommandRun {
        try CommandRun(["answer", "--model", checkpoint.path] + more, input: Data(input.utf8))
    }

    private func ask(_ paths: [String], _ more: [String] = ["--format", "json"]) throws -> CommandRun {
        try answer(["--question", "when?"] + paths.flatMap { ["--context-file", scratch.file($0)] } + more)
    }

    private func answers(_ run: CommandRun) throws -> [[String: Any]] {
        try #require(try run.json()["answers"] as? [[String: Any]])
    }

    @Test func jsonIsAsRecorded() throws {
        let run = try ask(["docs"], ["--format", "json", "--top-k", "3", "--include-text"])
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let text = try StableJSON.text(run.json()).replacing(scratch.path, with: "DIRECTORY")
        try expectSnapshot(text, "answer-documents.json")
    }

    @Test func answersOfAllDocumentsAreRankedAsTheyAreAlone() throws {
        let files = ["docs/a.html", "docs/b.txt", "docs/more/c.md"]
        let set = try answers(ask(["docs"], ["--format", "json", "--top-k", "4"]))
        var alone: [[String: Any]] = []
        for file in files {
            for var answer in try answers(ask([file], ["--format", "json", "--top-k", "4"])) {
                answer["file"] = scratch.file(file)
                alone.append(answer)
            }
        }
        func margin(_ answer: [String: Any]) -> Double { answer["margin"] as? Double ?? -.infinity }
        let best = alone.sorted { margin($0) > margin($1) }.prefix(4)
        #expect(set as NSArray == Array(best) as NSArray)
        #expect(Set(set.compactMap { $0["file"] as? String }).count > 1)
        // The same files by name, in another order and twice.
        let named = try answers(
            ask(files.reversed() + ["docs", files[0]], ["--format", "json", "--top-k", "4"])
        )
        #expect(named as NSArray == set as NSArray)
    }

    @Test func offsetsCountInTheTextThatIsHandedOut() throws {
        let more = ["--format", "json", "--top-k", "9", "--include-text"]
        let object = try ask(["docs"], more).json()
        let texts = try #require(object["texts"] as? [String: String])
        #expect(texts[scratch.file("docs/a.html")] == Self.pageText)
        for answer in try #require(object["answers"] as? [[String: Any]]) {
            let file = try #require(answer["file"] as? String)
            try expectSlice(answer, #require(texts[file]))
        }
        let single = try ask(["docs/a.html"], more).json()
        #expect(single["text"] as? String == Self.pageText)
        for answer in try #require(single["answers"] as? [[String: Any]]) {
            try expectSlice(answer, Self.pageText)
        }
    }

    private func expectSlice(_ answer: [String: Any], _ text: String) throws {
        let (start, end) = (try #require(answer["start"] as? Int), try #require(answer["end"] as? Int))
        var slice = String.UnicodeScalarView()
        slice.append(contentsOf: Array(text.unicodeScalars)[start..<end])
        #expect(String(slice) == answer["text"] as? String)
    }

    @Test func textForPeopleHasFilesAndSentences() throws {
        let lines = try ask(["docs"], ["--top-k", "2"]).output.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        for line in [lines[0], lines[2]] {
            #expect(line.contains("), \(scratch.path)/docs/") && line.contains(", characters "))
        }
        #expect(lines[4].contains("of 3 documents"))
        let questions = try scratch.write(Array("when?\nwho?\n".utf8), to: "questions")
        let run = try answer(["--questions-file", questions, "--context-file", scratch.file("docs")])
        let parts = run.output.split(separator: "\n\n").map { $0.split(separator: "\n") }
        #expect(parts.map(\.first) == ["when?", "who?"])
    }

    @Test func oneOfTheDocumentsMayComeFromStandardInput() throws {
        let run = try answer(
            ["--question", "when?", "--context-file", "-", "--context-file", scratch.file("docs/b.txt")]
                + ["--top-k", "50", "--format", "json"],
            input: "the tower was opened in 1850"
        )
        #expect(Set(try answers(run).compactMap { $0["file"] as? String }).contains("-"))
    }

    @Test func whatCannotBeReadIsNamedAndTheRestAnswered() throws {
        let expected = try answers(ask(["docs"]))
        try scratch.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0, 0xFF], to: "docs/image.png")
        try scratch.write([0, 0, 0, 0], to: "docs/zeros")
        try scratch.write([], to: "docs/empty.txt")
        try scratch.write(Array("<html><body></body></html>".utf8), to: "docs/empty.html")
        try scratch.write([0x63, 0x61, 0x66, 0xE9], to: "docs/latin1.txt")
        #expect(mkfifo(scratch.file("docs/pipe"), 0o600) == 0)
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: scratch.file("docs/broken"), withDestinationPath: "none")
        try manager.createSymbolicLink(atPath: scratch.file("docs/loop"), withDestinationPath: ".")
        try manager.createSymbolicLink(atPath: scratch.file("docs/esc\u{1B}[2J"), withDestinationPath: "none")

        let run = try ask(["docs"])
        #expect(run.status == 0)
        #expect(try answers(run) as NSArray == expected as NSArray)
        let lines = run.errors.split(separator: "\n")
        for (name, reason) in [
            ("image.png", "not text"), ("zeros", "not text"), ("empty.txt", "0 characters"),
            ("empty.html", "no text"), ("latin1.txt", "byte 3"), ("pipe", "pipe"), ("broken", "No such file"),
        ] {
            let line = lines.first { $0.contains("\(scratch.path)/docs/\(name)") }
            #expect(
                line?.hasPrefix("Warning: ") == true && line?.contains(reason) == true,
                "\(name): \(run.errors)"
            )
        }
        #expect(!run.errors.contains("\u{1B}"))
        #expect(lines.count == 9 && lines.last == "Note: 8 of 11 documents were left out", "\(run.errors)")
    }

    @Test func setWithoutAnyTextIsAnError() throws {
        try FileManager.default.createDirectory(
            atPath: scratch.file("none"),
            withIntermediateDirectories: true
        )
        let empty = try ask(["none"])
        #expect(empty.status == 1 && empty.errors.hasPrefix("Error: \(scratch.file("none")): has no file"))
        try scratch.write([], to: "none/empty.txt")
        let blank = try ask(["none"])
        #expect(blank.status == 1 && blank.output.isEmpty)
        #expect(blank.errors.split(separator: "\n").count == 2)
        #expect(blank.errors.contains("none of the 1 documents"))
        // A slip of the pen is not a document that happens to be bad.
        let missing = try ask(["docs", "missing.txt"])
        #expect(missing.status == 1 && missing.output.isEmpty)
        #expect(missing.errors.hasPrefix("Error: cannot read \(scratch.file("missing.txt"))"))
    }

    @Test func whatIsReadIsNotWrittenOver() throws {
        let path = scratch.file("docs/b.txt")
        let before = try Data(contentsOf: URL(filePath: path))
        let run = try CommandRun(
            [
                "-c", "\"$@\" >> '\(path)'", "sh", CommandRun.program.path, "answer", "--model",
                checkpoint.path,
            ]
                + ["--question", "when?", "--context-file", scratch.file("docs")],
            program: URL(filePath: "/bin/sh")
        )
        #expect(run.status == 64 && run.errors.contains(path), "\(run.errors)")
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test(arguments: [("", "poppler-utils", 1), ("printf 'the mill was built in 1921'", "", 0)])
    func pdfsAreReadByPdftotext(script: String, mention: String, status: Int32) throws {
        try scratch.write(Array("%PDF-1.7\n".utf8) + [0xE2], to: "a.pdf")
        let programs = scratch.file("bin")
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        if !script.isEmpty { _ = try scratch.writeProgram(script, to: "bin/pdftotext") }
        let run = try CommandRun(
            ["PATH=\(programs)", CommandRun.program.path, "answer", "--model", checkpoint.path]
                + ["--question", "when?", "--context-file", scratch.file("a.pdf"), "--format", "json"]
                + ["--include-text"],
            program: URL(filePath: "/usr/bin/env")
        )
        #expect(run.status == status, "\(run.errors)")
        #expect(mention.isEmpty ? run.errors.isEmpty : run.errors.contains(mention))
        if status == 0 { #expect(try run.json()["text"] as? String == "the mill was built in 1921") }
    }

    @Test func saysThatTheTimeWasUp() throws {
        let long = Array(repeating: "the mill was built in 1921 by two sisters", count: 40).joined(
            separator: "\n"
        )
        try scratch.write(Array(long.utf8), to: "long.txt")
        let options = ["--max-length", "32", "--overlap", "8", "--read", "best-first"]
        for paths in [["long.txt"], ["docs/b.txt", "long.txt"], ["long.txt", "docs/b.txt"]] {
            let stopped = try ask(paths, options + ["--budget-ms", "0"])
            #expect(stopped.output.hasSuffix("; the time was up\n"), "\(stopped.output)")
            let whole = try ask(paths, options)
            #expect(whole.status == 0 && !whole.output.contains("the time was up"), "\(whole.output)")
        }
    }
}
