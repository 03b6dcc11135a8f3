import EncoderModule

extension BlockSkimWeights {
    /// A module with random weights, for benchmarks without a checkpoint.
    package init(random configuration: SkimConfiguration, heads: Int, hidden: Int, seed: UInt64) {
        var random = RandomWeights(seed: seed)
        func convolution(_ side: Int) -> ConvolutionWeights {
            ConvolutionWeights(
                weight: random.values(heads * heads * side * side),
                bias: random.values(heads),
                channels: heads,
                side: side
            )
        }
        self.init(
            convolution1: convolution(3),
            convolution2: convolution(3),
            convolution3: convolution(1),
            linear: random.linear(
                inputs: BlockCells(blockSize: configuration.blockSize)
                    .featureCount(heads: heads, region: configuration.attentionRegion),
                outputs: 2
            ),
            states: configuration.stateChannels == 0
                ? nil
                : StatePoolingWeights(
                    projection: random.linear(inputs: hidden, outputs: configuration.stateChannels),
                    linear: random.linear(
                        inputs: StatePoolingWeights.featureCount(channels: configuration.stateChannels),
                        outputs: 2
                    )
                )
        )
    }
}
