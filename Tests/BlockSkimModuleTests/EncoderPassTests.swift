import EncoderModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// A pass that stops, is asked, resumed and given up.
///
/// One at a time: the tests share a team.
@Suite(.serialized) struct EncoderPassTests {
    private static let team = ThreadTeam(ThreadBudget(threads: 2) ?? .physicalCores)
    private static let windows = [(43, 9), (9, 9), (30, 5), (64, 14)]
        .map { GoldenWindow(tokens: $0, prefixLength: $1) }

    private static func encoder(layers: [Int], family: FormulaFamily = .bert) throws -> RunningEncoder {
        let configuration = try SkimConfiguration(blockSize: 8, skimLayers: layers)
        return try SkimmingModel(configuration, family: family).encoder(on: team)
    }

    /// Takes a pass through all layers with a forced share kept after each of some.
    private func run(
        _ pass: EncoderPass,
        of encoder: RunningEncoder,
        keeping fractions: [Int: Double]
    ) throws {
        for (layer, fraction) in fractions.sorted(by: { $0.key < $1.key }) where layer > pass.layer {
            try pass.run(through: layer, attention: .kept)
            let relevance = try pass.relevance(by: try #require(encoder.skimming.modules[layer]))
            let choice = ForcedShare(keptFraction: fraction, afterLayer: layer)
            try pass.keep(choice.select(relevance, afterLayer: layer))
        }
        try pass.run(through: 3)
    }

    private func same(_ one: [EncodedWindow], _ other: [EncodedWindow]) -> Bool {
        zip(one, other).allSatisfy { $0.isSame(as: $1) }
    }

    /// In MPNet and DeBERTa what comes back is also where the rows stand.
    @Test(arguments: [FormulaFamily.bert, .mpnet, .deberta])
    func resumedWithOtherBlocksEqualsAPassThatKeptThemToTheLastBit(family: FormulaFamily) throws {
        let encoder = try Self.encoder(layers: [1, 2], family: family)
        let windows = Self.windows.map { $0.typed(for: family) }
        let few = try encoder.pass(windows)
        try run(few, of: encoder, keeping: [1: 0.3])
        let more = try encoder.pass(windows)
        try run(more, of: encoder, keeping: [1: 0.7])
        let expected = encoder.windows(of: try more.output())
        let first = encoder.windows(of: try few.output())
        #expect(!same(first, expected))

        // The relevance of the first layer was kept in the traces; the choice is made anew from a pass that stopped there.
        let asked = try encoder.pass(windows)
        try asked.run(through: 1, attention: .kept)
        let relevance = try asked.relevance(by: try #require(encoder.skimming.modules[1]))
        let wide = ForcedShare(keptFraction: 0.7, afterLayer: 1).select(relevance, afterLayer: 1)
        try few.resume(afterLayer: 1, keeping: wide)
        try few.run(through: 3)
        let resumed = encoder.windows(of: try few.output())
        #expect(same(resumed, expected))

        // And back again.
        let narrow = ForcedShare(keptFraction: 0.3, afterLayer: 1).select(relevance, afterLayer: 1)
        try few.resume(afterLayer: 1, keeping: narrow)
        try few.run(through: 3)
        #expect(same(encoder.windows(of: try few.output()), first))
    }

    @Test func resumingAtTheFirstOfTwoLayersForgetsTheSecond() throws {
        let encoder = try Self.encoder(layers: [1, 2])
        let pass = try encoder.pass(Self.windows)
        try pass.run(through: 1, attention: .kept)
        let relevance = try pass.relevance(by: try #require(encoder.skimming.modules[1]))
        let half = ForcedShare(keptFraction: 0.5, afterLayer: 1).select(relevance, afterLayer: 1)
        try pass.keep(half)
        try run(pass, of: encoder, keeping: [2: 0.1])
        #expect(try pass.output().traces.allSatisfy { $0.layers.count == 2 || $0.tokens == 9 })

        try pass.resume(afterLayer: 1, keeping: half)
        try pass.run(through: 3)
        let expected = try encoder.pass(Self.windows)
        try run(expected, of: encoder, keeping: [1: 0.5])
        let outputs = encoder.windows(of: try expected.output())
        #expect(same(encoder.windows(of: try pass.output()), outputs))
    }

    @Test func passesOfOneWorkspaceDoNotDisturbEachOther() throws {
        let encoder = try Self.encoder(layers: [1, 2])
        let alone = try Self.windows.map { window in
            let pass = try encoder.pass([window])
            try run(pass, of: encoder, keeping: [1: 0.5])
            return encoder.windows(of: try pass.output())
        }
        // All of them wait after the first layer, and go on in turn.
        let passes = try Self.windows.map { try encoder.pass([$0]) }
        for pass in passes {
            try pass.run(through: 1, attention: .kept)
            let relevance = try pass.relevance(by: try #require(encoder.skimming.modules[1]))
            try pass.keep(ForcedShare(keptFraction: 0.5, afterLayer: 1).select(relevance, afterLayer: 1))
        }
        for layer in 2...3 { for pass in passes.reversed() { try pass.run(through: layer) } }
        for (pass, expected) in zip(passes, alone) {
            #expect(same(encoder.windows(of: try pass.output()), expected))
        }
    }

    /// A choice that looks at all windows: the best blocks of the batch, whichever window they are in.
    private struct BestOfAll: BlockChoice {
        let layers = [1]
        let count: Int

        func select(_ windows: [WindowRelevance?], afterLayer layer: Int) -> [BlockSelection?] {
            let margins = windows.map { window in
                window.map { window in
                    (0..<window.partition.blockCount).map {
                        window.logits[2 * $0 + 1] - window.logits[2 * $0]
                    }
                }
            }
            let ordered = margins.compactMap { $0 }.joined().sorted(by: >)
            let least = ordered[min(count, ordered.count) - 1]
            return margins.map { margins in
                margins.map { margins in
                    BlockSelection(relevance: margins, kept: margins.map { $0 >= least })
                }
            }
        }
    }

    @Test func aChoiceSeesAllWindowsOfTheBatch() throws {
        let encoder = try Self.encoder(layers: [1])
        for count in [1, 3, 6] {
            let outputs = try encoder.encode(Self.windows, policy: BestOfAll(count: count))
            let kept = outputs.flatMap(\.trace.layers).flatMap(\.blocks).count { $0.kept }
            #expect(kept == count)
        }
    }

    @Test func aCancelledTaskStopsBetweenLayers() async throws {
        let layer = await Task {
            guard let encoder = try? Self.encoder(layers: [1]), let pass = try? encoder.pass(Self.windows)
            else {
                return -1
            }
            try? pass.run(through: 1)
            withUnsafeCurrentTask { $0?.cancel() }
            do throws(EncoderError) {
                try pass.run(through: 3)
                return -2
            } catch {
                return error == .cancelled ? pass.layer : -3
            }
        }.value
        #expect(layer == 1)
    }
}
