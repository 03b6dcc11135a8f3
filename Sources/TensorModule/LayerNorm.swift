import CKernels

/// Layer normalisation `y = (x − mean) / √(variance + ε) · scale + shift` over the last dimension.
package struct LayerNorm: Sendable {
    private let scale: [Float]
    private let shift: [Float]
    private let epsilon: Float

    /// - Parameters:
    ///   - scale: `[columns]`, the checkpoint's `weight`.
    ///   - shift: `[columns]`, the checkpoint's `bias`.
    ///   - epsilon: ε, what keeps a constant row from dividing by zero.
    package init(scale: [Float], shift: [Float], epsilon: Float) {
        precondition(scale.count == shift.count, "scale has \(scale.count) elements, shift \(shift.count)")
        self.scale = scale
        self.shift = shift
        self.epsilon = epsilon
    }

    /// Normalises the rows of `values` `[rows, columns]` in place.
    package func callAsFunction(_ values: UnsafeMutablePointer<Float>, rows: Int, on crew: some Crew) {
        crew.run { _, member in
            let share = Share(member, of: crew.size).range(of: rows)
            let own = values + share.lowerBound * scale.count
            blockskim_layer_norm(own, share.count, scale.count, scale, shift, epsilon)
        }
    }
}
