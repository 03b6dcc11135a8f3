import TensorModule
import TestSupport

/// A linear layer with formula weights.
struct FormulaLayer {
    var inputs: Int
    var weights: [Float]
    var bias: [Float]

    init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        // Results are of order one whatever the number of inputs.
        let scale = 4 / Float(inputs).squareRoot()
        weights = FormulaWeights.units("weight", count: inputs * outputs).map { $0 * scale }
        bias = FormulaWeights.units("bias", count: outputs)
    }

    func packed(
        _ precision: Precision = .float32,
        activation: FusedActivation = .none,
        workers: Int
    ) throws -> PackedLinear {
        try PackedLinear(
            weights: weights,
            bias: bias,
            inputs: inputs,
            activation: activation,
            precision: precision,
            workers: workers
        )
    }
}

extension PackedLinear {
    func result(
        of input: [Float],
        rows: Int,
        addingTo residual: [Float]? = nil,
        on crew: some Crew
    ) -> [Float] {
        var result = residual ?? [Float](repeating: .nan, count: rows * outputs)
        result.withUnsafeMutableBufferPointer { result in
            input.withUnsafeBufferPointer { input in
                guard let input = input.baseAddress, let result = result.baseAddress else { return }
                self(input, rows: rows, into: result, accumulate: residual != nil, on: crew)
            }
        }
        return result
    }
}
