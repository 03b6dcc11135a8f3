import TorchModule

/// What predicts, from the attention of one layer, whether blocks still matter.
protocol BlockClassifierLayer {
    /// The logits of all passage blocks of a batch, `[blocks, 2]`; index 1 is "relevant".
    ///
    /// - Parameters:
    ///   - attention: `[batch, heads, rows, rows]`, before dropout, 0 in rows and columns of padding.
    ///   - plan: where the blocks of the batch are.
    ///   - training: whether batch normalisation uses the batch's statistics.
    /// - Returns: two logits a block.
    /// - Throws: what libtorch refuses.
    func callAsFunction(
        attention: Tensor,
        plan: BlockClassifierPlan,
        training: Bool
    ) throws(TorchError) -> Tensor
}

/// Where the blocks of one batch are, as the tensors that a classifier works with; the same for all layers.
enum BlockClassifierPlan {
    case full(FullRegionPlan)
    case diagonal(DiagonalRegionPlan)
    case handCrafted(HandCraftedPlan)

    /// - Returns: nil when the batch has no passage block, or there is no classifier.
    init?(
        _ batch: WindowBatch,
        classifier: TrainingConfiguration.BlockClassifier,
        heads: Int,
        on device: Device
    ) throws(TorchError) {
        guard !batch.blocks.isEmpty else { return nil }
        switch (classifier, batch.geometry.region) {
        case (.none, _): return nil
        case (.handCrafted, _): self = .handCrafted(try HandCraftedPlan(batch, on: device))
        case (.module, .full): self = .full(try FullRegionPlan(batch, heads: heads, on: device))
        case (.module, .diagonal): self = .diagonal(try DiagonalRegionPlan(batch, heads: heads, on: device))
        }
    }
}
