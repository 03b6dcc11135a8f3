import EncoderModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// Golden values of the term within an encoder are those of `ReferenceSkimmingEncoderTests`.
///
/// One at a time: the tests share teams.
@Suite(.serialized) struct StatePoolingTests {
    private static let teams = (1...3).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }
    private static let hidden = 32
    private static let weights = StatePoolingWeights(
        projection: LinearWeights(
            weight: FormulaWeights.tensor("projection", shape: [20, hidden]),
            bias: FormulaWeights.tensor("projection.bias", shape: [20]),
            inputs: hidden,
            outputs: 20
        ),
        linear: LinearWeights(
            weight: FormulaWeights.tensor("linear", shape: [2, 80]),
            bias: FormulaWeights.tensor("linear.bias", shape: [2]),
            inputs: 80,
            outputs: 2
        )
    )

    private func states(_ tokens: Int) -> [Float] {
        FormulaWeights.units("states.\(tokens)", count: tokens * Self.hidden).map { $0 * 4 }
    }

    private func partition(_ tokens: Int, _ prefix: Int, _ layout: BlockLayout) -> BlockPartition {
        BlockPartition(tokens: tokens, prefixLength: prefix, layout: layout, blockSize: 8)
    }

    /// Summands lie between -13 and 17; the largest error observed is 5.7e-6.
    @Test(arguments: SkimPredictorTests.windows, [BlockLayout.passageAligned, .absolute])
    func theSummandsEqualTheReference(
        window: (tokens: Int, prefixLength: Int),
        layout: BlockLayout
    ) throws {
        let partition = partition(window.tokens, window.prefixLength, layout)
        let hidden = states(window.tokens)
        let expected = ReferenceStatePooling(weights: Self.weights)(hidden: hidden, partition: partition)
        for team in Self.teams {
            let buffer = FloatBuffer()
            // What a larger window left must not be seen.
            try buffer.reserve(100 * 20).update(repeating: .nan, count: 100 * 20)
            var logits = [Float](repeating: 1, count: partition.blockCount * 2)
            try StatePooling(Self.weights)
                .add(to: &logits, hidden: hidden, partition: partition, buffer: buffer, on: team)
            let found = difference(logits, expected.map { $0 + 1 }, absolute: 1e-5)
            #expect(found == nil, "\(team.size) threads")
        }
    }

    /// The mean over a block and over the prefix, the maxima over a block and over all, by hand.
    @Test func poolsOverBlocksAndPrefix() {
        // One state a token, which is its own channel; the linear layer picks one feature.
        func summands(feature: Int) -> [Float] {
            var picked = [Float](repeating: 0, count: 8)
            picked[4 + feature] = 1
            let weights = StatePoolingWeights(
                projection: LinearWeights(weight: [1], bias: [0], inputs: 1, outputs: 1),
                linear: LinearWeights(weight: picked, bias: [0, 0], inputs: 4, outputs: 2)
            )
            let partition = BlockPartition(
                tokens: 5,
                prefixLength: 2,
                layout: .passageAligned,
                blockSize: 2
            )
            let logits = ReferenceStatePooling(weights: weights)(
                hidden: [1, 3, -2, 6, 5],
                partition: partition
            )
            #expect(logits[0] == 0 && logits[2] == 0)
            return [logits[1], logits[3]]
        }
        #expect(summands(feature: 0) == [6, 5])
        #expect(summands(feature: 1) == [3, 5])
        #expect(summands(feature: 2) == [6, 6])
        #expect(summands(feature: 3) == [2, 2])
    }
}
