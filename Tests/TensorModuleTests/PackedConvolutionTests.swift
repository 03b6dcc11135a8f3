import TensorModule
import TestSupport
import Testing

@Suite struct PackedConvolutionTests {
    /// Channels, rows and columns of the map; 12 and 16 heads are those of base and large encoders.
    static let shapes = [(1, 1), (1, 5), (4, 1), (4, 2), (4, 9), (12, 8), (16, 6), (17, 7), (33, 3)]

    /// The largest error observed, over results up to 1.9, is 6.0e-7.
    @Test(arguments: shapes, [1, 3])
    func equalsTheReferenceWholeAndInBands(shape: (channels: Int, side: Int), kernel: Int) throws {
        let layer = Layer(channels: shape.channels, kernel: kernel)
        let maps = layer.maps(side: shape.side)
        let expected = layer.reference(maps)
        let worker = ThreadTeam(try #require(ThreadBudget(threads: 1))).workers[0]
        for bandRows in 1...shape.side {
            let result = try layer.run(maps, bandRows: bandRows, on: worker)
            #expect(difference(result.real, expected) == nil, "in bands of \(bandRows) rows")
            #expect(result.padding.allSatisfy { $0 == 0 }, "in bands of \(bandRows) rows")
        }
    }

    @Test func paddedChannelsFillVectors() {
        #expect([1, 12, 16, 17, 32, 33].map(PackedConvolution.paddedChannels) == [16, 16, 16, 32, 32, 48])
    }
}

private struct Layer {
    var channels: Int
    var kernel: Int
    var weights: [Float]
    var bias: [Float]

    init(channels: Int, kernel: Int) {
        self.channels = channels
        self.kernel = kernel
        let inputs = channels * kernel * kernel
        let scale = 6 / Float(inputs).squareRoot()
        weights = FormulaWeights.units("weight", count: channels * inputs).map { $0 * scale }
        bias = FormulaWeights.units("bias", count: channels)
    }

    func maps(side: Int) -> Reference.Maps {
        var maps = Reference.Maps(channels: channels, side: side)
        maps.elements = FormulaWeights.units("maps", count: maps.elements.count)
        return maps
    }

    /// `[channels, side, side]`.
    func reference(_ maps: Reference.Maps) -> [Float] {
        Reference.relu(
            Reference.convolution(maps, weight: weights, bias: bias, kernel: kernel).elements
        )
    }

    /// Convolves the map in bands of some rows.
    ///
    /// - Returns: the real channels, `[channels, side, side]`, and the elements of the others.
    func run(_ maps: Reference.Maps, bandRows: Int, on worker: Worker) throws -> (
        real: [Float], padding: [Float]
    ) {
        let side = maps.side
        let border = kernel / 2
        let padded = PackedConvolution.paddedChannels(channels)
        let row = side * padded
        // [border + side + border, side, padded channels]
        var input = [Float](repeating: 0, count: (side + 2 * border) * row)
        for channel in 0..<channels {
            for cell in 0..<side * side {
                input[border * row + cell * padded + channel] = maps.elements[channel * side * side + cell]
            }
        }
        var output = [Float](repeating: .nan, count: side * row)  // [side, side, padded channels]
        let convolution = try PackedConvolution(weights: weights, bias: bias, kernel: kernel)
        input.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                for start in stride(from: 0, to: side, by: bandRows) {
                    convolution(
                        input + start * row,
                        rows: min(bandRows, side - start),
                        columns: side,
                        into: output + start * row,
                        on: worker
                    )
                }
            }
        }
        let cells = 0..<side * side
        return (
            (0..<channels).flatMap { channel in cells.map { output[$0 * padded + channel] } },
            (channels..<padded).flatMap { channel in cells.map { output[$0 * padded + channel] } }
        )
    }
}
