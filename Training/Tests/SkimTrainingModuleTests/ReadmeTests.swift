import Foundation
import Testing
import TrainingTestSupport

/// The commands of the README run as they are printed, one after the other in one directory.
///
/// The directory stands for `Training/`: it has the built program, a tiny model and small data under the printed names.
@Suite struct ReadmeTests {
    private static let program = ".build/release/blockskim-train"

    /// The lines of the README's code blocks, those that end with a backslash joined with the next.
    private func lines() throws -> [String] {
        let readme = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        let blocks = try String(contentsOf: readme, encoding: .utf8).components(separatedBy: "\n```")
        // Text and code take turns.
        return blocks.indices.filter { !$0.isMultiple(of: 2) }.flatMap { index in
            blocks[index].replacingOccurrences(of: "\\\n", with: " ").split(separator: "\n").map(String.init)
        }
    }

    /// Articles of five paragraphs, together of a few more tokens than a window has: a token of the tiny model is a letter.
    private func data(articles: Int, seed: UInt64, someImpossible: Bool = false) throws -> String {
        let words = ["apple", "brook", "cedar", "dune", "ember", "fjord", "grove", "hill", "isle", "jade"]
        var generator = SplitMix(seed: seed)
        var articleTexts: [[String: Any]] = []
        for article in 0..<articles {
            var paragraphs: [[String: Any]] = []
            for number in 0..<5 {
                let context = (0..<18).map { _ in words[generator.below(words.count)] }
                let place = generator.below(18)
                let isImpossible = someImpossible && number.isMultiple(of: 3)
                let answer: [String: Any] = [
                    "text": context[place],
                    "answer_start": context.prefix(place).reduce(0) { $0 + $1.count + 1 },
                ]
                var question: [String: Any] = [
                    "id": "\(seed)-\(article)-\(number)", "question": "where is \(number)?",
                    "answers": isImpossible ? [] : [answer],
                ]
                if someImpossible { question["is_impossible"] = isImpossible }
                paragraphs.append(["context": context.joined(separator: " "), "qas": [question]])
            }
            articleTexts.append(["title": "article \(article)", "paragraphs": paragraphs])
        }
        let object: [String: Any] = ["version": someImpossible ? "v2.0" : "1.1", "data": articleTexts]
        return String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    /// The model that is linked, and the directory in which commands are run.
    private func place() throws -> (model: FormulaCheckpoint, directory: ScratchDirectory) {
        var sizes = FormulaCheckpoint.Sizes()
        (sizes.layers, sizes.positions) = (4, 512)
        let model = try FormulaCheckpoint(sizes: sizes)
        try TinyVocabulary.write(to: model.path)
        let directory = try ScratchDirectory([
            "train.json": data(articles: 2, seed: 1), "dev.json": data(articles: 1, seed: 2),
            "dev-with-unanswerable.json": data(articles: 1, seed: 3, someImpossible: true),
        ])
        let files = FileManager.default
        try files.createDirectory(
            atPath: directory.file(".build/release"),
            withIntermediateDirectories: true
        )
        for (name, target) in [
            (Self.program, TinyRun.program.path), ("all-MiniLM-L6-v2", model.path), ("run-base", "run"),
        ] { try files.createSymbolicLink(atPath: directory.file(name), withDestinationPath: target) }
        return (model, directory)
    }

    @Test func commandsRunAsPrinted() throws {
        let lines = try lines()
        let commands = lines.filter { $0.hasPrefix(Self.program) }
        // Any other line that calls the program says with … that something is left out.
        for line in lines where line.contains("blockskim-train") && !line.hasPrefix(Self.program) {
            #expect(line.contains("…"), "\(line)")
        }
        let names = commands.map { $0.split(separator: " ")[1] }
        #expect(
            names == [
                "train", "calibrate", "documents", "documents", "search", "teach", "train", "calibrate",
                "documents", "calibrate-reading",
            ]
        )
        let place = try place()
        for command in commands {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", command]
            process.currentDirectoryURL = URL(filePath: place.directory.path)
            process.environment = ["BLOCKSKIM_PYTHON": "/bin/true", "OMP_WAIT_POLICY": "passive"]
            let errors = Pipe()
            (process.standardError, process.standardOutput) = (errors, FileHandle.nullDevice)
            try process.run()
            let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(command)\n\(said)")
        }
        for file in [
            "run/model/blockskim.json", "run/calibration/calibration.json", "run/calibration/confidence.json",
            "train-documents.json", "dev-articles.json", "search/search.json", "teacher.safetensors",
            "run-student/model/model.safetensors", "articles.json", "run/reading/reading.json",
        ] {
            #expect(FileManager.default.fileExists(atPath: place.directory.file(file)), "no \(file)")
        }
    }
}
