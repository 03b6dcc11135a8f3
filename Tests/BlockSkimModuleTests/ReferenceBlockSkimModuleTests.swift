import EncoderModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

/// Golden values: `Scripts/golden/bsm_golden.py`.
@Suite struct ReferenceBlockSkimModuleTests {
    /// Sizes that fill cells for both regions, others for the diagonal one, which leaves the rest out.
    static let cases: [(AttentionRegion, Int)] =
        [1, 2, 4, 8, 12, 16, 32, 64].flatMap { [(.full, $0), (.diagonal, $0)] }
        + [3, 5, 6].map { (.diagonal, $0) }

    /// Logits lie between -15 and 34; the largest error observed is 7.7e-6.
    @Test(arguments: cases)
    func logitsEqualPyTorch(region: AttentionRegion, blockSize: Int) throws {
        let cells = BlockCells(blockSize: blockSize)
        let golden = try GoldenFiles(.module).safetensors("bsm-logits")
        let inputs = cells.featureCount(heads: 4, region: region)
        let directory = try FormulaCheckpoint(linearInputs: inputs)
        let configuration = try SkimConfiguration(
            blockSize: blockSize,
            attentionRegion: region,
            skimLayers: [1]
        )
        let weights = try BlockSkimWeights(
            checkpoint: Checkpoint(directory: directory.path),
            skimLayer: 1,
            configuration: configuration
        )
        let module = ReferenceBlockSkimModule(weights: weights, region: region)

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
            let units = FormulaWeights.units("attention.\(tokens)", count: 4 * tokens * tokens)
            let logits = module(
                attention: units.map { ($0 + 0.5) * (2 / Float(tokens)) },
                partition: partition
            )
            let expected = try golden.floats(named: name)
            #expect(difference(logits, expected) == nil, "\(name)")
            compared += 1
        }
        #expect(compared >= 10)
    }
}
