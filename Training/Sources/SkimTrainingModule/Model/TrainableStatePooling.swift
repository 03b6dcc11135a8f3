import TorchModule

/// Where the rows of prefix and blocks are, for pooling hidden states; the same for all layers.
struct StatePoolingPlan {
    /// The rows of each block among those of all windows; the one behind the last reads 0: `[blocks · blockSize]`.
    private let blockRows: Tensor
    /// 1/count of the tokens of each block, `[blocks, 1]`.
    private let blockMeans: Tensor
    /// The window of each block, `[blocks]`.
    private let blockWindows: Tensor
    /// 1 in the rows of blocks, `[batch, rows, 1]`.
    private let passage: Tensor
    /// 1/count in the rows of the prefix, `[batch, 1, rows]`.
    private let prefixMeans: Tensor
    private let blockSize: Int
    private let device: Device

    init(_ batch: WindowBatch, on device: Device) throws(TorchError) {
        blockSize = batch.geometry.blockSize
        self.device = device
        let (count, rows) = (batch.batch, batch.rows)
        var places: [Int] = []
        var passage = [Float](repeating: 0, count: count * rows)
        var prefixMeans = passage
        for block in batch.blocks {
            for offset in 0..<blockSize {
                let row = block.rows.lowerBound + offset
                places.append(row < block.rows.upperBound ? block.window * rows + row : count * rows)
            }
            for row in block.rows { passage[block.window * rows + row] = 1 }
        }
        for (window, prefix) in batch.prefixLengths.enumerated() {
            for row in 0..<prefix { prefixMeans[window * rows + row] = 1 / Float(prefix) }
        }
        blockRows = try Tensor(indices: places, shape: [places.count], on: device)
        blockMeans = try Tensor(
            batch.blocks.map { 1 / Float($0.rows.count) },
            shape: [batch.blocks.count, 1],
            on: device
        )
        blockWindows = try Tensor(
            indices: batch.blocks.map(\.window),
            shape: [batch.blocks.count],
            on: device
        )
        self.passage = try Tensor(passage, shape: [count, rows, 1], on: device)
        self.prefixMeans = try Tensor(prefixMeans, shape: [count, 1, rows], on: device)
    }

    /// - Parameter projected: `[batch, rows, channels]`, none below 0.
    /// - Returns: `[blocks, 4 · channels]`: maximum and mean over the block, maximum over all blocks, mean over the prefix.
    /// - Throws: what libtorch refuses.
    func features(_ projected: Tensor) throws(TorchError) -> Tensor {
        let channels = projected.shape[2]
        let table = try [
            projected.reshaped([-1, channels]), Tensor(zeros: [1, channels], on: device),
        ].concatenated(along: 0)
        let own = try table.selecting(blockRows, along: 0).reshaped([-1, blockSize, channels])
        let highest = try projected.multiplied(by: passage).maximum(along: 1)  // [batch, channels]
        let prefix = try prefixMeans.matrixProduct(projected).reshaped([-1, channels])
        return try [
            own.maximum(along: 1), own.sum(over: [1]).multiplied(by: blockMeans),
            highest.selecting(blockWindows, along: 0), prefix.selecting(blockWindows, along: 0),
        ].concatenated(along: 1)
    }
}

/// What the hidden states of one layer add to the logits of its blocks, as `StatePooling` of the engine computes it.
struct TrainableStatePooling {
    private let projection: LinearLayer
    private let linear: LinearLayer

    /// - Throws: `wrongShape`, `safetensors`, `torch`.
    init(
        _ parameters: ModelParameters,
        name: String,
        hidden: Int,
        channels: Int
    ) throws(TrainingError) {
        projection = try parameters.linear(
            name + "state_projection",
            inputs: hidden,
            outputs: channels,
            beginning: .uniform(inputs: hidden)
        )
        let features = 4 * channels
        linear = try parameters.linear(
            name + "state_linear",
            inputs: features,
            outputs: 2,
            beginning: .uniform(inputs: features)
        )
    }

    /// The summands of the logits, `[blocks, 2]`.
    ///
    /// - Parameters:
    ///   - hidden: `[batch, rows, hidden]`, as the layer leaves them.
    ///   - plan: where the blocks of the batch are.
    /// - Returns: two summands a block.
    /// - Throws: what libtorch refuses.
    func callAsFunction(_ hidden: Tensor, plan: StatePoolingPlan) throws(TorchError) -> Tensor {
        try linear(plan.features(projection(hidden.asFloat32()).relu()))
    }
}
