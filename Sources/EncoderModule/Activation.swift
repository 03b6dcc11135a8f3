/// The non-linearity between the two feed-forward products.
public enum Activation: Sendable, Equatable {
    /// `x · Φ(x)` with the normal distribution's Φ, as `0.5 · x · (1 + erf(x / √2))`.
    case geluErf
    /// `0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))`.
    case geluTanh
    /// `max(x, 0)`.
    case relu

    /// The names of `hidden_act` in a Hugging Face configuration, and what they mean.
    static let names: KeyValuePairs<String, Activation> = [
        "gelu": .geluErf, "gelu_python": .geluErf, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh,
        "gelu_fast": .geluTanh, "gelu_accurate": .geluTanh, "relu": .relu,
    ]
}
