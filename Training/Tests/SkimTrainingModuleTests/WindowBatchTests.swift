import BlockSkimModule
import EncoderModule
import QuestionAnsweringModule
import Testing
import TorchModule
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite struct WindowBatchTests {
    private func batch(
        _ region: AttentionRegion,
        _ windows: [(tokens: Int, prefix: Int, answer: ClosedRange<Int>?)]
    ) throws -> WindowBatch {
        let configuration = try SkimConfiguration(blockSize: 8, attentionRegion: region, skimLayers: [1])
        let made = windows.map {
            LabelledWindow(GoldenWindow(tokens: $0.tokens, prefixLength: $0.prefix), answer: $0.answer)
        }
        let encoder = EncoderConfiguration(
            layerCount: 1,
            hidden: 4,
            heads: 1,
            intermediate: 4,
            vocabularySize: 100
        )
        return try WindowBatch(
            made,
            encoder: encoder,
            geometry: BlockGeometry(configuration),
            on: .cpu
        )
    }

    @Test func oneAnswerTokenMakesABlockRelevant() throws {
        let batch = try batch(.full, [(30, 9, 16...17)])
        // Blocks of the tokens 9-16, 17-24, 25-29.
        #expect(batch.blocks.map(\.holdsAnswer) == [true, true, false])
    }

    @Test func paddingStandsBetweenPrefixAndPassageInTheFullRegion() throws {
        let batch = try batch(.full, [(30, 9, 9...9), (12, 8, nil)])
        #expect(batch.sides == [36, 12])
        #expect(batch.rows == 36)
        let valid = try batch.valid.floats()
        #expect((9..<12).allSatisfy { valid[$0] == 0 } && valid[12] == 1 && valid[32] == 1 && valid[33] == 0)
        #expect(batch.blocks[0].rows == 12..<20)
        let starts = try batch.startRows.floats()
        #expect(starts == [12, 0])
        let positions = try batch.positions.floats()
        #expect(positions[12] == 9)
        #expect(valid[36..<72].reduce(0, +) == 12)
    }

    @Test func diagonalRegionHasNoPaddingInside() throws {
        let batch = try batch(.diagonal, [(30, 9, 9...9)])
        #expect(batch.rows == 30)
        let starts = try batch.startRows.floats()
        #expect(starts == [9])
    }

    /// Dropping in training equals masking: what is left does not see what is gone, which is forwarded.
    @Test func skimmingInTrainingForwardsWhatItDrops() throws {
        let golden = try TrainingGolden()
        var entry = try #require(golden.cases["full"])
        entry.alpha = 0
        let checkpoint = try FormulaCheckpoint(linearInputs: entry.linearInputs)
        var configuration = try TrainingGolden.configuration(entry, model: checkpoint.path)
        let windows = golden.windows.indices.map { golden.window($0) }
        func logits(_ layer: Int?, threshold: Double) throws -> [Float] {
            configuration.augmentLayers = [2]
            configuration.skimInTraining = layer
            configuration.skipThreshold = threshold
            let model = try SkimmingModel(configuration)
            let batch = try WindowBatch(
                windows,
                encoder: model.encoder.configuration,
                geometry: model.geometry,
                on: .cpu
            )
            return try model(batch, training: true).startLogits.floats()
        }
        let dense = try logits(nil, threshold: 0.5)
        // Nothing exceeds 1, so all blocks are kept.
        let kept = try logits(2, threshold: 1)
        #expect(kept == dense)
        let skimmed = try logits(2, threshold: 0.5)
        #expect(skimmed != dense)
        #expect(skimmed.allSatisfy { $0.isFinite })
    }
}
