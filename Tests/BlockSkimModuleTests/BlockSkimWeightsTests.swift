import BlockSkimModule
import EncoderModule
import TestSupport
import Testing

@Suite struct BlockSkimWeightsTests {
    private func load(
        linearInputs: Int = 160,
        stateChannels: Int = 0,
        skimLayer: Int = 2,
        change: (inout [FormulaCheckpoint.Tensor]) -> Void
    ) throws {
        let directory = try FormulaCheckpoint(
            linearInputs: linearInputs,
            stateChannels: stateChannels,
            change: change
        )
        let checkpoint = try Checkpoint(directory: directory.path)
        _ = try EncoderWeights(checkpoint: checkpoint)
        _ = try SpanHeadWeights(checkpoint: checkpoint)
        let configuration = try SkimConfiguration(stateChannels: stateChannels, skimLayers: [skimLayer])
        _ = try BlockSkimWeights(
            checkpoint: checkpoint,
            skimLayer: skimLayer,
            configuration: configuration
        )
        try checkpoint.rejectUnusedTensors(
            except: BlockSkimWeights.extras(skimLayers: [skimLayer], layerCount: 3)
        )
    }

    @Test func namesAMissingWeight() throws {
        let directory = try FormulaCheckpoint(linearInputs: 160, stateChannels: 8)
        let names = try Checkpoint(directory: directory.path).tensorNames.filter { $0.contains("layers.1.") }
        #expect(names.count == 20)
        for name in names {
            #expect {
                try load(stateChannels: 8) { tensors in tensors.removeAll { $0.name == name } }
            } throws: { error in
                guard case .checkpoint(.missingTensor(_, name)) = error as? BlockSkimError else {
                    return false
                }
                return true
            }
        }
    }

    @Test func namesAModuleMadeForAnotherBlockSize() {
        #expect { try load(linearInputs: 80) { _ in } } throws: { error in
            guard
                case .checkpoint(
                    .wrongShape(_, "block_skim.layers.1.linear.weight", found: [2, 80], expected: [2, 160])
                ) =
                    error as? BlockSkimError
            else { return false }
            return true
        }
    }

    @Test func rejectsAnUnknownTensorOfASkimLayerAndOfALayerThatIsNotThere() throws {
        try load { _ in }
        for name in ["block_skim.layers.1.bn1.num_batches", "block_skim.layers.3.conv1.bias", "block_skim.x"]
        {
            #expect { try load { $0.append(.init(name, [4])) } } throws: { error in
                guard case .unknownTensors(_, name, 1) = error as? EncoderError else { return false }
                return true
            }
        }
    }
}
