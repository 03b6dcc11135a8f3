import DatasetModule
import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// Data sets to make documents of, and what was made of them, in a directory that goes away with the object.
final class DocumentFiles: Sendable {
    let directory: ScratchDirectory

    /// - Parameter files: the texts of data sets, by name.
    /// - Throws: what writing files throws.
    init(_ files: [String: String]) throws { directory = try ScratchDirectory(files) }

    /// Articles of six paragraphs about one thing each, two questions a paragraph; some paragraphs mention what others tell.
    static func articles(_ count: Int) -> String {
        let things = ["lamp", "tower", "keeper", "lens", "storm", "boat"]
        let articles = (0..<count).map { article in
            let paragraphs = things.enumerated().map { place, thing in
                // 😀 is one scalar, but neither one byte nor one UTF-16 unit; the é is two scalars.
                let answer = "caf\u{65}\u{301} \(article)x\(place)x"
                let echo =
                    place % 3 == 0
                    ? ""
                    : " As said of Café \(article)X\(place - 1)X."
                        .decomposedStringWithCanonicalMapping
                let context = "😀 The \(thing) of \(article) is \(answer), north.\(echo)"
                let start =
                    context.unicodeScalars.count - echo.unicodeScalars.count
                    - (answer + ", north.").unicodeScalars.count
                let questions = (0..<2).map { number in
                    #"{"id": "\#(article)-\#(place)-\#(number)", "question": "Which \#(thing) is the \#(number) of \#(article)?", "#
                        + #""answers": [{"text": "\#(answer)", "answer_start": \#(start)}]}"#
                }
                return #"{"context": "\#(context)", "qas": [\#(questions.joined(separator: ","))]}"#
            }
            return #"{"title": "a\#(article)", "paragraphs": [\#(paragraphs.joined(separator: ","))]}"#
        }
        return #"{"version": "1.1", "data": [\#(articles.joined(separator: ","))]}"#
    }

    /// Settings for the files of these names.
    func settings(_ names: [String] = ["data.json"], output: String = "out.json") -> DocumentMaking.Settings {
        var settings = DocumentMaking.Settings()
        settings.files = names.map(directory.file)
        settings.output = directory.file(output)
        return settings
    }

    /// Makes documents and reads them.
    func documents(
        _ settings: DocumentMaking.Settings
    ) throws -> (passages: [Passage], table: DocumentTable, said: [String]) {
        var said: [String] = []
        let table = try #require(try DocumentMaking(settings, report: { said.append($0) }).run())
        let (passages, issues) = try DatasetReader(path: settings.output).readAll()
        #expect(issues == [])
        return (passages, table, said)
    }

    /// The questions of a file by id.
    func examples(_ name: String) throws -> [String: Example] {
        let passages = try DatasetReader(path: directory.file(name)).readAll().passages
        return Dictionary(uniqueKeysWithValues: passages.flatMap(\.examples).map { ($0.id, $0) })
    }

    /// The bytes of what was written.
    func bytes(_ settings: DocumentMaking.Settings) throws -> Data {
        try Data(contentsOf: URL(filePath: settings.output))
    }
}

extension String {
    /// The paragraphs of a document.
    var paragraphs: [String] { components(separatedBy: "\n\n") }
}
