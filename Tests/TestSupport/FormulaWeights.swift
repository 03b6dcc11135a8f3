/// Weights computed from their names, equal bit for bit to those of `Scripts/golden/fixed_weights.py`.
package enum FormulaWeights {
    /// Numbers from -0.5 to below 0.5 that look random: a hash of the name and the index.
    package static func units(_ name: String, count: Int) -> [Float] {
        var seed: UInt32 = 2_166_136_261  // FNV-1a
        for byte in name.utf8 { seed = (seed ^ UInt32(byte)) &* 16_777_619 }
        return (0..<count).map { index in
            var x = UInt32(truncatingIfNeeded: index) &* 2_654_435_761 &+ seed
            x ^= x >> 16
            x = x &* 0x7FEB_352D
            x ^= x >> 15
            x = x &* 0x846C_A68B
            x ^= x >> 16
            return Float(x >> 8) / 16_777_216 - 0.5
        }
    }

    /// Part of the name, base, factor: the first match holds.
    private static let rules: [(part: String, base: Float, factor: Float)] = [
        ("running_mean", 0, 0.5), ("LayerNorm.weight", 1, 0.2), ("layer_norm.weight", 1, 0.2),
        ("bn1.weight", 1, 0.2),
        ("bn2.weight", 1, 0.2),
        ("embeddings_project", 0, 0.6),
        ("embeddings", 0, 2), (".bias", 0, 0.2), ("query", 0, 1), ("key", 0, 1), ("q_lin", 0, 1),
        ("k_lin", 0, 1), ("attn.q", 0, 1), ("attn.k", 0, 1), ("relative_attention_bias", 0, 2),
        ("conv", 0, 3),
        ("linear", 0, 3), ("qa_outputs", 0, 1),
    ]

    /// The weight of a name.
    package static func tensor(_ name: String, shape: [Int]) -> [Float] {
        let units = units(name, count: shape.reduce(1, *))
        if name.contains("running_var") { return units.map { 1 + abs($0) } }
        let rule = rules.first { name.contains($0.part) } ?? ("", 0, 0.6)
        // Two roundings, as in the Python program.
        return units.map { unit in
            let product = rule.factor * unit
            return rule.base + product
        }
    }
}
