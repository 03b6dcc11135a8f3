import Testing

@testable import blockskim

@Suite struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("answer", "answer", 0), ("anwser", "answer", 1), ("kitten", "sitting", 3),
        ("ab", "ba", 1), ("abc", "ca", 3), ("question", "questoin", 1),
    ])
    func distanceCountsEdits(one: String, other: String, expected: Int) {
        #expect(Spelling.distance(one, other) == expected)
        #expect(Spelling.distance(other, one) == expected)
    }

    @Test func onlyACloseWordIsMeant() {
        let known = ["answer", "predict", "evaluate"]
        #expect(Spelling.closest(to: "answers", among: known) == "answer")
        #expect(Spelling.closest(to: "frobnicate", among: known) == nil)
        #expect(Spelling.closest(to: "x", among: known) == nil)
        #expect(Spelling.closest(to: "x", among: []) == nil)
    }
}
