import EncoderModule
import TensorModule

/// What predicts, after one layer, whether blocks still matter: the Block Skim Module on oneDNN, or a linear layer on hand-crafted
/// features.
///
/// Section 4.1 and Figure 2c. Computes what ``ReferenceBlockSkimModule`` specifies; pinned by `SkimPredictorTests`.
package final class SkimPredictor: Sendable {
    /// What is made of attention.
    private enum Classifier: Sendable {
        case full(ConvolutionStack, LinearWeights)
        case diagonal(ConvolutionStack, LinearWeights)
        case handCrafted(HandCraftedClassifier)
    }

    private let classifier: Classifier
    private let states: StatePooling?

    /// The Block Skim Module.
    ///
    /// - Throws: `checkpoint` with `tensor` when the weights cannot be packed.
    package init(weights: BlockSkimWeights, configuration: SkimConfiguration) throws(BlockSkimError) {
        do throws(TensorError) {
            let stack = try ConvolutionStack(weights, cells: BlockCells(blockSize: configuration.blockSize))
            states = try weights.states.map { weights throws(TensorError) in try StatePooling(weights) }
            classifier =
                switch configuration.attentionRegion {
                case .full: .full(stack, weights.linear)
                case .diagonal: .diagonal(stack, weights.linear)
                }
        } catch {
            throw .checkpoint(.tensor(error))
        }
    }

    /// A linear layer on hand-crafted features.
    ///
    /// - Parameters:
    ///   - handCrafted: `[2, 6 · heads]`.
    ///   - states: What hidden states add; nil for nothing.
    /// - Throws: `checkpoint` with `tensor` when the weights cannot be packed.
    package init(handCrafted: LinearWeights, states: StatePoolingWeights? = nil) throws(BlockSkimError) {
        classifier = .handCrafted(HandCraftedClassifier(handCrafted))
        do throws(TensorError) {
            self.states = try states.map { weights throws(TensorError) in try StatePooling(weights) }
        } catch {
            throw .checkpoint(.tensor(error))
        }
    }

    /// Reads the classifier that looks at the attention of the layer `skimLayer`, counted from 1.
    ///
    /// - Throws: As ``BlockSkimWeights/init(checkpoint:skimLayer:configuration:)``.
    package convenience init(
        checkpoint: Checkpoint,
        skimLayer: Int,
        configuration: SkimConfiguration
    ) throws(BlockSkimError) {
        switch configuration.classifier {
        case .module:
            let weights = try BlockSkimWeights(
                checkpoint: checkpoint,
                skimLayer: skimLayer,
                configuration: configuration
            )
            try self.init(weights: weights, configuration: configuration)
        case .handCrafted:
            let name = BlockSkimWeights.modulePrefix(skimLayer: skimLayer)
            let linear: LinearWeights
            let states: StatePoolingWeights?
            do throws(EncoderError) {
                linear = try checkpoint.linear(
                    name + "linear",
                    inputs: HandCraftedFeatures.perHead * checkpoint.configuration.heads,
                    outputs: 2
                )
                states =
                    configuration.stateChannels == 0
                    ? nil
                    : try StatePoolingWeights(
                        checkpoint: checkpoint,
                        modulePrefix: name,
                        channels: configuration.stateChannels
                    )
            } catch {
                throw .checkpoint(error)
            }
            try self.init(handCrafted: linear, states: states)
        }
    }

    /// Predicts whether blocks still matter.
    ///
    /// - Parameters:
    ///   - attention: `[heads, tokens, tokens]`, after softmax; row = attending token.
    ///   - hidden: `[tokens, hidden]`, as the layer leaves them.
    ///   - partition: How the tokens are divided into blocks.
    ///   - separatorCount: The separators between question and passage; only hand-crafted features look.
    ///   - workspace: Buffers that only this call uses.
    ///   - team: Who does the work.
    /// - Returns: The logits, `[blocks, 2]`; index 1 is "relevant".
    /// - Throws: What `team` met: `outOfMemory`, `refused`.
    package func callAsFunction(
        attention: UnsafePointer<Float>,
        hidden: UnsafePointer<Float>,
        partition: BlockPartition,
        separatorCount: Int = 1,
        workspace: SkimWorkspace,
        on team: ThreadTeam
    ) throws(TensorError) -> [Float] {
        var logits =
            switch classifier {
            case .full(let stack, let linear): try full(stack, linear, attention, partition, workspace, team)
            case .diagonal(let stack, let linear):
                diagonal(stack, linear, attention, partition, workspace, team)
            case .handCrafted(let classifier):
                classifier(attention, partition, separatorCount: separatorCount, on: team)
            }
        try states?.add(
            to: &logits,
            hidden: hidden,
            partition: partition,
            buffer: workspace.projectedStates,
            on: team
        )
        try team.rethrow()
        return logits
    }

    /// Each block's square by itself; features in (channel, row, column) order.
    private func diagonal(
        _ stack: ConvolutionStack,
        _ linear: LinearWeights,
        _ attention: UnsafePointer<Float>,
        _ partition: BlockPartition,
        _ workspace: SkimWorkspace,
        _ team: ThreadTeam
    ) -> [Float] {
        let channels = stack.channels
        var logits = [Float](repeating: 0, count: partition.blockCount * 2)
        logits.withUnsafeMutableBufferPointer { logits in
            team.run { worker in
                worker.attempt { () throws(TensorError) in
                    let maps = workspace.maps(for: worker, channels: channels)
                    for blockIndex in team.share(of: partition.blockCount, for: worker) {
                        let block = partition.block(blockIndex)
                        let features = try features(stack, attention, partition, square: block, maps, worker)
                        for output in 0..<2 {
                            logits[blockIndex * 2 + output] = linear.output(output, of: features)
                        }
                    }
                }
            }
        }
        return logits
    }

    /// The features of one square, `[channels, cellsPerBlock, cellsPerBlock]`.
    private func features(
        _ stack: ConvolutionStack,
        _ attention: UnsafePointer<Float>,
        _ partition: BlockPartition,
        square block: Range<Int>,
        _ maps: ConvolutionMaps,
        _ worker: Worker
    ) throws(TensorError) -> [Float] {
        let layout = AttentionMapLayout(square: block, blockSize: partition.blockSize)
        try maps.begin(side: layout.side, cells: stack.cells)
        try stack.pool(
            attention,
            tokens: partition.tokens,
            layout: layout,
            scale: 8,
            rows: 0..<maps.side1,
            into: maps,
            on: worker
        )
        stack.convolveAndPool(rows: 0..<maps.side2, of: maps, on: worker)
        try stack.convolveCells(rows: 0..<maps.side2, of: maps, on: worker)
        var features: [Float] = []
        features.reserveCapacity(stack.channels * maps.side2 * maps.side2)
        for channel in 0..<stack.channels {
            for row in 0..<maps.side2 {
                for column in 0..<maps.side2 {
                    features.append(maps.resultRow(row)[column * maps.channels + channel])
                }
            }
        }
        return features
    }

    /// The whole map, shared by rows of cells.
    private func full(
        _ stack: ConvolutionStack,
        _ linear: LinearWeights,
        _ attention: UnsafePointer<Float>,
        _ partition: BlockPartition,
        _ workspace: SkimWorkspace,
        _ team: ThreadTeam
    ) throws(TensorError) -> [Float] {
        let cells = stack.cells
        let layout = AttentionMapLayout(whole: partition, cells: cells)
        let maps = workspace.maps(for: team.workers[0], channels: stack.channels)
        try maps.begin(side: layout.side, cells: cells)
        let scale = Float(partition.tokens) / 8
        team.run { worker in
            worker.attempt { () throws(TensorError) in
                try stack.pool(
                    attention,
                    tokens: partition.tokens,
                    layout: layout,
                    scale: scale,
                    rows: team.share(of: maps.side1, for: worker),
                    into: maps,
                    on: worker
                )
            }
        }
        team.run { worker in
            stack.convolveAndPool(rows: team.share(of: maps.side2, for: worker), of: maps, on: worker)
        }
        team.run { worker in
            worker.attempt { () throws(TensorError) in
                try stack.convolveCells(rows: team.share(of: maps.side2, for: worker), of: maps, on: worker)
            }
        }
        let means = RegionMeans(maps, prefixCells: cells.cellsCovering(tokens: partition.prefixLength))
        return partition.blocks.flatMap { block in
            let start = layout.row(ofToken: block.lowerBound) / cells.tokensPerCell
            let own = start..<min(start + cells.cellsPerBlock, maps.side2)
            let features = means.features(
                ofCells: own,
                cellsPerBlock: cells.cellsPerBlock,
                channels: stack.channels
            )
            return (0..<2).map { linear.output($0, of: features) }
        }
    }
}
