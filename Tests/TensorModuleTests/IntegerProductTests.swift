import CKernels
import TestSupport
import Testing

@testable import TensorModule

/// The products of bytes that release builds make with AVX2 alone.
@Suite(.enabled(if: blockskim_multiplies_integers())) struct IntegerProductTests {
    /// Rows and columns beside whole tiles of 4 and 16, and inputs beside whole steps of 8.
    @Test(
        arguments: [(1, 1, 1), (3, 7, 15), (4, 8, 16), (5, 9, 17), (6, 100, 33), (96, 64, 48)],
        [false, true]
    )
    func productsEqualSumsOfIntegers(shape: (rows: Int, inner: Int, columns: Int), extreme: Bool) {
        let (rows, inner, columns) = shape
        var random = SplitMix(seed: UInt64(rows * inner * columns))
        // What is read behind the rows counts for nothing.
        let left = (0..<rows * inner + 8).map { _ in extreme ? 127 : UInt8.random(in: 0...127, using: &random)
        }
        let weights = (0..<columns * inner).map { _ in
            extreme ? -64 : Int8.random(in: -64...64, using: &random)
        }

        let size = blockskim_integer_panels_size(columns, inner)
        let panels = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 32)
        defer { panels.deallocate() }
        let packed = panels.bindMemory(to: Int8.self)
        blockskim_pack_integer_panels(weights, columns, inner, packed.baseAddress)
        var products = [Int32](repeating: -1, count: rows * columns)
        blockskim_multiply_integers(left, rows, inner, packed.baseAddress, columns, &products)

        let expected = (0..<rows * columns).map { index in
            let (row, column) = (index / columns, index % columns)
            return (0..<inner).reduce(Int32(0)) { sum, k in
                sum + Int32(left[row * inner + k]) * Int32(weights[column * inner + k])
            }
        }
        #expect(products == expected)
    }

    /// More than one tile of columns and more than one block of rows.
    @Test func weightsInPanelsGiveTheBitsOfOneDNN() throws {
        let (rows, inputs, outputs) = (101, 75, 401)
        let layer = FormulaLayer(inputs: inputs, outputs: outputs)
        let worker = ThreadTeam(try #require(ThreadBudget(threads: 1))).workers[0]
        let input = FormulaWeights.units("input", count: rows * inputs)
        let quantized = try worker.quantizedRows.reserve(rows: rows, columns: inputs)
        quantized.quantize(input, count: rows)
        let results = try [false, true].map { inPanels in
            let weights = try IntegerWeights(
                layer.weights,
                inputs: inputs,
                outputs: outputs,
                inPanels: inPanels
            )
            var result = [Float](repeating: .nan, count: rows * outputs)
            try weights.multiply(
                quantized,
                count: rows,
                bias: layer.bias,
                activation: .none,
                into: &result,
                stride: outputs,
                accumulate: false,
                on: worker
            )
            return result
        }
        #expect(areBitwiseEqual(results[0], results[1]))
        let expected = Reference.integerLinear(input, weight: layer.weights, bias: layer.bias, rows: rows)
        #expect(areBitwiseEqual(results[1], expected))
    }
}
