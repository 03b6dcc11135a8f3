import EncoderModule
import TensorModule

/// What the hidden states of a layer say of its blocks, in plain Swift: the executable specification.
///
/// `p = ReLU(projection(h))` for each token; the features of a block, one a channel each: the largest p of the block's
/// tokens, their mean, the largest p of all blocks' tokens, the mean over the prefix. A linear layer makes two logits of
/// them, which are added to those of the attention.
///
/// Deviation: the paper's module sees attention alone. Pinned by `StatePoolingTests`.
package struct ReferenceStatePooling: Sendable {
    private let weights: StatePoolingWeights

    /// The term of one layer.
    package init(weights: StatePoolingWeights) { self.weights = weights }

    /// Predicts whether blocks still matter.
    ///
    /// - Parameters:
    ///   - hidden: `[tokens, hidden]`, as the layer leaves them.
    ///   - partition: how the tokens are divided into blocks.
    /// - Returns: the summands of the logits, `[blocks, 2]`.
    package func callAsFunction(hidden: [Float], partition: BlockPartition) -> [Float] {
        let channels = weights.projection.outputs
        let projected = Reference.relu(
            Reference.linear(
                hidden,
                weight: weights.projection.weight,
                bias: weights.projection.bias,
                rows: partition.tokens
            )
        )
        func column(_ channel: Int, _ tokens: Range<Int>) -> [Float] {
            tokens.map { projected[$0 * channels + channel] }
        }
        func mean(_ values: [Float]) -> Float {
            values.isEmpty ? 0 : Float(values.reduce(0) { $0 + Double($1) } / Double(values.count))
        }
        let passage = partition.prefix.upperBound..<partition.tokens
        var features: [Float] = []
        for block in partition.blocks {
            features += (0..<channels).map { column($0, block).max() ?? 0 }
            features += (0..<channels).map { mean(column($0, block)) }
            features += (0..<channels).map { column($0, passage).max() ?? 0 }
            features += (0..<channels).map { mean(column($0, 0..<partition.prefixLength)) }
        }
        return Reference.linear(
            features,
            weight: weights.linear.weight,
            bias: weights.linear.bias,
            rows: partition.blockCount
        )
    }
}
