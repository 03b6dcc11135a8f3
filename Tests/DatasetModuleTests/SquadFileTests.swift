import Foundation
import TestSupport
import Testing

@testable import DatasetModule

@Suite struct SquadFileTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func passage(_ number: Int, article: Int, title: String?) -> Passage {
        let context = "😀 \"q\\\u{1}\r\n e\u{301} and \(number)\u{2028}"
        let example = Example(
            id: "id \"\(number)\"",
            question: " Who\t? ",
            context: context,
            answers: [Answer(text: "😀 \"q", start: 0), Answer(text: "\u{301} a", start: 10)],
            answerRanges: [0..<4, 10..<13],
            title: title
        )
        let none = Example(
            id: "none \(number)",
            question: "Why?",
            context: context,
            answers: [],
            title: title,
            isImpossible: true
        )
        return Passage(title: title, article: article, context: context, examples: [example, none])
    }

    @Test func readerReadsWhatWasWritten() throws {
        let path = directory.file("data.json")
        let written = [
            passage(0, article: 0, title: "A \"t\""), passage(1, article: 0, title: "A \"t\""),
            passage(2, article: 1, title: nil),
        ]
        let file = try SquadFile(path: path, flagsImpossible: true)
        file.startArticle(title: "A \"t\"")
        try file.append(written[0])
        try file.append(written[1])
        file.startArticle(title: nil)
        try file.append(written[2])
        #expect(!FileManager.default.fileExists(atPath: path))
        try file.commit()
        let reader = try DatasetReader(path: path)
        #expect(reader.layout == .squad(version: "v2.0") && reader.hasImpossibleFlags)
        let (passages, issues) = try reader.readAll()
        #expect(issues == [] && passages == written)
        #expect(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) is NSDictionary)
    }

    @Test func withoutFlagsItIsVersion1() throws {
        let path = directory.file("data.json")
        let file = try SquadFile(path: path, flagsImpossible: false)
        var only = passage(0, article: 0, title: nil)
        only.examples.removeLast()
        only.examples[0].answers.append(Answer(text: "elsewhere", start: nil))
        try file.append(only)
        try file.commit()
        let reader = try DatasetReader(path: path)
        #expect(reader.layout == .squad(version: "1.1") && !reader.hasImpossibleFlags)
        let (passages, issues) = try reader.readAll()
        // An answer without a place has none in this layout.
        only.examples[0].answers.removeLast()
        #expect(issues == [] && passages == [only])
    }

    @Test func leavesNothingBehindUnlessCommitted() throws {
        var file: SquadFile? = try SquadFile(path: directory.file("data.json"), flagsImpossible: false)
        for number in 0..<2000 { try file?.append(passage(number, article: 0, title: nil)) }
        #expect(try directory.contents().count == 1)
        file = nil
        #expect(try directory.contents() == [])
        #expect(throws: DatasetError.cannotWrite(path: "/nowhere/x", reason: "No such file or directory")) {
            try SquadFile(path: "/nowhere/x", flagsImpossible: false)
        }
    }
}
