import COneDNN

/// A convolution followed by ReLU that keeps the number of channels and the size of channels-last maps.
///
/// oneDNN is fast when the channels fill vector registers, so maps hold ``paddedChannels(_:)`` of them; those beyond
/// the real ones are zero, and stay zero.
package final class PackedConvolution: Sendable {
    /// Rows and columns of the kernel: 1 or 3.
    package let kernel: Int
    private let channels: Int
    private let packedWeights: PackedWeights
    private let bias: [Float]

    /// The channels of a map that holds `channels` real ones: a multiple of 16.
    package static func paddedChannels(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }

    /// - Parameters:
    ///   - weights: `[channels, channels, kernel, kernel]`: output, input, row, column.
    ///   - bias: `[channels]`, before padding.
    ///   - kernel: Rows and columns of the kernel: 1 or 3.
    /// - Throws: `outOfMemory`, `refused`.
    package init(weights: [Float], bias: [Float], kernel: Int) throws(TensorError) {
        let real = bias.count
        precondition(
            weights.count == real * real * kernel * kernel,
            "\(weights.count) weights, the shape is [\(real), \(real), \(kernel), \(kernel)]"
        )
        let channels = Self.paddedChannels(real)
        let side = kernel * kernel
        var padded = [Float](repeating: 0, count: channels * channels * side)
        for output in 0..<real {
            for input in 0..<real {
                for element in 0..<side {
                    padded[(output * channels + input) * side + element] =
                        weights[(output * real + input) * side + element]
                }
            }
        }
        self.kernel = kernel
        self.channels = channels
        self.bias = bias + [Float](repeating: 0, count: channels - real)
        packedWeights = try PackedWeights(
            for: .convolution(rows: 16, columns: 16, channels: channels, kernel: kernel),
            dimensions: [channels, channels, kernel, kernel],
            strides: [channels * side, side, kernel, 1],
            values: padded
        )
    }

    /// Convolves `rows` rows of a map.
    ///
    /// Columns beyond the map count as zero; rows beyond it must be stored.
    ///
    /// - Parameters:
    ///   - input: `[rows + kernel - 1, columns, channels]`, from the row above the first one on.
    ///   - rows: The rows to make.
    ///   - columns: The columns of the map.
    ///   - output: `[rows, columns, channels]`.
    ///   - worker: Who does it, and who keeps an error.
    package func callAsFunction(
        _ input: UnsafePointer<Float>,
        rows: Int,
        columns: Int,
        into output: UnsafeMutablePointer<Float>,
        on worker: Worker
    ) {
        guard rows > 0 else { return }
        worker.attempt { () throws(TensorError) in
            try bias.withUnsafeBufferPointer { bias throws(TensorError) in
                try worker.operations.run(
                    .convolution(rows: rows, columns: columns, channels: channels, kernel: kernel),
                    source: input,
                    weights: packedWeights,
                    bias: bias.baseAddress,
                    destination: output
                )
            }
        }
    }
}
