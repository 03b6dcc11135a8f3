import EncoderModule

/// The weights of the term that hidden states add to a layer's block logits; see ``ReferenceStatePooling``.
package struct StatePoolingWeights: Sendable, Equatable {
    /// `[channels, hidden]`.
    package var projection: LinearWeights
    /// `[2, 4 · channels]`; output 1 is "relevant".
    package var linear: LinearWeights

    /// A term made in the program.
    package init(projection: LinearWeights, linear: LinearWeights) {
        precondition(
            linear.inputs == Self.featureCount(channels: projection.outputs) && linear.outputs == 2,
            "\(linear.inputs) features of \(projection.outputs) channels"
        )
        self.projection = projection
        self.linear = linear
    }

    /// Reads the weights that stand beside those of a Block Skim Module.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    init(checkpoint: Checkpoint, modulePrefix: String, channels: Int) throws(EncoderError) {
        projection = try checkpoint.linear(
            modulePrefix + "state_projection",
            inputs: checkpoint.configuration.hidden,
            outputs: channels
        )
        linear = try checkpoint.linear(
            modulePrefix + "state_linear",
            inputs: Self.featureCount(channels: channels),
            outputs: 2
        )
    }

    /// The features of a block.
    package static func featureCount(channels: Int) -> Int { 4 * channels }
}
