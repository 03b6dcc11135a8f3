import EncoderModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// Golden values: `Scripts/golden/bsm_golden.py`.
///
/// One at a time: the tests share teams.
@Suite(.serialized) struct SkimPredictorTests {
    static let teams = (1...3).map { ThreadTeam(ThreadBudget(threads: $0) ?? .physicalCores) }

    /// Logits lie between -15 and 34; the largest error observed is 4.0e-5.
    ///
    /// The absolute tolerance is wider by ten: a small logit is the sum of large terms.
    @Test(arguments: ReferenceBlockSkimModuleTests.cases)
    func logitsEqualPyTorch(region: AttentionRegion, blockSize: Int) throws {
        let golden = try GoldenFiles(.module).safetensors("bsm-logits")
        let module = try Module(region: region, blockSize: blockSize)
        var compared = 0
        for name in golden.tensorNames {
            let parts = name.split(separator: ".")
            let layout = try #require(BlockLayout(rawValue: String(parts[1])))
            guard parts[0] == region.rawValue, parts[2] == "\(blockSize)",
                let tokens = Int(parts[3]), let prefixLength = Int(parts[4])
            else { continue }
            let partition = BlockPartition(
                tokens: tokens,
                prefixLength: prefixLength,
                layout: layout,
                blockSize: blockSize
            )
            let expected = try golden.floats(named: name)
            for team in Self.teams {
                let logits = try module.predict(partition, on: team)
                #expect(difference(logits, expected, absolute: 1e-5) == nil, "\(name), \(team.size) threads")
            }
            compared += 1
        }
        #expect(compared >= 10)
    }

    /// Tokens and prefix: ends within and on the borders of cells and blocks, and prefixes of all remainders by 4.
    static let windows = [
        (1, 1), (2, 1), (5, 2), (21, 7), (24, 8), (30, 5), (33, 10), (36, 3), (13, 13), (14, 0),
    ]
    static let largeWindows = [(65, 9), (131, 2), (134, 5)]
    static let cases: [(AttentionRegion, Int)] =
        [1, 2, 4, 8, 16, 32, 64, 128].flatMap { [(.full, $0), (.diagonal, $0)] }
        + [3, 5].map { (.diagonal, $0) }

    /// The largest error observed, over logits from -30 to 53, is 1.2e-5.
    @Test(arguments: cases, [BlockLayout.passageAligned, .absolute])
    func logitsEqualTheReference(module given: (region: AttentionRegion, blockSize: Int), layout: BlockLayout)
        throws
    {
        let (region, blockSize) = given
        let module = try Module(region: region, blockSize: blockSize)
        // The reference takes a second for a large map.
        let windows = blockSize < 64 ? Self.windows : Array(Self.largeWindows.suffix(blockSize / 64))
        for (tokens, prefixLength) in windows {
            let partition = BlockPartition(
                tokens: tokens,
                prefixLength: prefixLength,
                layout: layout,
                blockSize: blockSize
            )
            let expected = module.reference(partition)
            for team in Self.teams {
                let logits = try module.predict(partition, on: team)
                let found = difference(logits, expected, absolute: 1e-5)
                #expect(found == nil, "\(tokens) tokens, prefix \(prefixLength), \(team.size) threads")
            }
        }
    }

    /// One whole vector of channels, as large encoders have, and more.
    ///
    /// The largest error observed, over logits from -10 to 15, is 3.8e-6.
    @Test(arguments: [AttentionRegion.full, .diagonal], [16, 20])
    func logitsForManyHeadsEqualTheReference(region: AttentionRegion, heads: Int) throws {
        let module = try Module(region: region, blockSize: 8, heads: heads)
        let partition = BlockPartition(
            tokens: 27,
            prefixLength: 6,
            layout: .passageAligned,
            blockSize: 8
        )
        let expected = module.reference(partition)
        for team in Self.teams {
            let logits = try module.predict(partition, on: team)
            #expect(difference(logits, expected, absolute: 1e-5) == nil, "\(team.size) threads")
        }
    }

    /// Buffers are larger than a small window needs, and hold what a large one left.
    @Test(arguments: [AttentionRegion.full, .diagonal])
    func theResultDoesNotDependOnWhatTheWorkspaceWasUsedForBefore(region: AttentionRegion) throws {
        let module = try Module(region: region, blockSize: 8)
        func partition(_ tokens: Int) -> BlockPartition {
            BlockPartition(tokens: tokens, prefixLength: 6, layout: .passageAligned, blockSize: 8)
        }
        for team in Self.teams {
            let workspace = SkimWorkspace(heads: 4, workers: team.size)
            let expected = try module.predict(partition(27), on: team)
            for other in [97, 7, 40, 64] {
                _ = try module.predict(partition(other), on: team, workspace: workspace)
                let isSame = areBitwiseEqual(
                    try module.predict(partition(27), on: team, workspace: workspace),
                    expected
                )
                #expect(isSame, "after \(other) tokens, \(team.size) threads")
            }
        }
    }
}

/// A module with formula weights, both ways.
private struct Module {
    private let heads: Int
    private let fast: SkimPredictor
    private let plain: ReferenceBlockSkimModule

    init(region: AttentionRegion, blockSize: Int, heads: Int = 4) throws {
        self.heads = heads
        var sizes = FormulaCheckpoint.Sizes()
        (sizes.layers, sizes.heads, sizes.hidden) = (1, heads, 8 * heads)
        let inputs = BlockCells(blockSize: blockSize).featureCount(heads: heads, region: region)
        let directory = try FormulaCheckpoint(sizes: sizes, linearInputs: inputs)
        let configuration = try SkimConfiguration(
            blockSize: blockSize,
            attentionRegion: region,
            skimLayers: [1]
        )
        var weights = try BlockSkimWeights(
            checkpoint: Checkpoint(directory: directory.path),
            skimLayer: 1,
            configuration: configuration
        )
        // As large a result with many heads as with four.
        let gain = (4 / Float(heads)).squareRoot()
        for part in [\BlockSkimWeights.convolution1, \.convolution2, \.convolution3] {
            weights[keyPath: part].weight = weights[keyPath: part].weight.map { $0 * gain }
        }
        fast = try SkimPredictor(weights: weights, configuration: configuration)
        plain = ReferenceBlockSkimModule(weights: weights, region: region)
    }

    /// The made-up attention of the golden program: of the size of a softmax's results.
    private func attention(_ tokens: Int) -> [Float] {
        FormulaWeights.units("attention.\(tokens)", count: heads * tokens * tokens)
            .map { ($0 + 0.5) * (2 / Float(tokens)) }
    }

    func reference(_ partition: BlockPartition) -> [Float] {
        plain(attention: attention(partition.tokens), partition: partition)
    }

    func predict(
        _ partition: BlockPartition,
        on team: ThreadTeam,
        workspace: SkimWorkspace? = nil
    ) throws -> [Float] {
        try fast(
            attention: attention(partition.tokens),
            hidden: [],  // without channels of hidden states, nobody looks
            partition: partition,
            workspace: workspace ?? SkimWorkspace(heads: heads, workers: team.size),
            on: team
        )
    }
}
