extension Reference {
    /// A stack of square maps: `[channels, side, side]`.
    package struct Maps: Sendable, Equatable {
        /// Row-major elements.
        package var elements: [Float]
        /// The number of maps.
        package var channels: Int
        /// The rows, and the columns, of a map.
        package var side: Int

        /// Maps of zeros.
        package init(channels: Int, side: Int) {
            elements = Array(repeating: 0, count: channels * side * side)
            self.channels = channels
            self.side = side
        }

        /// One element.
        package subscript(channel: Int, row: Int, column: Int) -> Float {
            get { elements[(channel * side + row) * side + column] }
            set { elements[(channel * side + row) * side + column] = newValue }
        }
    }

    /// A convolution with stride 1 over maps surrounded by zeros, so that their size stays.
    ///
    /// - Parameters:
    ///   - maps: `[channels, side, side]`.
    ///   - weight: `[outputs, channels, kernel, kernel]`.
    ///   - bias: `[outputs]`; its length is the number of outputs.
    ///   - kernel: the rows and columns of the kernel, odd.
    /// - Returns: `[outputs, side, side]`.
    package static func convolution(_ maps: Maps, weight: [Float], bias: [Float], kernel: Int) -> Maps {
        let outputs = bias.count
        precondition(
            !kernel.isMultiple(of: 2) && weight.count == outputs * maps.channels * kernel * kernel,
            "\(weight.count) weights for [\(outputs), \(maps.channels), \(kernel), \(kernel)]"
        )
        let side = maps.side
        let reach = kernel / 2
        var result = Maps(channels: outputs, side: side)
        for output in 0..<outputs {
            for row in 0..<side {
                for column in 0..<side {
                    var sum = Double(bias[output])
                    for channel in 0..<maps.channels {
                        for kernelRow in 0..<kernel {
                            for kernelColumn in 0..<kernel {
                                let mapRow = row + kernelRow - reach
                                let mapColumn = column + kernelColumn - reach
                                guard (0..<side).contains(mapRow), (0..<side).contains(mapColumn) else {
                                    continue
                                }
                                let kernelIndex = (output * maps.channels + channel) * kernel + kernelRow
                                let factor = weight[kernelIndex * kernel + kernelColumn]
                                sum += Double(factor) * Double(maps[channel, mapRow, mapColumn])
                            }
                        }
                    }
                    result[output, row, column] = Float(sum)
                }
            }
        }
        return result
    }

    /// The mean of each square of `pool` rows and columns.
    ///
    /// Rows and columns that do not fill a square are left out, as PyTorch does. With `pool` 1 nothing changes.
    ///
    /// - Returns: `[channels, side / pool, side / pool]`.
    package static func averagePool(_ maps: Maps, pool: Int) -> Maps {
        precondition(pool >= 1, "a pool of \(pool)")
        var result = Maps(channels: maps.channels, side: maps.side / pool)
        for channel in 0..<maps.channels {
            for row in 0..<result.side {
                for column in 0..<result.side {
                    var sum = 0.0
                    for poolRow in 0..<pool {
                        for poolColumn in 0..<pool {
                            sum += Double(maps[channel, row * pool + poolRow, column * pool + poolColumn])
                        }
                    }
                    result[channel, row, column] = Float(sum / Double(pool * pool))
                }
            }
        }
        return result
    }
}
