import Foundation

/// SplitMix64, started from a seed and the name of what its numbers are for.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, name: String) {
        // FNV-1a of the name, so that what is made does not depend on what was made before.
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        state = seed ^ hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 to below 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Numbers of a normal distribution with mean 0.
    mutating func normals(_ count: Int, deviation: Double) -> [Float] {
        (0..<count).map { _ in
            // Box-Muller; 1 - u is above 0.
            let radius = (-2 * log(1 - unit())).squareRoot()
            return Float(deviation * radius * cos(2 * Double.pi * unit()))
        }
    }

    /// Numbers spread evenly from `-bound` to `bound`.
    mutating func uniforms(_ count: Int, bound: Double) -> [Float] {
        (0..<count).map { _ in Float((2 * unit() - 1) * bound) }
    }
}
