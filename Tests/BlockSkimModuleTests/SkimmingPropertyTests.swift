import EncoderModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// What holds for every model, window and batch.
///
/// One at a time: the tests share teams.
@Suite(.serialized) struct SkimmingPropertyTests {
    static let teams = (1...3).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }

    @Test(arguments: teams.indices)
    func keepingAllBlocksEqualsThePlainEncoderBitForBit(teamIndex: Int) throws {
        let team = Self.teams[teamIndex]
        var random = SplitMix(seed: 11)
        let windows = GoldenWindow.random(9, &random)
        var encoders = try SkimmingEncoderTests.configurations.map { try SkimmingModel($0).encoder(on: team) }
        encoders.append(try SkimmingModel.wide(on: team))
        for encoder in encoders {
            let plain = try encoder.encodePlainly(windows, layers: 3)
            let layers = encoder.skimming.modules.keys.sorted()
            for policy in [SkimPolicy(layers: layers, threshold: 1), nil] {
                let outputs = try encoder.encode(windows, policy: policy)
                let isSame = zip(outputs, plain).allSatisfy { areBitwiseEqual($0.hidden, $1) }
                #expect(isSame, "hidden \(encoder.encoder.configuration.hidden)")
                #expect(outputs.allSatisfy { $0.trace.droppedPositions.isEmpty })
            }
        }
    }

    /// In MPNet and DeBERTa also that a token keeps its position when others go: in the masked encoder none goes.
    @Test(arguments: SkimmingEncoderTests.configurations, [FormulaFamily.bert, .mpnet, .deberta])
    func droppingBlocksEqualsMaskingTheirKeys(configuration: SkimConfiguration, family: FormulaFamily) throws
    {
        let model = try SkimmingModel(configuration, family: family)
        let masked = try MaskedEncoder(checkpoint: model.checkpoint)
        let encoder = try model.encoder(on: Self.teams[1])
        let windows = [(29, 6), (43, 9), (51, 2)]
            .map { GoldenWindow(tokens: $0, prefixLength: $1).typed(for: family) }
        let embeddings = try encoder.encodePlainly(windows, layers: 0)
        for policy in model.choices(keptFraction: 0.5) {
            let outputs = try encoder.encode(windows, policy: policy)
            #expect(outputs.contains { !$0.trace.droppedPositions.isEmpty })
            for (output, embeddings) in zip(outputs, embeddings) {
                let expected = masked(embeddings: embeddings, dropping: output.trace)
                let tolerance =
                    family.scoreTerms * sumTolerance(terms: model.checkpoint.configuration.intermediate)
                let found = difference(output.hidden, expected, absolute: tolerance)
                #expect(found == nil, "\(output.trace.tokens) tokens, \(policy)")
            }
        }
    }

    @Test(arguments: teams.indices)
    func aWindowsResultDoesNotDependOnTheOthersOfItsBatch(teamIndex: Int) throws {
        let team = Self.teams[teamIndex]
        for configuration in SkimmingEncoderTests.configurations {
            let model = try SkimmingModel(configuration)
            for policy in model.choices(keptFraction: 0.4) {
                try expectIndependence(of: model.encoder(on: team), policy: policy, windows: 12, batches: 6)
            }
        }
        // Batches on either side of the number of rows from which a product is not shared by columns.
        let wide = try SkimmingModel.wide(on: team)
        let choice = ForcedShare(keptFraction: 0.6, afterLayer: 1)
        try expectIndependence(of: wide, policy: choice, windows: 12, batches: 10)
    }

    /// Encodes windows alone and in random batches, and expects the same of each to the last bit.
    private func expectIndependence(
        of encoder: RunningEncoder,
        policy: any BlockChoice,
        windows count: Int,
        batches: Int
    ) throws {
        var random = SplitMix(seed: 3)
        // One token alone, and one token beside others, are where oneDNN adds up in another order.
        let windows =
            [GoldenWindow(tokens: 1, prefixLength: 1), GoldenWindow(tokens: 2, prefixLength: 1)]
            + GoldenWindow.random(count, &random)
        let alone = try windows.map { try encoder.encode([$0], policy: policy)[0] }
        #expect(alone.contains { !$0.trace.droppedPositions.isEmpty })
        for batchSize in [2, windows.count]
            + (0..<batches).map({ _ in Int.random(in: 1...8, using: &random) })
        {
            let chosen = Array(windows.indices.shuffled(using: &random).prefix(batchSize))
            let outputs = try encoder.encode(chosen.map { windows[$0] }, policy: policy)
            for (output, index) in zip(outputs, chosen) {
                let isSame = output.isSame(as: alone[index])
                #expect(
                    isSame,
                    """
                    \(output.trace.tokens) tokens in a batch of \(chosen.map { windows[$0].ids.count }), hidden \
                    \(encoder.encoder.configuration.hidden), \(policy), \(encoder.workspace.team.size) threads
                    """
                )
            }
        }
    }

    /// The largest error observed is 1.4e-6.
    @Test func resultsOnSeveralThreadsEqualThoseOnOneWithinRounding() throws {
        var random = SplitMix(seed: 5)
        let windows = GoldenWindow.random(10, &random)
        func expectAgreement(
            _ policy: any BlockChoice,
            _ encoder: (ThreadTeam) throws -> RunningEncoder
        ) throws {
            let outputs = try Self.teams.map { try encoder($0).encode(windows, policy: policy) }
            for (team, others) in zip(Self.teams, outputs).dropFirst() {
                for (one, other) in zip(outputs[0], others) {
                    let found = difference(other.hidden, one.hidden)
                    #expect(found == nil, "\(one.trace.tokens) tokens, \(team.size) threads")
                    #expect(other.trace.keptPositions == one.trace.keptPositions)
                }
            }
        }
        for configuration in SkimmingEncoderTests.configurations {
            let model = try SkimmingModel(configuration)
            try expectAgreement(model.policy, model.encoder)
        }
        try expectAgreement(ForcedShare(keptFraction: 0.6, afterLayer: 1), SkimmingModel.wide)
    }

    @Test func thePrefixIsNeverDropped() throws {
        var random = SplitMix(seed: 9)
        for configuration in SkimmingEncoderTests.configurations {
            let model = try SkimmingModel(configuration)
            let encoder = try model.encoder(on: Self.teams[0])
            let windows = GoldenWindow.random(12, &random)
            let layers = configuration.skimLayers
            let all = SkimPolicy(layers: layers, threshold: 0, minimumKeptBlocks: 0)
            for policy: any BlockChoice in [all, ForcedShare(keptFraction: 0, afterLayer: layers[0])] {
                let outputs = try encoder.encode(windows, policy: policy)
                for (window, output) in zip(windows, outputs) {
                    let first = output.trace.droppedPositions.first?.lowerBound ?? window.ids.count
                    #expect(first >= window.prefixLength)
                }
            }
        }
    }
}
