import BlockSkimModule
import TorchModule

/// The Block Skim Module of one layer, with batch normalisation unfolded.
///
/// Section 4.1, Fig. 2c.
struct TrainableBlockSkimModule: BlockClassifierLayer {
    private let convolution1: LinearLayer
    private let norm1: Tensor.BatchNorm
    private let convolution2: LinearLayer
    private let norm2: Tensor.BatchNorm
    private let convolution3: LinearLayer
    private let linear: LinearLayer
    private let cells: BlockCells

    /// - Throws: `wrongShape`, `safetensors`, `torch`.
    init(
        _ parameters: ModelParameters,
        name: String,
        heads: Int,
        geometry: BlockGeometry
    ) throws(TrainingError) {
        func convolution(_ key: String, side: Int) throws(TrainingError) -> LinearLayer {
            let inputs = heads * side * side
            return LinearLayer(
                weight: try parameters.tensor(
                    name + key + ".weight",
                    shape: [heads, heads, side, side],
                    role: .decayed,
                    beginning: .uniform(inputs: inputs)
                ),
                bias: try parameters.tensor(
                    name + key + ".bias",
                    shape: [heads],
                    role: .undecayed,
                    beginning: .uniform(inputs: inputs)
                )
            )
        }
        func norm(_ key: String) throws(TrainingError) -> Tensor.BatchNorm {
            func part(
                _ part: String,
                _ role: ModelParameters.Role,
                _ value: Float
            ) throws(TrainingError) -> Tensor {
                try parameters.tensor(
                    name + key + "." + part,
                    shape: [heads],
                    role: role,
                    beginning: .constant(value)
                )
            }
            return Tensor.BatchNorm(
                weight: try part("weight", .undecayed, 1),
                bias: try part("bias", .undecayed, 0),
                mean: try part("running_mean", .statistic, 0),
                variance: try part("running_var", .statistic, 1)
            )
        }
        convolution1 = try convolution("conv1", side: 3)
        norm1 = try norm("bn1")
        convolution2 = try convolution("conv2", side: 3)
        norm2 = try norm("bn2")
        convolution3 = try convolution("conv3", side: 1)
        cells = geometry.cells
        let features = cells.featureCount(heads: heads, region: geometry.region)
        linear = try parameters.linear(
            name + "linear",
            inputs: features,
            outputs: 2,
            beginning: .uniform(inputs: features)
        )
    }

    /// The logits of all passage blocks of a batch, `[blocks, 2]`; index 1 is "relevant".
    func callAsFunction(
        attention: Tensor,
        plan: BlockClassifierPlan,
        training: Bool
    ) throws(TorchError) -> Tensor {
        switch plan {
        case .full(let plan):
            let maps = try convolve(
                attention.scaledPool(side: cells.firstPool, scales: plan.scales),
                lengths: (plan.pooledSides, plan.cellSides),
                zeroOutside: true,
                training: training
            )  // [batch, heads, cells, cells]
            return try linear(plan.features(maps))
        case .diagonal(let plan):
            let squares = try plan.squares(attention)  // [blocks, heads, blockSize, blockSize]
            let maps = try convolve(
                squares.averagePool(side: cells.firstPool),
                lengths: (plan.pooledSides, plan.cellSides),
                zeroOutside: false,
                training: training
            )  // [blocks, heads, cellsPerBlock, cellsPerBlock]
            return try linear(maps.reshaped([squares.shape[0], -1]))
        case .handCrafted:
            preconditionFailure("a Block Skim Module on hand-crafted features")
        }
    }

    /// Everything between the first pool and the features.
    private func convolve(
        _ maps: Tensor,
        lengths: (pooled: Tensor, cells: Tensor),
        zeroOutside: Bool,
        training: Bool
    ) throws(TorchError) -> Tensor {
        let statistics = training ? Tensor.Statistics.batch : .running
        let first = try maps.convolution(weight: convolution1.weight, bias: convolution1.bias, padding: 1)
            .batchNormReLU(norm1, lengths: lengths.pooled, zeroOutside: zeroOutside, statistics: statistics)
            .averagePool(side: cells.secondPool)
        let second = try first.convolution(weight: convolution2.weight, bias: convolution2.bias, padding: 1)
            .batchNormReLU(norm2, lengths: lengths.cells, zeroOutside: zeroOutside, statistics: statistics)
        let third = try second.convolution(
            weight: convolution3.weight,
            bias: convolution3.bias,
            padding: 0
        )
        return zeroOutside ? try third.reluWithin(lengths: lengths.cells) : try third.asFloat32().relu()
    }
}
