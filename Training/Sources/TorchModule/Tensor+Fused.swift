import CTorchShim

extension Tensor {
    /// What the distance of two tokens adds to their scaled scores.
    public struct DistanceBias {
        /// `[heads, 2 · farthest + 1]`: by the place that is attended to less the one that attends, 0 in the middle.
        public var table: Tensor
        /// The place of each token in its window, 0 to `farthest`; of padding any, `[batch, tokens]`.
        public var places: Tensor

        /// A table of all heads, and where the tokens of a batch stand.
        public init(table: Tensor, places: Tensor) {
            self.table = table
            self.places = places
        }
    }

    /// DeBERTa's keys and queries of relative positions.
    public struct DisentangledPositions {
        /// `[rows, hidden]`.
        public var keys: Tensor
        /// `[rows, hidden]`.
        public var queries: Tensor
        /// The place of each token in its window, 0 to `farthest`; of padding any, `[batch, tokens]`.
        public var places: Tensor
        /// The row of each distance, `[2 · farthest + 1]`, as ``DistanceBias`` has them.
        public var rowsByDistance: Tensor

        /// Tables of all heads, and where the tokens of a batch stand.
        public init(keys: Tensor, queries: Tensor, places: Tensor, rowsByDistance: Tensor) {
            (self.keys, self.queries) = (keys, queries)
            (self.places, self.rowsByDistance) = (places, rowsByDistance)
        }
    }

    /// What relative positions add to the scores of attention.
    public enum AttentionPositions {
        /// Nothing.
        case none
        /// A number for each head and distance, after scaling.
        case bias(DistanceBias)
        /// Two more products, before scaling, which then counts three.
        case disentangled(DisentangledPositions)
    }

    /// Multi-head attention of queries, keys and values `[batch, tokens, 3 · hidden]`.
    ///
    /// - Parameters:
    ///   - valid: `[batch, tokens]`, 1 for a token, 0 for padding, which neither attends nor is attended to.
    ///   - positions: what relative positions add to scores.
    ///   - heads: H.
    ///   - dropout: the probability with which attention is dropped.
    /// - Returns: the heads' outputs `[batch, tokens, hidden]`, and the probabilities before dropout
    ///   `[batch, heads, tokens, tokens]`, both 0 in the rows of padding.
    /// - Throws: what libtorch refuses.
    public func attention(
        valid: Tensor,
        positions: AttentionPositions = .none,
        heads: Int,
        dropout: Double
    ) throws(TorchError) -> (outputs: Tensor, probabilities: Tensor) {
        var probabilities: ts_ref?
        let outputs = try Tensor("attention", [self, valid]) { outputs in
            switch positions {
            case .none:
                ts_attention(outputs, &probabilities, raw, valid.raw, nil, nil, Int64(heads), dropout)
            case .bias(let bias):
                ts_attention(
                    outputs,
                    &probabilities,
                    raw,
                    valid.raw,
                    bias.table.raw,
                    bias.places.raw,
                    Int64(heads),
                    dropout
                )
            case .disentangled(let relative):
                ts_disentangled_attention(
                    outputs,
                    &probabilities,
                    raw,
                    valid.raw,
                    relative.keys.raw,
                    relative.queries.raw,
                    relative.places.raw,
                    relative.rowsByDistance.raw,
                    Int64(heads),
                    dropout
                )
            }
        }
        guard let probabilities else {
            throw TorchError(
                operation: "attention",
                shapes: [shape, valid.shape],
                reason: "no probabilities"
            )
        }
        return (outputs, Tensor(probabilities))
    }

    /// The parameters and running statistics of a batch normalisation, all `[channels]`.
    public struct BatchNorm {
        /// The learnt factor.
        public var weight: Tensor
        /// The learnt summand.
        public var bias: Tensor
        /// The running mean; changed by training.
        public var mean: Tensor
        /// The running variance; changed by training.
        public var variance: Tensor
        /// How far the running statistics move towards a batch's.
        public var momentum = 0.1
        /// Added to the variance.
        public var epsilon = 1e-5

        /// PyTorch's momentum and epsilon.
        public init(weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) {
            (self.weight, self.bias, self.mean, self.variance) = (weight, bias, mean, variance)
        }
    }

    /// Where statistics come from.
    public enum Statistics: Sendable {
        /// The batch's, which move the running ones.
        case batch
        /// The running ones.
        case running
    }

    /// Batch normalisation and ReLU of `[images, channels, side, side]`.
    ///
    /// - Parameters:
    ///   - norm: the parameters.
    ///   - lengths: `[images]`: how many rows and columns of an image count in the batch's statistics.
    ///   - zeroOutside: whether the result is 0 beyond them.
    ///   - statistics: where mean and variance come from.
    /// - Returns: the same shape.
    /// - Throws: what libtorch refuses.
    public func batchNormReLU(
        _ norm: BatchNorm,
        lengths: Tensor,
        zeroOutside: Bool,
        statistics: Statistics
    ) throws(TorchError) -> Tensor {
        try Tensor("batchNormReLU", [self, lengths, norm.weight]) {
            ts_batch_norm_relu(
                $0,
                raw,
                lengths.raw,
                norm.weight.raw,
                norm.bias.raw,
                norm.mean.raw,
                norm.variance.raw,
                statistics == .batch,
                zeroOutside,
                norm.momentum,
                norm.epsilon
            )
        }
    }

    /// Means over squares of `[batch, heads, rows, rows]`, scaled, as 32-bit floating-point numbers.
    ///
    /// - Parameters:
    ///   - side: the rows and columns of a square: 1 or 2.
    ///   - scales: `[batch]`.
    /// - Returns: `[batch, heads, rows / side, rows / side]`.
    /// - Throws: what libtorch refuses.
    public func scaledPool(side: Int, scales: Tensor) throws(TorchError) -> Tensor {
        try Tensor("scaledPool", [self, scales]) { ts_scaled_pool($0, raw, scales.raw, Int64(side)) }
    }

    /// ReLU of `[images, channels, side, side]`, 0 beyond the first `lengths[image]` rows and columns.
    public func reluWithin(lengths: Tensor) throws(TorchError) -> Tensor {
        try Tensor("reluWithin", [self, lengths]) { ts_relu_within($0, raw, lengths.raw) }
    }
}
