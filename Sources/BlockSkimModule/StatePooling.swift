import EncoderModule
import TensorModule

/// What the hidden states of a layer say of its blocks, on oneDNN.
///
/// Computes what ``ReferenceStatePooling`` specifies; pinned by `StatePoolingTests`.
struct StatePooling: Sendable {
    private let projection: PackedLinear
    private let linear: LinearWeights

    /// - Throws: `outOfMemory`, `refused`.
    init(_ weights: StatePoolingWeights) throws(TensorError) {
        projection = try PackedLinear(weights.projection, activation: .relu)
        linear = weights.linear
    }

    /// Adds the term to the logits of blocks.
    ///
    /// - Parameters:
    ///   - logits: `[blocks, 2]`.
    ///   - hidden: `[tokens, hidden]`, as the layer leaves them.
    ///   - partition: How the tokens are divided into blocks.
    ///   - buffer: Receives the projected states.
    ///   - team: Who does the work, and keeps an error of its products.
    /// - Throws: `outOfMemory`.
    func add(
        to logits: inout [Float],
        hidden: UnsafePointer<Float>,
        partition: BlockPartition,
        buffer: FloatBuffer,
        on team: ThreadTeam
    ) throws(TensorError) {
        let channels = projection.outputs
        let projected = try buffer.reserve(partition.tokens * channels)  // [tokens, channels]
        projection(hidden, rows: partition.tokens, into: projected, on: team)

        // Maximum and mean of each block; behind them the maximum over all blocks and the mean over the prefix.
        let width = 2 * channels
        var pooled = [Float](repeating: 0, count: (partition.blockCount + 1) * width)
        pooled.withUnsafeMutableBufferPointer { pooled in
            linear.weight.withUnsafeBufferPointer { weight in
                guard let pooled = pooled.baseAddress, let weight = weight.baseAddress else { return }
                let whole = pooled + partition.blockCount * width
                for (blockIndex, block) in partition.blocks.enumerated() {
                    let own = pooled + blockIndex * width
                    for token in block {
                        raise(own, by: projected + token * channels, count: channels)
                        accumulate(projected + token * channels, into: own + channels, count: channels)
                    }
                    divide(own + channels, by: block.count, count: channels)
                    raise(whole, by: own, count: channels)
                }
                for token in 0..<partition.prefixLength {
                    accumulate(projected + token * channels, into: whole + channels, count: channels)
                }
                divide(whole + channels, by: partition.prefixLength, count: channels)

                for output in 0..<2 {
                    let row = weight + output * 2 * width
                    let common = linear.bias[output] + dot(row + width, whole, count: width)
                    for blockIndex in 0..<partition.blockCount {
                        logits[blockIndex * 2 + output] +=
                            common + dot(row, pooled + blockIndex * width, count: width)
                    }
                }
            }
        }
    }
}

// Loops over channels, on pointers so that they are vectorised.

private func raise(_ maxima: UnsafeMutablePointer<Float>, by values: UnsafePointer<Float>, count: Int) {
    for index in 0..<count { maxima[index] = max(maxima[index], values[index]) }
}

private func accumulate(_ values: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>, count: Int) {
    for index in 0..<count { sums[index] += values[index] }
}

private func divide(_ sums: UnsafeMutablePointer<Float>, by divisor: Int, count: Int) {
    for index in 0..<count { sums[index] /= Float(max(1, divisor)) }
}

private func dot(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, count: Int) -> Float {
    typealias Vector = SIMD16<Float>
    var sums = Vector()
    var index = 0
    while index + Vector.scalarCount <= count {
        let (left, right) = (UnsafeRawPointer(left + index), UnsafeRawPointer(right + index))
        sums += left.loadUnaligned(as: Vector.self) * right.loadUnaligned(as: Vector.self)
        index += Vector.scalarCount
    }
    return (index..<count).reduce(sums.sum()) { $0 + left[$1] * right[$1] }
}

extension LinearWeights {
    /// One output of one row of inputs.
    func output(_ output: Int, of inputs: [Float]) -> Float {
        precondition(inputs.count == self.inputs, "\(inputs.count) inputs")
        var sum = bias[output]
        weight.withUnsafeBufferPointer { weight in
            let row = output * inputs.count
            for index in inputs.indices { sum += inputs[index] * weight[row + index] }
        }
        return sum
    }
}
