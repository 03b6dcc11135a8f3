import EncoderModule
import TensorModule

/// What the hidden states of a layer say of its blocks, on oneDNN.
///
/// Computes what ``ReferenceStatePooling`` specifies; pinned by `StatePoolingTests`.
struct StatePooling: Sendable {
    private let projection: PackedLinear
    private let linear: LinearWeights

    init(_ weights: StatePoolingWeights) {
        projection = PackedLinear(weights.projection, activation: .relu)
        linear = weights.linear
    }

    /// Adds the term to the logits of blocks.
    ///
    /// - Parameters:
    ///   - logits: `[blocks, 2]`.
    ///   - hidden: `[tokens, hidden]`, as the layer leaves them.
    ///   - partition: How the tokens are divided into blocks.
    ///   - buffer: Receives the projected states.
    ///   - team: Who does the work.
    func add(
        to logits: inout [Float],
        hidden: UnsafePointer<Float>,
        partition: BlockPartition,
        buffer: FloatBuffer,
        on team: ThreadTeam
    ) {
        let channels = projection.outputs
        let projected = buffer.reserve(partition.tokens * channels)  // [tokens, channels]
        projection(hidden, rows: partition.tokens, into: projected, on: team)

        // [4, channels]; the last two are the same for all blocks.
        var features = [Float](repeating: 0, count: linear.inputs)
        func add(_ token: Int, toSumAt sum: Int) {
            for channel in 0..<channels { features[sum + channel] += projected[token * channels + channel] }
        }
        func raise(_ maximum: Int, by token: Int) {
            for channel in 0..<channels {
                features[maximum + channel] = max(
                    features[maximum + channel],
                    projected[token * channels + channel]
                )
            }
        }
        func divide(_ sum: Int, by count: Int) {
            for channel in 0..<channels { features[sum + channel] /= Float(max(1, count)) }
        }
        for token in partition.prefix.upperBound..<partition.tokens { raise(2 * channels, by: token) }
        for token in 0..<partition.prefixLength { add(token, toSumAt: 3 * channels) }
        divide(3 * channels, by: partition.prefixLength)

        for (blockIndex, block) in partition.blocks.enumerated() {
            for index in 0..<2 * channels { features[index] = 0 }
            for token in block {
                raise(0, by: token)
                add(token, toSumAt: channels)
            }
            divide(channels, by: block.count)
            for output in 0..<2 {
                logits[blockIndex * 2 + output] += linear.output(output, of: features)
            }
        }
    }
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
