import Testing

@testable import SkimTrainingModule

@Suite struct BatchPlanTests {
    private let lengths = (0..<101).map { 20 + ($0 * 37) % 64 }

    @Test func everyEpochTakesEveryWindow() {
        var plan = BatchPlan(lengths: lengths, batchSize: 8, epochs: 2, seed: 1)
        #expect(plan.stepsPerEpoch == 13 && plan.steps == 26)
        for epoch in 0..<2 {
            let taken = (0..<13).flatMap { plan.batch(ofStep: epoch * 13 + $0).joined() }
            #expect(taken.count == 13 * 8)
            #expect(Set(taken) == Set(lengths.indices))
        }
    }

    @Test func dependsOnSeedAndStepAlone() {
        var plan = BatchPlan(lengths: lengths, batchSize: 8, epochs: 2, seed: 1)
        var other = BatchPlan(lengths: lengths, batchSize: 8, epochs: 2, seed: 1)
        var seeded = BatchPlan(lengths: lengths, batchSize: 8, epochs: 2, seed: 2)
        let forward = (0..<26).map { plan.batch(ofStep: $0) }
        #expect((0..<26).reversed().map { other.batch(ofStep: $0) } == forward.reversed())
        #expect(forward[0..<13] != forward[13..<26])
        #expect((0..<26).map { seeded.batch(ofStep: $0) } != forward)
    }

    @Test func batchesHoldWindowsOfSimilarLength() {
        var plan = BatchPlan(lengths: lengths, batchSize: 8, epochs: 1, seed: 1)
        let padded = (0..<13).map { step in
            let batch = plan.batch(ofStep: step).joined().map { lengths[$0] }
            return 8 * (batch.max() ?? 0) - batch.reduce(0, +)
        }
        // Unsorted, it would be about a third of all tokens.
        #expect(padded.reduce(0, +) < lengths.reduce(0, +) / 10)
    }

    @Test func fewerWindowsThanABatchComeSeveralTimes() {
        var plan = BatchPlan(lengths: [5, 6, 7], batchSize: 8, epochs: 1, seed: 1)
        #expect(plan.steps == 1)
        #expect(plan.batch(ofStep: 0).count == 8)
        #expect(Set(plan.batch(ofStep: 0).joined()) == [0, 1, 2])
    }

    /// Questions of 1 to 4 windows.
    private let questions: [Range<Int>] = {
        var (questions, first) = ([Range<Int>](), 0)
        while first < 101 {
            let end = min(101, first + 1 + first * 7 % 4)
            questions.append(first..<end)
            first = end
        }
        return questions
    }()

    @Test func everyEpochTakesEveryQuestionWhole() {
        var plan = BatchPlan(lengths: lengths, questions: questions, batchSize: 8, epochs: 3, seed: 1)
        #expect(plan.stepsPerEpoch == 13 && plan.steps == 39)
        for epoch in 0..<3 {
            let batches = (0..<13).map { plan.batch(ofStep: epoch * 13 + $0) }
            let taken = batches.flatMap(\.self)
            #expect(Set(taken) == Set(questions))
            // What fills the last batch up comes twice.
            #expect(taken.count < questions.count + 8)
            for batch in batches {
                let windows = batch.reduce(0) { $0 + $1.count }
                #expect(batch.count >= 2 && (5...11).contains(windows), "\(windows) windows")
            }
        }
    }

    @Test func questionsOfOneWindowGoAsWindowsDo() {
        var plan = BatchPlan(lengths: lengths, batchSize: 8, epochs: 2, seed: 1)
        let single = lengths.indices.map { $0..<$0 + 1 }
        var other = BatchPlan(lengths: lengths, questions: single, batchSize: 8, epochs: 2, seed: 1)
        #expect((0..<26).allSatisfy { plan.batch(ofStep: $0) == other.batch(ofStep: $0) })
        // As it was before questions had several windows.
        #expect(plan.batch(ofStep: 0).map(\.lowerBound) == [56, 37, 18, 82, 63, 63, 44, 25])
        #expect(plan.batch(ofStep: 20).map(\.lowerBound) == [39, 20, 84, 1, 65, 65, 46, 27])
    }

    @Test func everyStepHasItsQuestionsWhateverTheirSizes() {
        for size in 1...9 {
            let lengths = [Int](repeating: 10, count: size * 7 + 5)
            var (questions, first) = ([Range<Int>](), 0)
            while first < lengths.count {
                let end = min(lengths.count, first + (first % 3 == 0 ? size : 1))
                questions.append(first..<end)
                first = end
            }
            for seed in 0..<20 as Range<UInt64> {
                var plan = BatchPlan(
                    lengths: lengths,
                    questions: questions,
                    batchSize: 2 * size,
                    epochs: 2,
                    seed: seed
                )
                for step in 0..<plan.steps { #expect(plan.batch(ofStep: step).count >= 2) }
            }
        }
    }
}
