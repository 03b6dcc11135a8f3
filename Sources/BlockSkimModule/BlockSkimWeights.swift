import EncoderModule

/// A convolution that keeps the number of channels: one channel a head.
package struct ConvolutionWeights: Sendable, Equatable {
    /// `[channels, channels, side, side]`: out, in, row, column.
    package var weight: [Float]
    /// `[channels]`.
    package var bias: [Float]
    /// The heads.
    package var channels: Int
    /// The kernel's rows and columns: 3, padded by 1, or 1.
    package var side: Int

    /// Weights of the shapes given.
    package init(weight: [Float], bias: [Float], channels: Int, side: Int) {
        precondition(
            weight.count == channels * channels * side * side && bias.count == channels,
            "\(weight.count) weights and \(bias.count) biases for \(channels) channels, side \(side)"
        )
        self.weight = weight
        self.bias = bias
        self.channels = channels
        self.side = side
    }

    /// Folds the normalisation that follows into the convolution.
    ///
    /// With `s = scale / √(variance + 1e-5)`: `weight · s` and `(bias − mean) · s + shift`, a channel at a time,
    /// computed in double precision.
    package func folding(_ norm: BatchNormWeights) -> ConvolutionWeights {
        var folded = self
        for channel in 0..<channels {
            let factor = Double(norm.scale[channel]) / (Double(norm.variance[channel]) + 1e-5).squareRoot()
            for element in channel * weight.count / channels..<(channel + 1) * weight.count / channels {
                folded.weight[element] = Float(Double(weight[element]) * factor)
            }
            let centred = Double(bias[channel]) - Double(norm.mean[channel])
            folded.bias[channel] = Float(centred * factor + Double(norm.shift[channel]))
        }
        return folded
    }
}

/// The learnt and measured numbers of a batch normalisation, all `[channels]`.
package struct BatchNormWeights: Sendable, Equatable {
    /// The learnt factor.
    package var scale: [Float]
    /// The learnt summand.
    package var shift: [Float]
    /// The running mean.
    package var mean: [Float]
    /// The running variance, not negative.
    package var variance: [Float]

    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    init(checkpoint: Checkpoint, name: String, channels: Int) throws(EncoderError) {
        scale = try checkpoint.floats(name + ".weight", shape: [channels])
        shift = try checkpoint.floats(name + ".bias", shape: [channels])
        mean = try checkpoint.floats(name + ".running_mean", shape: [channels])
        variance = try checkpoint.floats(name + ".running_var", shape: [channels])
    }
}

/// The weights of one layer's Block Skim Module, with batch normalisation folded into the convolutions.
package struct BlockSkimWeights: Sendable {
    /// 3×3, after the first pool.
    package var convolution1: ConvolutionWeights
    /// 3×3, after the second pool.
    package var convolution2: ConvolutionWeights
    /// 1×1.
    package var convolution3: ConvolutionWeights
    /// `[2, features]`; output 1 is "relevant".
    package var linear: LinearWeights
    /// What hidden states add to the logits; nil for the paper's module.
    package var states: StatePoolingWeights?

    /// A module made in the program.
    package init(
        convolution1: ConvolutionWeights,
        convolution2: ConvolutionWeights,
        convolution3: ConvolutionWeights,
        linear: LinearWeights,
        states: StatePoolingWeights? = nil
    ) {
        self.convolution1 = convolution1
        self.convolution2 = convolution2
        self.convolution3 = convolution3
        self.linear = linear
        self.states = states
    }

    /// Reads the module that looks at the attention of the layer `skimLayer`, counted from 1.
    ///
    /// - Throws: `checkpoint` with `missingTensor`, `wrongShape` or `safetensors`; `wrongShape` of
    ///   `linear.weight` when the module was made for another block size or attention region.
    package init(
        checkpoint: Checkpoint,
        skimLayer: Int,
        configuration: SkimConfiguration
    ) throws(BlockSkimError) {
        let heads = checkpoint.configuration.heads
        let features = BlockCells(blockSize: configuration.blockSize)
            .featureCount(heads: heads, region: configuration.attentionRegion)
        let name = Self.modulePrefix(skimLayer: skimLayer)
        do throws(EncoderError) {
            func convolution(_ key: String, side: Int) throws(EncoderError) -> ConvolutionWeights {
                ConvolutionWeights(
                    weight: try checkpoint.floats(name + key + ".weight", shape: [heads, heads, side, side]),
                    bias: try checkpoint.floats(name + key + ".bias", shape: [heads]),
                    channels: heads,
                    side: side
                )
            }
            func norm(_ key: String) throws(EncoderError) -> BatchNormWeights {
                try BatchNormWeights(checkpoint: checkpoint, name: name + key, channels: heads)
            }
            convolution1 = try convolution("conv1", side: 3).folding(norm("bn1"))
            convolution2 = try convolution("conv2", side: 3).folding(norm("bn2"))
            convolution3 = try convolution("conv3", side: 1)
            linear = try checkpoint.linear(name + "linear", inputs: features, outputs: 2)
            if configuration.stateChannels > 0 {
                states = try StatePoolingWeights(
                    checkpoint: checkpoint,
                    modulePrefix: name,
                    channels: configuration.stateChannels
                )
            }
        } catch {
            throw .checkpoint(error)
        }
    }

    /// What stands before the names of all block-skim tensors: the known extra of a dense load.
    package static let denseExtra = "block_skim."

    /// What stands before the names of the modules that a skimming load has no use for.
    ///
    /// Together with the encoder, the head and the modules of the skim layers these are all names that
    /// `Checkpoint.rejectUnusedTensors` lets pass.
    package static func extras(skimLayers: [Int], layerCount: Int) -> [String] {
        (1...layerCount).filter { !skimLayers.contains($0) }.map(modulePrefix)
    }

    /// What stands before the names of one layer's module.
    package static func modulePrefix(skimLayer: Int) -> String {
        // The keys count layers from 0.
        "block_skim.layers.\(skimLayer - 1)."
    }
}
