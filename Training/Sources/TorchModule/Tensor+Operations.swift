import CTorchShim

extension Tensor {
    /// `self + scale · other`, broadcast.
    public func adding(_ other: Tensor, scale: Double = 1) throws(TorchError) -> Tensor {
        try Tensor("adding", [self, other]) { ts_add($0, raw, other.raw, scale) }
    }

    /// `self · other`, element by element, broadcast.
    public func multiplied(by other: Tensor) throws(TorchError) -> Tensor {
        try Tensor("multiplied", [self, other]) { ts_multiply($0, raw, other.raw) }
    }

    /// `self / other`, element by element, broadcast.
    public func divided(by other: Tensor) throws(TorchError) -> Tensor {
        try Tensor("divided", [self, other]) { ts_divide($0, raw, other.raw) }
    }

    /// `factor · self`.
    public func scaled(by factor: Double) throws(TorchError) -> Tensor {
        try Tensor("scaled", [self]) { ts_scale($0, raw, factor) }
    }

    /// The product of the matrices in the last two dimensions, the others broadcast.
    public func matrixProduct(_ other: Tensor) throws(TorchError) -> Tensor {
        try Tensor("matrixProduct", [self, other]) { ts_matmul($0, raw, other.raw) }
    }

    /// The x of `self · x = right`, for `[n, n]` and `[n]`.
    public func solving(_ right: Tensor) throws(TorchError) -> Tensor {
        try Tensor("solving", [self, right]) { ts_solve($0, raw, right.raw) }
    }

    /// `self · weightᵀ + bias`, with `weight` `[outputs, inputs]`.
    public func linear(weight: Tensor, bias: Tensor) throws(TorchError) -> Tensor {
        try Tensor("linear", [self, weight, bias]) { ts_linear($0, raw, weight.raw, bias.raw) }
    }

    /// The rows of this table `[rows, width]` at the indices: their shape with `width` behind it.
    ///
    /// The row `fixed` gets no gradient: that of padding.
    public func rows(at indices: Tensor, fixed: Int? = nil) throws(TorchError) -> Tensor {
        try Tensor("rows", [self, indices]) { ts_embedding($0, raw, indices.raw, Int64(fixed ?? -1)) }
    }

    /// Mean 0 and deviation 1 over the last dimension, then `· weight + bias`.
    public func layerNorm(weight: Tensor, bias: Tensor, epsilon: Double) throws(TorchError) -> Tensor {
        try Tensor("layerNorm", [self, weight, bias]) {
            ts_layer_norm($0, raw, weight.raw, bias.raw, epsilon)
        }
    }

    /// How GELU is computed.
    public enum GELU: Sendable {
        /// With the error function.
        case erf
        /// With an approximation by tanh.
        case tanh
    }

    /// `x · Φ(x)`.
    public func gelu(_ variant: GELU) throws(TorchError) -> Tensor {
        try Tensor("gelu", [self]) { ts_gelu($0, raw, variant == .tanh) }
    }

    /// `max(x, 0)`.
    public func relu() throws(TorchError) -> Tensor {
        try Tensor("relu", [self]) { ts_relu($0, raw) }
    }

    /// `1 / (1 + e⁻ˣ)`.
    public func sigmoid() throws(TorchError) -> Tensor {
        try Tensor("sigmoid", [self]) { ts_sigmoid($0, raw) }
    }

    /// `√x`, element by element.
    public func squareRoot() throws(TorchError) -> Tensor {
        try Tensor("squareRoot", [self]) { ts_sqrt($0, raw) }
    }

    /// Softmax over the last dimension.
    public func softmax() throws(TorchError) -> Tensor {
        try Tensor("softmax", [self]) { ts_softmax($0, raw) }
    }

    /// The logarithm of the softmax over the last dimension.
    public func logSoftmax() throws(TorchError) -> Tensor {
        try Tensor("logSoftmax", [self]) { ts_log_softmax($0, raw) }
    }

    /// The logarithm of the sum of the exponentials over the last dimension, which goes.
    public func logSumExp() throws(TorchError) -> Tensor {
        try Tensor("logSumExp", [self]) { ts_logsumexp($0, raw) }
    }

    /// Zeroes elements with a probability and scales the others so that the expectation stays.
    public func dropout(_ probability: Double) throws(TorchError) -> Tensor {
        try Tensor("dropout", [self]) { ts_dropout($0, raw, probability) }
    }

    /// Cross-correlation of `[images, channels, rows, columns]` with stride 1.
    public func convolution(weight: Tensor, bias: Tensor, padding: Int) throws(TorchError) -> Tensor {
        try Tensor("convolution", [self, weight, bias]) {
            ts_conv2d($0, raw, weight.raw, bias.raw, Int64(padding))
        }
    }

    /// Means over squares of `[images, channels, rows, columns]` that lie side by side; the same for a side of 1.
    public func averagePool(side: Int) throws(TorchError) -> Tensor {
        side == 1 ? self : try Tensor("averagePool", [self]) { ts_avg_pool2d($0, raw, Int64(side)) }
    }

    /// This tensor where the condition is not 0, the other elsewhere.
    public func replaced(by other: Tensor, whereZero condition: Tensor) throws(TorchError) -> Tensor {
        try Tensor("replaced", [self, other, condition]) {
            ts_where($0, condition.raw, raw, other.raw)
        }
    }

    /// The sum over some dimensions; over all, a scalar, when none are named.
    public func sum(over dimensions: [Int] = [], keeping: Bool = false) throws(TorchError) -> Tensor {
        let all = dimensions.isEmpty ? Array(shape.indices) : dimensions
        let sizes = all.map(Int64.init)
        return try Tensor("sum over \(all)", [self]) { ts_sum($0, raw, sizes, Int32(sizes.count), keeping) }
    }

    /// The largest entries along a dimension, which goes.
    public func maximum(along dimension: Int) throws(TorchError) -> Tensor {
        try Tensor("maximum along \(dimension)", [self]) { ts_amax($0, raw, Int64(dimension)) }
    }

    /// The entries at the indices along a dimension.
    public func selecting(_ indices: Tensor, along dimension: Int) throws(TorchError) -> Tensor {
        try Tensor("selecting", [self, indices]) {
            ts_index_select($0, raw, Int64(dimension), indices.raw)
        }
    }

    /// `result[i, j] = self[i, indices[i, j]]`, for `[rows, columns]` and `[rows, picked]`.
    public func gathering(_ indices: Tensor) throws(TorchError) -> Tensor {
        try Tensor("gathering", [self, indices]) { ts_gather($0, raw, indices.raw) }
    }

    /// The same elements in other dimensions; one may be -1, whatever is left.
    public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor {
        let sizes = shape.map(Int64.init)
        return try Tensor("reshaped to \(shape)", [self]) {
            ts_reshape($0, raw, sizes, Int32(sizes.count))
        }
    }

    /// The dimensions in another order.
    public func permuted(_ dimensions: [Int]) throws(TorchError) -> Tensor {
        let order = dimensions.map(Int64.init)
        return try Tensor("permuted to \(dimensions)", [self]) {
            ts_permute($0, raw, order, Int32(order.count))
        }
    }

    /// The entries of a range along a dimension.
    public func narrowed(to range: Range<Int>, along dimension: Int) throws(TorchError) -> Tensor {
        try Tensor("narrowed to \(range)", [self]) {
            ts_narrow($0, raw, Int64(dimension), Int64(range.lowerBound), Int64(range.count))
        }
    }

    /// The same elements as 64-bit floating-point numbers.
    public func asFloat64() throws(TorchError) -> Tensor {
        try Tensor("asFloat64", [self]) { ts_to_type($0, raw, Int32(ts_float64.rawValue)) }
    }

    /// The same elements as 32-bit floating-point numbers.
    public func asFloat32() throws(TorchError) -> Tensor {
        try Tensor("asFloat32", [self]) { ts_to_type($0, raw, Int32(ts_float32.rawValue)) }
    }
}
