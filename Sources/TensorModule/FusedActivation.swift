import CKernels

/// An element-wise function that a product can apply to its result.
package enum FusedActivation: Hashable, Sendable {
    /// The identity.
    case none
    /// `max(0, x)`
    case relu
    /// `x · Φ(x)`, with the Gaussian distribution function exact: BERT's and RoBERTa's `gelu`.
    case geluErf
    /// `x · Φ(x)` approximated with tanh: ALBERT's `gelu_new`.
    case geluTanh

    var kernel: blockskim_activation {
        switch self {
        case .none: blockskim_activation_none
        case .relu: blockskim_activation_relu
        case .geluErf: blockskim_activation_gelu_erf
        case .geluTanh: blockskim_activation_gelu_tanh
        }
    }
}
