import EncoderModule
import TensorModule

/// The Block Skim Module in plain Swift, the executable specification: Section 4.1 and Figure 2c of the paper.
///
/// `pool → conv1 → ReLU → pool → conv2 → ReLU → conv3 → ReLU → features of a block → linear`, where the heads are
/// the channels, pools are averages and batch normalisation is folded into the convolutions.
///
/// Deviation: the paper and the authors' code flatten a block's diagonal square; `AttentionRegion.full` is ours.
/// Pinned by `ReferenceBlockSkimModuleTests`.
package struct ReferenceBlockSkimModule: Sendable {
    private let weights: BlockSkimWeights
    private let region: AttentionRegion

    /// A module for one layer.
    package init(weights: BlockSkimWeights, region: AttentionRegion) {
        self.weights = weights
        self.region = region
    }

    /// Predicts whether blocks still matter.
    ///
    /// - Parameters:
    ///   - attention: `[heads, tokens, tokens]`, after softmax; row = attending token.
    ///   - hidden: `[tokens, hidden]`, as the layer leaves them; only a module that pools them looks.
    ///   - partition: how the tokens are divided into blocks.
    /// - Returns: the logits, `[blocks, 2]`; index 1 is "relevant".
    package func callAsFunction(
        attention: [Float],
        hidden: [Float] = [],
        partition: BlockPartition
    ) -> [Float] {
        let heads = weights.convolution1.channels
        let tokens = partition.tokens
        precondition(
            attention.count == heads * tokens * tokens,
            "\(attention.count) attention probabilities for \(heads) heads and \(tokens) tokens"
        )
        let cells = BlockCells(blockSize: partition.blockSize)
        let features =
            switch region {
            case .diagonal: diagonalFeatures(attention, partition, cells)
            case .full: fullFeatures(attention, partition, cells)
            }
        let logits = Reference.linear(
            features,
            weight: weights.linear.weight,
            bias: weights.linear.bias,
            rows: partition.blockCount
        )
        guard let states = weights.states else { return logits }
        let summands = ReferenceStatePooling(weights: states)(hidden: hidden, partition: partition)
        return zip(logits, summands).map { $0 + $1 }
    }

    /// Everything between the scaled attention and the features: `[heads, side, side]` in,
    /// `[heads, side / cell, side / cell]` out.
    private func convolve(_ maps: Reference.Maps, _ cells: BlockCells) -> Reference.Maps {
        func convolve(_ maps: Reference.Maps, _ weights: ConvolutionWeights) -> Reference.Maps {
            var result = Reference.convolution(
                maps,
                weight: weights.weight,
                bias: weights.bias,
                kernel: weights.side
            )
            result.elements = Reference.relu(result.elements)
            return result
        }
        var maps = Reference.averagePool(maps, pool: cells.firstPool)
        maps = convolve(maps, weights.convolution1)
        maps = Reference.averagePool(maps, pool: cells.secondPool)
        maps = convolve(maps, weights.convolution2)
        return convolve(maps, weights.convolution3)
    }

    /// The square in which each block attends to itself, in (channel, row, column) order.
    ///
    /// Attention is scaled by 8. Rows and columns of the square beyond the window are zero.
    ///
    /// - Returns: `[blocks, heads · cellsPerBlock²]`.
    private func diagonalFeatures(
        _ attention: [Float],
        _ partition: BlockPartition,
        _ cells: BlockCells
    ) -> [Float] {
        let heads = weights.convolution1.channels
        let tokens = partition.tokens
        var features: [Float] = []
        for block in partition.blocks {
            var square = Reference.Maps(channels: heads, side: partition.blockSize)
            for head in 0..<heads {
                for row in block {
                    for column in block {
                        square[head, row - block.lowerBound, column - block.lowerBound] =
                            8 * attention[(head * tokens + row) * tokens + column]
                    }
                }
            }
            features += convolve(square, cells).elements  // [heads, cellsPerBlock, cellsPerBlock]
        }
        return features
    }

    /// Each block's rows and columns of the whole map, pooled over prefix, own block and everything.
    ///
    /// Attention is scaled by tokens / 8. In the passage-aligned layout, zero rows and columns stand between
    /// prefix and passage so that the passage starts on a cell border; in both layouts they stand after the end up
    /// to a cell border.
    ///
    /// - Returns: `[blocks, 5 · heads · cellsPerBlock]`, in (feature, channel, row) order.
    private func fullFeatures(
        _ attention: [Float],
        _ partition: BlockPartition,
        _ cells: BlockCells
    ) -> [Float] {
        let heads = weights.convolution1.channels
        let tokens = partition.tokens
        let cell = cells.tokensPerCell
        let prefixCells = cells.cellsCovering(tokens: partition.prefixLength)
        let gap =
            switch partition.layout {
            case .passageAligned: prefixCells * cell - partition.prefixLength
            case .absolute: 0
            }
        /// Where a token's row and column are.
        func place(_ token: Int) -> Int { token < partition.prefixLength ? token : token + gap }

        let allCells = cells.cellsCovering(tokens: tokens + gap)
        var map = Reference.Maps(channels: heads, side: allCells * cell)
        for head in 0..<heads {
            for row in 0..<tokens {
                for column in 0..<tokens {
                    map[head, place(row), place(column)] =
                        Float(tokens) / 8 * attention[(head * tokens + row) * tokens + column]
                }
            }
        }
        let result = convolve(map, cells)  // [heads, allCells, allCells]

        func mean(_ indices: Range<Int>, _ element: (Int) -> Float) -> Float {
            indices.isEmpty
                ? 0 : Float(indices.reduce(0) { $0 + Double(element($1)) } / Double(indices.count))
        }
        var features: [Float] = []
        for block in partition.blocks {
            let start = place(block.lowerBound) / cell
            // A short last block has fewer cells than others; the rest of its rows reads 0.
            let own = start..<min(start + cells.cellsPerBlock, allCells)
            let (prefix, all) = (0..<prefixCells, 0..<allCells)
            let kinds: [(_ channel: Int, _ row: Int) -> Float] = [
                { channel, row in mean(prefix) { result[channel, row, $0] } },
                { channel, row in mean(own) { result[channel, row, $0] } },
                { channel, row in mean(all) { result[channel, row, $0] } },
                { channel, row in mean(prefix) { result[channel, $0, row] } },
                { channel, row in mean(all) { result[channel, $0, row] } },
            ]
            for kind in kinds {
                for channel in 0..<heads {
                    for row in start..<start + cells.cellsPerBlock {
                        features.append(own.contains(row) ? kind(channel, row) : 0)
                    }
                }
            }
        }
        return features
    }
}
