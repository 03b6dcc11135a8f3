import DatasetModule
import TestSupport
import Testing

@testable import EvaluationModule

@Suite struct ReliabilityTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            var confidences: [Double]
            var right: [Bool]
            var error: Double
        }

        var cases: [Case]
    }

    /// `Scripts/golden/confidence_golden.py`.
    @Test func errorsAreThoseOfNumPy() throws {
        for golden in try GoldenFiles(.module).decode("reliability.json", as: Golden.self).cases {
            let answers = zip(golden.confidences, golden.right).map {
                JudgedAnswer(confidence: $0, isRight: $1)
            }
            let found = try #require(Reliability(answers))
            #expect(abs(found.expectedCalibrationError - golden.error) < 1e-12)
            #expect(found.bins.reduce(0) { $0 + $1.count } == answers.count && found.count == answers.count)
            #expect(found.bins.count == min(15, answers.count))
            let counts = found.bins.map(\.count)
            #expect(try #require(counts.max()) - #require(counts.min()) <= 1)
            for (bin, next) in zip(found.bins, found.bins.dropFirst()) {
                #expect(bin.confidence <= next.confidence)
            }
        }
    }

    @Test func nothingHasNone() { #expect(Reliability([]) == nil) }

    @Test func answersThatAreAlwaysAsRightAsSaidHaveNoError() throws {
        let answers = (0..<150).map { JudgedAnswer(confidence: 0.5, isRight: $0 % 2 == 0) }
        let found = try #require(Reliability(answers))
        #expect(found.expectedCalibrationError == 0 && found.right == 0.5 && found.confidence == 0.5)
        let sure = try #require(Reliability(answers.map { JudgedAnswer(confidence: 1, isRight: $0.isRight) }))
        #expect(sure.expectedCalibrationError == 0.5)
        // 15 bins of 10: √(2/π · 0.25/10).
        #expect(abs(found.chanceError - 0.12616) < 1e-5 && sure.chanceError == 0)
    }

    /// Answers that are right as often as they say are off by what chance is said to bring.
    @Test func chanceBringsWhatIsSaid() throws {
        var generator = SplitMix(seed: 1)
        let errors = try (0..<200).map { _ in
            try #require(
                Reliability(
                    (0..<300).map { index in
                        let confidence = Double(index) / 300
                        let draw = Double.random(in: 0..<1, using: &generator)
                        return JudgedAnswer(confidence: confidence, isRight: draw < confidence)
                    }
                )
            )
        }
        let mean = errors.reduce(0) { $0 + $1.expectedCalibrationError } / 200
        #expect(abs(mean / errors[0].chanceError - 1) < 0.05)
    }

    @Test(arguments: [
        (["the Mill", "x"], "mill!", true), (["mill"], "mills", false), (["mill"], "", false),
        ([], "", true), ([], "mill", false), (["the"], "", true),
    ])
    func anAnswerIsRightWhenItEqualsAReferenceOrThereIsNone(
        references: [String],
        prediction: String,
        isRight: Bool
    ) {
        let example = Example(
            id: "1",
            question: "?",
            context: "c",
            answers: references.map { Answer(text: $0, start: nil) }
        )
        #expect(example.accepts(prediction) == isRight)
    }
}
