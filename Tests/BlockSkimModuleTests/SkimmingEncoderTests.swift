import EncoderModule
import Foundation
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// Golden values: `Scripts/golden/bsm_golden.py`, which masks keys instead of taking tokens out.
///
/// One at a time: the tests share teams.
@Suite(.serialized) struct SkimmingEncoderTests {
    static let teams = (1...3).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }

    /// The longest sums are those of the second feed-forward product; normalised states are of order 1.
    @Test(arguments: 0..<ReferenceSkimmingEncoderTests.caseCount)
    func everyGoldenCaseEqualsPyTorch(caseIndex: Int) throws {
        let golden = try GoldenFiles(.module).safetensors("skimmed")
        let text = try #require(golden.metadata["cases"])
        let given = try JSONDecoder()
            .decode([ReferenceSkimmingEncoderTests.Case].self, from: Data(text.utf8))[caseIndex]
        let model = try SkimmingModel(given.configuration)
        let window = GoldenWindow(tokens: given.tokens, prefixLength: given.prefix)
        for team in Self.teams {
            let output = try model.encoder(on: team).encode([window], policy: model.policy)[0]
            let hidden = difference(
                output.hidden,
                try golden.floats(named: "\(caseIndex).hidden"),
                absolute: sumTolerance(terms: model.checkpoint.configuration.intermediate)
            )
            #expect(hidden == nil, "\(team.size) threads")
            let layers = given.skimLayers.filter { golden.info(named: "\(caseIndex).kept.\($0)") != nil }
            #expect(output.trace.layers.map(\.skimLayer) == layers)
            for layer in output.trace.layers {
                let expected = try golden.floats(named: "\(caseIndex).relevance.\(layer.skimLayer)")
                let relevance = difference(layer.blocks.map(\.relevance), expected)
                #expect(relevance == nil, "layer \(layer.skimLayer), \(team.size) threads")
                let kept = try golden.integers(named: "\(caseIndex).kept.\(layer.skimLayer)")
                #expect(layer.blocks.map { $0.kept ? 1 : 0 } == kept, "layer \(layer.skimLayer)")
            }
        }
    }

    /// Tokens and prefix.
    static let windows = [(1, 1), (2, 1), (9, 9), (17, 3), (40, 10), (64, 14)]
        .map { GoldenWindow(tokens: $0.0, prefixLength: $0.1) }

    /// Layers, block size, region, layout and the least number of kept blocks.
    static let configurations: [SkimConfiguration] = {
        let configurations = [
            try? SkimConfiguration(blockSize: 4, skimLayers: [1], skipThreshold: 0.5),
            try? SkimConfiguration(
                blockSize: 8,
                skimLayers: [1, 2],
                skipThreshold: 0.5,
                minimumKeptBlocks: 0
            ),
            try? SkimConfiguration(
                blockSize: 4,
                blockLayout: .absolute,
                skimLayers: [2, 3],
                skipThreshold: 0.5,
                minimumKeptBlocks: 2
            ),
            try? SkimConfiguration(
                blockSize: 2,
                attentionRegion: .diagonal,
                skimLayers: [1, 2, 3],
                skipThreshold: 0.5
            ),
            try? SkimConfiguration(
                blockSize: 5,
                blockLayout: .absolute,
                attentionRegion: .diagonal,
                skimLayers: [2],
                skipThreshold: 0.5,
                minimumKeptBlocks: 0
            ),
        ]
        return configurations.compactMap { $0 }
    }()

    /// Largest errors observed: hidden states 1.4e-6, relevance 1.7e-6 of BERT, 4.1e-6 of DeBERTa.
    @Test(arguments: configurations, [FormulaFamily.bert, .mpnet, .deberta])
    func equalsTheReference(configuration: SkimConfiguration, family: FormulaFamily) throws {
        let model = try SkimmingModel(configuration, family: family)
        let windows = Self.windows.map { $0.typed(for: family) }
        let reference = try model.reference()
        let expected = try windows.map {
            try reference(ids: $0.ids, tokenTypes: $0.tokenTypes, prefixLength: $0.prefixLength)
        }
        #expect(expected.contains { !$0.trace.droppedPositions.isEmpty })
        // The longest sums are those of the second feed-forward product; normalised states are of order 1.
        let tolerance = family.scoreTerms * sumTolerance(terms: model.checkpoint.configuration.intermediate)
        for team in Self.teams {
            let outputs = try model.encoder(on: team).encode(windows, policy: model.policy)
            for (output, expected) in zip(outputs, expected) {
                let hidden = difference(output.hidden, expected.hidden, absolute: tolerance)
                #expect(hidden == nil, "\(output.trace.tokens) tokens, \(team.size) threads")
                let blocks = output.trace.layers.flatMap(\.blocks)
                let expectedBlocks = expected.trace.layers.flatMap(\.blocks)
                #expect(blocks.map(\.positions) == expectedBlocks.map(\.positions))
                #expect(blocks.map(\.kept) == expectedBlocks.map(\.kept))
                let relevance = difference(
                    blocks.map(\.relevance),
                    expectedBlocks.map(\.relevance),
                    absolute: 1e-6 * family.scoreTerms
                )
                #expect(relevance == nil, "\(output.trace.tokens) tokens, \(team.size) threads")
                #expect(output.trace.layers.map(\.keptTokens) == expected.trace.layers.map(\.keptTokens))
            }
        }
    }

    @Test func aWindowWithoutAKeptBlockGoesNoFurtherWhileOthersDo() throws {
        let configuration = try SkimConfiguration(
            blockSize: 8,
            skimLayers: [1],
            skipThreshold: 0,
            minimumKeptBlocks: 0
        )
        let model = try SkimmingModel(configuration)
        // The second one has no passage, so nothing to skim.
        let windows = [(43, 9), (9, 9), (30, 5)].map { GoldenWindow(tokens: $0, prefixLength: $1) }
        for team in Self.teams {
            let encoder = try model.encoder(on: team)
            let outputs = try encoder.encode(windows, policy: model.policy)
            #expect(outputs.map(\.trace.keptFraction) == [0, 1, 0])
            let afterFirst = try encoder.encodePlainly(windows, layers: 1)
            let afterAll = try encoder.encodePlainly(windows, layers: 3)
            let expected = [afterFirst[0], afterAll[1], afterFirst[2]]
            let isSame = zip(outputs, expected).allSatisfy { areBitwiseEqual($0.hidden, $1) }
            #expect(isSame, "\(team.size) threads")
        }
    }

    @Test func droppedTokensLeaveWithTheHiddenStatesOfTheSkimLayer() throws {
        let configuration = try SkimConfiguration(blockSize: 8, skimLayers: [2], skipThreshold: 0)
        let model = try SkimmingModel(configuration)
        let window = GoldenWindow(tokens: 43, prefixLength: 9)
        for team in Self.teams {
            let encoder = try model.encoder(on: team)
            let output = try encoder.encode([window], policy: model.policy)[0]
            let plain = try encoder.encodePlainly([window], layers: 2)[0]
            #expect(output.trace.droppedPositions.count == 4)
            for position in output.trace.droppedPositions.joined() {
                let row = position * 32..<(position + 1) * 32
                #expect(output.hidden[row] == plain[row])
            }
        }
    }
}

extension ReferenceSkimmingEncoderTests.Case {
    var configuration: SkimConfiguration {
        get throws {
            try SkimConfiguration(
                blockSize: block,
                blockLayout: #require(BlockLayout(rawValue: layout)),
                attentionRegion: #require(AttentionRegion(rawValue: region)),
                stateChannels: states ?? 0,
                skimLayers: skimLayers,
                skipThreshold: threshold,
                minimumKeptBlocks: minimum
            )
        }
    }
}
