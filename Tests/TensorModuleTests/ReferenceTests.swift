import TensorModule
import TestSupport
import Testing

/// Small cases that can be checked by hand; larger ones are compared with PyTorch where the operations are used.
@Suite struct ReferenceTests {
    @Test func linearMultipliesByTheTransposedWeightAndAddsTheBias() {
        let y = Reference.linear([1, 2, 3, 4, 5, 6], weight: [1, 0, 2, -1, 1, 0], bias: [10, 20], rows: 2)
        #expect(y == [17, 21, 26, 21])
    }

    /// Values of `torch.nn.functional.gelu` in double precision.
    @Test func geluFollowsItsTwoFormulas() {
        let x: [Float] = [-3, -1, 0, 0.5, 2]
        let erf: [Float] = [-0.0040496940, -0.15865525, 0, 0.34573123, 1.9544997]
        let tanh: [Float] = [-0.0036373920, -0.15880801, 0, 0.34571401, 1.9545977]
        #expect(difference(Reference.geluErf(x), erf) == nil)
        #expect(difference(Reference.geluTanh(x), tanh) == nil)
        #expect(difference(Reference.geluErf(x), tanh) != nil)
    }

    @Test func reluKeepsWhatIsNotANumber() {
        let y = Reference.relu([-1, 0, 2, .nan])
        #expect(difference(y, [0, 0, 2, .nan]) == nil)
    }

    @Test func softmaxOfLargeLogitsDoesNotOverflow() {
        let y = Reference.softmax([1000, 1000, 0, 0, 1, -1000], width: 3)
        #expect(difference(y, [0.5, 0.5, 0, 0.26894142, 0.73105858, 0]) == nil)
    }

    @Test func layerNormUsesTheBiasedVariance() {
        let y = Reference.layerNorm([1, 3, 5, 5], weight: [2, 1], bias: [0, 10], epsilon: 1e-12)
        #expect(difference(y, [-2, 11, 0, 10]) == nil)
    }

    @Test func convolutionPadsWithZerosAndDoesNotMirrorTheKernel() {
        var maps = Reference.Maps(channels: 1, side: 2)
        maps.elements = [1, 2, 3, 4]
        // Looks one column to the right, ten times one row down.
        let y = Reference.convolution(maps, weight: [0, 0, 0, 0, 0, 1, 0, 10, 0], bias: [0.5], kernel: 3)
        #expect(y.elements == [32.5, 40.5, 4.5, 0.5])
    }

    @Test func averagePoolLeavesOutWhatDoesNotFillASquare() {
        var maps = Reference.Maps(channels: 2, side: 3)
        maps.elements = [1, 2, 9, 3, 4, 9, 9, 9, 9] + [5, 5, 0, 5, 5, 0, 0, 0, 0]
        #expect(Reference.averagePool(maps, pool: 2).elements == [2.5, 5])
        #expect(Reference.averagePool(maps, pool: 1) == maps)
    }
}
