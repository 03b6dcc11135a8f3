import Testing

@testable import SkimTrainingModule

@Suite struct BatchPlanTests {
    private let lengths = (0..<101).map { 20 + ($0 * 37) % 64 }

    @Test func everyEpochTakesEveryWindow() {
        var plan = BatchPlan(lengths: lengths, batchSize: 8, epochs: 2, seed: 1)
        #expect(plan.stepsPerEpoch == 13 && plan.steps == 26)
        for epoch in 0..<2 {
            let taken = (0..<13).flatMap { plan.batch(ofStep: epoch * 13 + $0) }
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
            let batch = plan.batch(ofStep: step).map { lengths[$0] }
            return 8 * (batch.max() ?? 0) - batch.reduce(0, +)
        }
        // Unsorted, it would be about a third of all tokens.
        #expect(padded.reduce(0, +) < lengths.reduce(0, +) / 10)
    }

    @Test func fewerWindowsThanABatchComeSeveralTimes() {
        var plan = BatchPlan(lengths: [5, 6, 7], batchSize: 8, epochs: 1, seed: 1)
        #expect(plan.steps == 1)
        #expect(plan.batch(ofStep: 0).count == 8)
        #expect(Set(plan.batch(ofStep: 0)) == [0, 1, 2])
    }
}
