import TorchModule

/// The hand-crafted features of a block, of Section 3: six numbers a head.
///
/// By Eq. 2: how much the block attends to the question, to `[CLS]` and to the
/// separators, and how much each of them attends to the block.
struct HandCraftedPlan {
    /// 1 for the rows of question, `[CLS]` and separators, `[batch, 1, rows, 3]`.
    private let targets: Tensor
    /// 1/count in the same rows, `[batch, 1, 3, rows]`.
    private let targetMeans: Tensor
    /// 1/count in the rows of each block, `[batch, 1, longest, rows]`.
    private let blockMeans: Tensor
    /// 1 in the rows of each block, `[batch, 1, rows, longest]`.
    private let blockSums: Tensor
    /// The blocks that there are among `batch · longest`, `[blocks]`.
    private let present: Tensor

    init(_ batch: WindowBatch, on device: Device) throws(TorchError) {
        let (count, rows) = (batch.batch, batch.rows)
        var blockIndices: [Int] = []
        var perWindow = [Int](repeating: 0, count: count)
        for block in batch.blocks {
            blockIndices.append(perWindow[block.window])
            perWindow[block.window] += 1
        }
        let longest = perWindow.max() ?? 0
        var targets = [Float](repeating: 0, count: count * rows * 3)
        var targetMeans = targets
        for window in 0..<count {
            let prefix = batch.prefixLengths[window]
            let last = (batch.blocks.last { $0.window == window }?.rows.upperBound ?? prefix) - 1
            // A window with an empty question has no question rows: its features are 0.
            let separators = prefix - batch.separatorCounts[window]..<prefix
            let kinds = [Array(1..<max(1, separators.lowerBound)), [0], Array(separators) + [last]]
            for (kind, members) in kinds.enumerated() {
                for row in members {
                    targets[(window * rows + row) * 3 + kind] = 1
                    targetMeans[(window * 3 + kind) * rows + row] = 1 / Float(members.count)
                }
            }
        }
        var blockMeans = [Float](repeating: 0, count: count * longest * rows)
        var blockSums = blockMeans
        for (block, index) in zip(batch.blocks, blockIndices) {
            for row in block.rows {
                blockMeans[(block.window * longest + index) * rows + row] = 1 / Float(block.rows.count)
                blockSums[(block.window * rows + row) * longest + index] = 1
            }
        }
        self.targets = try Tensor(targets, shape: [count, 1, rows, 3], on: device)
        self.targetMeans = try Tensor(targetMeans, shape: [count, 1, 3, rows], on: device)
        self.blockMeans = try Tensor(blockMeans, shape: [count, 1, longest, rows], on: device)
        self.blockSums = try Tensor(blockSums, shape: [count, 1, rows, longest], on: device)
        let present = zip(batch.blocks, blockIndices).map { $0.window * longest + $1 }
        self.present = try Tensor(indices: present, shape: [present.count], on: device)
    }

    /// - Parameter attention: `[batch, heads, rows, rows]`.
    /// - Returns: `[blocks, 6 · heads]`, in (feature, head) order.
    /// - Throws: what libtorch refuses.
    func features(_ attention: Tensor) throws(TorchError) -> Tensor {
        let heads = attention.shape[1]
        let attention = try attention.asFloat32()
        let outgoing = try blockMeans.matrixProduct(attention.matrixProduct(targets))
            .permuted([0, 2, 3, 1])  // [batch, longest, 3, heads]
        let incoming = try targetMeans.matrixProduct(attention).matrixProduct(blockSums)
            .permuted([0, 3, 2, 1])  // [batch, longest, 3, heads]
        return try [outgoing, incoming].concatenated(along: 2)
            .reshaped([-1, 6 * heads])
            .selecting(present, along: 0)
    }
}

/// A linear layer on hand-crafted features instead of the Block Skim Module.
///
/// Eq. 2; Table 2, id 4.
struct HandCraftedClassifier: BlockClassifierLayer {
    private let linear: LinearLayer

    init(_ parameters: ModelParameters, name: String, heads: Int) throws(TrainingError) {
        linear = try parameters.linear(
            name + "linear",
            inputs: 6 * heads,
            outputs: 2,
            beginning: .uniform(inputs: 6 * heads)
        )
    }

    func callAsFunction(
        attention: Tensor,
        plan: BlockClassifierPlan,
        training: Bool
    ) throws(TorchError) -> Tensor {
        guard case .handCrafted(let plan) = plan else {
            preconditionFailure("hand-crafted features of another plan")
        }
        return try linear(plan.features(attention))
    }
}
