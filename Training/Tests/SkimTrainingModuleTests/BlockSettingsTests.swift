import BlockSkimModule
import Foundation
import SafetensorsModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// A model that skims learns on as it is, unless somebody asks for something else.
@Suite(.serialized)
struct BlockSettingsTests {
    private static let skim = """
        {"version": 1, "block_size": 8, "block_layout": "absolute", "attention_region": "diagonal", "state_channels": 6,
        "skim_layers": [1, 2], "skip_threshold": [0.7, 0.6], "skipped_positions": "excluded", "minimum_kept_blocks": 2}
        """
    private static let linearInputs = BlockCells(blockSize: 8).featureCount(heads: 4, region: .diagonal)

    /// Three layers, classifiers at the first two.
    private func checkpoint() throws -> FormulaCheckpoint {
        let checkpoint = try FormulaCheckpoint(
            linearInputs: Self.linearInputs,
            stateChannels: 6,
            skim: Self.skim,
            change: { $0.removeAll { $0.name.hasPrefix("block_skim.layers.2.") } }
        )
        try TinyVocabulary.write(to: checkpoint.path)
        return checkpoint
    }

    private func configuration(_ model: String) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.model = model
        configuration.train = ["unused"]
        return configuration
    }

    private func isStored(_ model: SkimmingModel, _ path: String, layer: Int) throws -> Bool {
        let file = try SafetensorsFile(path: path + "/model.safetensors")
        let entries = model.parameters.entries.filter {
            $0.name.hasPrefix(StoredClassifiers.prefix(ofLayer: layer))
        }
        #expect(!entries.isEmpty)
        return try entries.allSatisfy {
            try file.tensorNames.contains($0.name) && $0.tensor.floats() == file.floats(named: $0.name)
        }
    }

    @Test func blocksComeFromTheCheckpointAndGoIntoTheExport() throws {
        let checkpoint = try checkpoint()
        var configuration = configuration(checkpoint.path)
        let line = try #require(try BlockSettings().apply(to: &configuration))
        #expect(line.contains("8 tokens, absolute, diagonal attention, 6 state channels"))
        #expect(line.contains("layers 1, 2") && line.contains("1+2 at 0.7, the highest"))
        #expect(configuration.augmentLayers == [1, 2] && configuration.skipThreshold == 0.7)
        let model = try SkimmingModel(configuration)
        #expect(model.beginning == nil)
        #expect(try isStored(model, checkpoint.path, layer: 1) && isStored(model, checkpoint.path, layer: 2))

        let exported = checkpoint.path + "/exported"
        try ModelExport().write(model, to: exported)
        var expected = try SkimConfiguration(directory: checkpoint.path)
        expected.policy.thresholds = [1: 0.7, 2: 0.7]
        #expect(try SkimConfiguration(directory: exported) == expected)
    }

    /// What the head did not learn to judge cannot be an answer.
    @Test func droppedTokensAreNoAnswersUnlessTheHeadLearntFromThem() throws {
        let plain = try FormulaCheckpoint()
        try TinyVocabulary.write(to: plain.path)
        for (layer, asked, expected) in [
            (nil, nil, "excluded"), (1, nil, "forwarded"), (1, "excluded", "excluded"),
            (nil, "forwarded", "forwarded"),
        ] as [(Int?, String?, String)] {
            var configuration = configuration(plain.path)
            var settings = BlockSettings()
            (settings.skimInTraining, settings.skippedPositions) = (layer, asked)
            _ = try settings.apply(to: &configuration)
            #expect(configuration.skippedPositions == expected)
        }
        let skimming = try checkpoint()
        var stored = configuration(skimming.path)
        var settings = BlockSettings()
        settings.skippedPositions = "forwarded"
        _ = try settings.apply(to: &stored)
        #expect(stored.skippedPositions == "forwarded")
    }

    @Test func whatIsAskedForGoesFirstAndClassifiersOfSomethingElseBeginAtRandom() throws {
        let checkpoint = try checkpoint()
        let cases: [(String, (inout BlockSettings) -> Void)] = [
            ("--block-size is 12, the checkpoint's were made for 8", { $0.blockSize = 12 }),
            ("--block-layout is passage_aligned", { $0.blockLayout = "passage_aligned" }),
            ("--attention-region is full", { $0.attentionRegion = "full" }),
            ("--state-channels is 0", { $0.stateChannels = 0 }),
        ]
        for (reason, change) in cases {
            var settings = BlockSettings()
            change(&settings)
            var configuration = configuration(checkpoint.path)
            _ = try settings.apply(to: &configuration)
            let model = try SkimmingModel(configuration)
            let beginning = try #require(model.beginning)
            #expect(beginning.contains(reason) && beginning.contains("layers 1, 2"), "\(beginning)")
            #expect(!beginning.contains("span head"))
            // Convolutions have the same shapes in all of them.
            let convolutions = model.parameters.entries.filter { $0.name.contains(".conv") }
            #expect(!convolutions.isEmpty && convolutions.allSatisfy(\.isNew), "\(reason)")
        }
    }

    @Test func layersWithoutAClassifierGetOneAndAreListed() throws {
        let checkpoint = try checkpoint()
        var settings = BlockSettings()
        settings.augmentLayers = [2, 3]
        var configuration = configuration(checkpoint.path)
        _ = try settings.apply(to: &configuration)
        // The first layer, which the checkpoint skims after, has no classifier any more.
        #expect(configuration.skimLayers == [2])
        let model = try SkimmingModel(configuration)
        #expect(model.beginning == "begin at random: the block classifiers of the layers 3")
        #expect(try isStored(model, checkpoint.path, layer: 2))
    }

    @Test func ofAClassifierThatFitsInPartNothingIsUsed() throws {
        // Without blockskim.json nothing but shapes tells what a classifier was made for.
        let checkpoint = try FormulaCheckpoint(
            linearInputs: 7,
            change: { $0.removeAll { $0.name.hasPrefix("qa") } }
        )
        let model = try SkimmingModel(configuration(checkpoint.path))
        #expect(
            model.beginning
                == "begin at random: the span head; the block classifiers of the layers 1, 2, 3 (the checkpoint's are of"
                + " another kind or size)"
        )
        let names = model.parameters.entries.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(
            model.parameters.entries.allSatisfy {
                $0.isNew == ($0.name.hasPrefix("block_skim") || $0.name.hasPrefix("qa"))
            }
        )
    }

    @Test func denseCheckpointsGetThePapersBlocks() throws {
        let checkpoint = try FormulaCheckpoint()
        var configuration = configuration(checkpoint.path)
        #expect(try BlockSettings().apply(to: &configuration) == nil)
        #expect(configuration == self.configuration(checkpoint.path))
    }

    @Test func theProgramKeepsWhatMakesAModelSkim() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.attentionRegion = "diagonal"
        configuration.stateChannels = 3
        configuration.skipThreshold = 0.8
        configuration.augmentLayers = [1]
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()

        let (status, said) = try TinyRun.runProgram([
            "train", "--model", run.output + "/model", "--train", run.data, "--output", run.path + "/second",
            "--max-length", "48", "--overlap", "4", "--epochs", "0.25", "--batch-size", "4", "--threads", "1",
        ])
        #expect(status == 0)
        #expect(said.contains("4 tokens, passage_aligned, diagonal attention, 3 state channels"), "\(said)")
        #expect(!said.contains("begin at random"))
        let (before, after) = (run.output + "/model", run.path + "/second/model")
        #expect(try SkimConfiguration(directory: after) == SkimConfiguration(directory: before))
        let names = try SafetensorsFile(path: before + "/model.safetensors").tensorNames
        #expect(try SafetensorsFile(path: after + "/model.safetensors").tensorNames == names)
    }
}
