import Testing

@testable import DatasetModule

@Suite struct SkippingTests {
    private func reader() throws -> DatasetReader {
        let lines = [["a", "b"], ["c"], ["d", "e"]].map { ids in
            let questions = ids.map { #"{"qid":"\#($0)","question":"Q","answers":[],"detected_answers":[]}"# }
            return #"{"context":"C","qas":["# + questions.joined(separator: ",") + "]}\n"
        }
        return try DatasetReader(bytes: Array(lines.joined().utf8), name: "data")
    }

    @Test func leavesTheQuestionsBehindThoseThatWerePassedOver() throws {
        for count in 0...6 {
            let reader = try reader()
            let passedOver = try reader.skip(questions: count)
            let rest = try reader.readAll().passages.flatMap(\.examples).map(\.id)
            #expect(passedOver == Array(["a", "b", "c", "d", "e"].prefix(count)))
            #expect(passedOver + rest == ["a", "b", "c", "d", "e"])
        }
    }
}
