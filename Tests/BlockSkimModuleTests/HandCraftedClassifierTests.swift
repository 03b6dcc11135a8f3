import EncoderModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// That the features are those of the trainer, which golden values of PyTorch pin, is tested in the trainer's package.
///
/// One at a time: the tests share teams.
@Suite(.serialized) struct HandCraftedClassifierTests {
    private static let teams = (1...3).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }
    private static let heads = 4
    private static let linear = LinearWeights(
        weight: FormulaWeights.tensor("linear", shape: [2, 6 * heads]),
        bias: FormulaWeights.tensor("linear.bias", shape: [2]),
        inputs: 6 * heads,
        outputs: 2
    )

    private func predict(
        _ linear: LinearWeights,
        _ attention: [Float],
        _ partition: BlockPartition,
        separatorCount: Int,
        on team: ThreadTeam
    ) throws -> [Float] {
        try SkimPredictor(handCrafted: linear)(
            attention: attention,
            hidden: [],
            partition: partition,
            separatorCount: separatorCount,
            workspace: SkimWorkspace(heads: linear.inputs / 6, workers: team.size),
            on: team
        )
    }

    /// Logits lie within ±10, sums of up to 97 terms in 32 bits; the tolerance is that of ``SkimPredictorTests``.
    @Test(arguments: SkimPredictorTests.windows, [BlockLayout.passageAligned, .absolute])
    func logitsEqualTheReference(window: (tokens: Int, prefixLength: Int), layout: BlockLayout) throws {
        let partition = BlockPartition(
            tokens: window.tokens,
            prefixLength: window.prefixLength,
            layout: layout,
            blockSize: 5
        )
        let attention = FormulaWeights.units("attention", count: Self.heads * window.tokens * window.tokens)
            .map { ($0 + 0.5) * (2 / Float(window.tokens)) }
        let expected = ReferenceHandCraftedClassifier(linear: Self.linear)(
            attention: attention,
            partition: partition,
            separatorCount: 2
        )
        for team in Self.teams {
            let logits = try predict(Self.linear, attention, partition, separatorCount: 2, on: team)
            #expect(difference(logits, expected, absolute: 1e-5) == nil, "\(team.size) threads")
        }
    }

    /// What a block gives to and gets from question, `[CLS]` and separators, by hand.
    @Test func featuresAreMeansOfAttentionGivenAndReceived() throws {
        // [CLS] q [SEP] a [SEP]: one block of the last two; token i attends to token j by 10 i + j.
        let attention = (0..<25).map { Float($0 / 5 * 10 + $0 % 5) }
        let partition = BlockPartition(tokens: 5, prefixLength: 3, layout: .passageAligned, blockSize: 2)
        let expected: [Float] = [36, 35, 76, 27, 7, 67]
        for feature in 0..<6 {
            var weight = [Float](repeating: 0, count: 12)
            weight[6 + feature] = 1
            let linear = LinearWeights(weight: weight, bias: [0, 0], inputs: 6, outputs: 2)
            let logits = try predict(linear, attention, partition, separatorCount: 1, on: Self.teams[0])
            #expect(logits == [0, expected[feature]], "feature \(feature)")
            let reference = ReferenceHandCraftedClassifier(linear: linear)(
                attention: attention,
                partition: partition,
                separatorCount: 1
            )
            #expect(reference == logits)
        }
    }

    @Test func checkpointsWithItSkim() throws {
        let checkpoint = try FormulaCheckpoint(linearInputs: 6 * Self.heads)
        let opened = try Checkpoint(directory: checkpoint.path)
        // Blocks of 5 tokens, which the cells of the Block Skim Module's whole map could not have.
        let configuration = try SkimConfiguration(classifier: .handCrafted, blockSize: 5, skimLayers: [2])
        _ = try SkimPredictor(checkpoint: opened, skimLayer: 2, configuration: configuration)
        let module = try SkimConfiguration(skimLayers: [2])
        #expect(throws: BlockSkimError.self) {
            try SkimPredictor(checkpoint: opened, skimLayer: 2, configuration: module)
        }
        #expect(throws: BlockSkimError.self) { try SkimConfiguration(blockSize: 5, skimLayers: [2]) }
    }
}
