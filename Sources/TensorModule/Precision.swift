/// The number format of weights and of the products with them.
///
/// What stands between the products and the Block Skim Module are computed in 32 bits in all of them. So are the products of
/// attention, but where the processor has AVX-512 BF16 they are in bf16, unless the precision is f32.
public enum Precision: String, Sendable, CaseIterable {
    /// 32-bit floating point.
    case float32 = "f32"
    /// Weights are rounded to 16 bits, of which 8 are the exponent: half the memory.
    ///
    /// With AMX or AVX-512 BF16, inputs are rounded too, and products are added up in 32 bits. Without, the weights are widened
    /// again for products in 32 bits.
    case bfloat16 = "bf16"
    /// Weights and inputs are rounded to 8-bit integers, a scale for each output and each row, and added up in 32 bits.
    case int8

    /// Whether this processor multiplies in the format: f32 everywhere, int8 with AVX2 or more, bf16 with AMX or
    /// AVX-512 BF16.
    public var isNative: Bool {
        switch self {
        case .float32: true
        case .bfloat16: OneDNN.multipliesBFloat16 || LibXSMM.multipliesBFloat16
        case .int8: OneDNN.multipliesBytes
        }
    }
}
