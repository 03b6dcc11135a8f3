import DatasetModule
import Testing

@testable import SkimTrainingModule

@Suite struct ChangedQuestionTests {
    private static let context =
        "In 1066 the Normans under William of Normandy crossed the sea. Harold lost at Hastings. The Domesday Book of 1086 "
        + "names 268,984 households."

    /// All that the question becomes by some choice.
    private func changes(_ question: String, answer: String) -> Set<String> {
        let example = Example(
            id: "1",
            question: question,
            context: Self.context,
            answers: [Answer(text: answer, start: nil)]
        )
        return Set(
            (0..<200).compactMap { seed in
                var generator = SeededGenerator(seed: UInt64(seed), name: "test")
                return ChangedQuestion(example, using: &generator)?.text
            }
        )
    }

    @Test func aNumberBecomesAnotherOfTheParagraph() {
        #expect(
            changes("Who crossed the sea in 1066?", answer: "the Normans")
                == ["Who crossed the sea in 1086?", "Who crossed the sea in 268,984?"]
        )
        // Not the answer.
        #expect(
            changes("Which book of 1086 has households?", answer: "268,984")
                == ["Which book of 1066 has households?"]
        )
        // A number that the paragraph does not have is no mistake of the question's.
        #expect(changes("Who came in 1067?", answer: "the Normans").isEmpty)
    }

    @Test func aNameBecomesAnotherOfTheParagraph() {
        let changes = changes("When did William cross?", answer: "1066")
        #expect(
            changes.contains("When did Hastings cross?") && changes.contains("When did Domesday Book cross?")
        )
        #expect(!changes.contains { $0.contains("William") || $0.contains("Harold lost") })
        // A sentence begins with any word, and the first word of a question is no name.
        #expect(!changes.contains { $0.contains("The") || $0.contains("In") })
    }

    @Test func aWordBecomesItsOpposite() {
        #expect(changes("who lost the battle?", answer: "Harold") == ["who won the battle?"])
    }

    @Test func whatHasNothingToChangeIsLeft() {
        #expect(changes("what is it about?", answer: "the sea").isEmpty)
    }

    @Test func possessivesAndPunctuationStay() {
        #expect(changes("where was William's army?", answer: "Harold").contains("where was Hastings's army?"))
    }
}
