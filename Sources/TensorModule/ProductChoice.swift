import CKernels

/// Which library computes a kind of product on this processor, and how.
public struct ProductChoice: Sendable, Equatable {
    /// The kinds of products.
    public enum Kind: String, Sendable, CaseIterable {
        /// Of hidden states and weights.
        case weights
        /// Of queries and keys, and of probabilities and values.
        case attention
        /// Of the Block Skim Module.
        case convolutions
    }

    /// What is multiplied.
    public var kind: Kind
    /// What multiplies it.
    public var library: String
    /// What the library generates code for, in its own words.
    public var instructionSet: String
    /// The number format of the factors.
    public var precision: Precision

    /// Whether bytes are multiplied by code of our own: with AVX2 and no more, where oneDNN is slower.
    ///
    /// In debug builds oneDNN is the faster one by far.
    static var multipliesBytesItself: Bool {
        OneDNN.instructionSet == "AVX2" && blockskim_multiplies_integers() && blockskim_is_optimized()
    }

    private static func format(of kind: Kind, in precision: Precision) -> Precision {
        switch kind {
        case .weights: precision
        case .attention: HeadAttention.rounds(in: precision) ? .bfloat16 : .float32
        case .convolutions: .float32
        }
    }

    /// All kinds of products of a model whose weights have the given precision.
    public static func all(precision: Precision) -> [ProductChoice] {
        Kind.allCases.map { kind in
            let usesOneDNN =
                switch kind {
                case .weights:
                    precision == .int8 || precision == .bfloat16 && OneDNN.multipliesBFloat16
                case .attention: false
                case .convolutions: true
                }
            if kind == .weights, precision == .int8, multipliesBytesItself {
                return ProductChoice(
                    kind: kind,
                    library: "block-skim",
                    instructionSet: "AVX2",
                    precision: .int8
                )
            }
            return ProductChoice(
                kind: kind,
                library: usesOneDNN ? "oneDNN" : "libxsmm",
                instructionSet: usesOneDNN ? OneDNN.instructionSet : LibXSMM.instructionSet,
                precision: Self.format(of: kind, in: precision)
            )
        }
    }
}
