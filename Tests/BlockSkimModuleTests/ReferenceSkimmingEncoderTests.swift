import BlockSkimModule
import EncoderModule
import Foundation
import TestSupport
import Testing

/// Golden values: `Scripts/golden/bsm_golden.py`, which masks keys instead of taking tokens out.
@Suite struct ReferenceSkimmingEncoderTests {
    /// A case as the golden file's metadata gives it.
    struct Case: Decodable {
        var tokens: Int
        var prefix: Int
        var region: String
        var layout: String
        var block: Int
        var skimLayers: [Int]
        var minimum: Int
        var threshold: Double
        var states: Int?

        enum CodingKeys: String, CodingKey {
            case tokens, prefix, region, layout, block, minimum, threshold, states
            case skimLayers = "skim_layers"
        }
    }

    static let caseCount = 15

    /// Largest errors observed: hidden states 1.2e-6, relevance 2.0e-6.
    @Test(arguments: 0..<caseCount)
    func removingTokensEqualsMaskingTheirKeys(caseIndex: Int) throws {
        let golden = try GoldenFiles(.module).safetensors("skimmed")
        let text = try #require(golden.metadata["cases"])
        let cases = try JSONDecoder().decode([Case].self, from: Data(text.utf8))
        #expect(cases.count == Self.caseCount)
        let given = cases[caseIndex]
        let configuration = try SkimConfiguration(
            blockSize: given.block,
            blockLayout: #require(BlockLayout(rawValue: given.layout)),
            attentionRegion: #require(AttentionRegion(rawValue: given.region)),
            stateChannels: given.states ?? 0,
            skimLayers: given.skimLayers,
            skipThreshold: given.threshold,
            minimumKeptBlocks: given.minimum
        )
        let window = GoldenWindow(tokens: given.tokens, prefixLength: given.prefix)
        let (hidden, trace) = try encode(window, configuration)

        #expect(difference(hidden, try golden.floats(named: "\(caseIndex).hidden")) == nil)
        let layers = given.skimLayers.filter { golden.info(named: "\(caseIndex).kept.\($0)") != nil }
        #expect(trace.layers.map(\.skimLayer) == layers)
        for layer in trace.layers {
            let relevance = try golden.floats(named: "\(caseIndex).relevance.\(layer.skimLayer)")
            #expect(difference(layer.blocks.map(\.relevance), relevance) == nil, "layer \(layer.skimLayer)")
            let kept = try golden.integers(named: "\(caseIndex).kept.\(layer.skimLayer)")
            #expect(layer.blocks.map { $0.kept ? 1 : 0 } == kept, "layer \(layer.skimLayer)")
        }
    }

    @Test func keepingAllBlocksEqualsThePlainEncoderBitForBit() throws {
        let configuration = try SkimConfiguration(blockSize: 8, skimLayers: [1, 2, 3], skipThreshold: 1)
        let directory = try checkpoint(for: configuration)
        let window = GoldenWindow(tokens: 43, prefixLength: 9)
        let plain = try ReferenceEncoder(checkpoint: Checkpoint(directory: directory.path))
        let dense = try plain(ids: window.ids, tokenTypes: window.tokenTypes)
        let (hidden, trace) = try encode(window, configuration)
        #expect(hidden == dense.layers.last?.hidden)
        #expect(trace.keptFraction == 1)
        #expect(trace.droppedPositions.isEmpty)
    }

    @Test func droppedTokensLeaveWithTheHiddenStatesOfTheSkimLayer() throws {
        let configuration = try SkimConfiguration(
            blockSize: 8,
            skimLayers: [1],
            skipThreshold: 0,
            minimumKeptBlocks: 1
        )
        let directory = try checkpoint(for: configuration)
        let window = GoldenWindow(tokens: 43, prefixLength: 9)
        let plain = try ReferenceEncoder(checkpoint: Checkpoint(directory: directory.path))
        let dense = try plain(ids: window.ids, tokenTypes: window.tokenTypes)
        let (hidden, trace) = try encode(window, configuration)
        #expect(trace.droppedPositions.count == 4)
        for position in trace.droppedPositions.joined() {
            let elements = position * 32..<(position + 1) * 32
            #expect(hidden[elements] == dense.layers[0].hidden[elements])
        }
    }

    @Test func aWindowWithoutPassageGoesThroughAllLayers() throws {
        let configuration = try SkimConfiguration(
            blockSize: 8,
            skimLayers: [1],
            skipThreshold: 0,
            minimumKeptBlocks: 0
        )
        let directory = try checkpoint(for: configuration)
        let window = GoldenWindow(tokens: 9, prefixLength: 9)
        let plain = try ReferenceEncoder(checkpoint: Checkpoint(directory: directory.path))
        let dense = try plain(ids: window.ids, tokenTypes: window.tokenTypes)
        let (hidden, trace) = try encode(window, configuration)
        #expect(hidden == dense.layers.last?.hidden)
        #expect(trace.keptFraction == 1)
    }

    @Test func rejectsSkimLayersThatTheEncoderDoesNotHave() throws {
        let configuration = try SkimConfiguration(blockSize: 8, skimLayers: [4])
        let directory = try checkpoint(for: configuration)
        #expect {
            _ = try ReferenceSkimmingEncoder(
                checkpoint: Checkpoint(directory: directory.path),
                configuration: configuration
            )
        } throws: {
            "\($0)" == "skim settings: skim_layers is [4]; it must be layers from 1 to 3, the encoder's last"
        }
    }

    private func checkpoint(for configuration: SkimConfiguration) throws -> FormulaCheckpoint {
        let cells = BlockCells(blockSize: configuration.blockSize)
        return try FormulaCheckpoint(
            linearInputs: cells.featureCount(heads: 4, region: configuration.attentionRegion),
            stateChannels: configuration.stateChannels
        )
    }

    private func encode(
        _ window: GoldenWindow,
        _ configuration: SkimConfiguration
    ) throws -> (hidden: [Float], trace: SkimTrace) {
        let directory = try checkpoint(for: configuration)
        let encoder = try ReferenceSkimmingEncoder(
            checkpoint: Checkpoint(directory: directory.path),
            configuration: configuration
        )
        return try encoder(
            ids: window.ids,
            tokenTypes: window.tokenTypes,
            prefixLength: window.prefixLength
        )
    }
}
