/// The type of a tensor's elements, as far as this module reads and writes it.
///
/// The raw value is the name that the safetensors header uses.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    /// IEEE 754 binary32.
    case f32 = "F32"
    /// IEEE 754 binary16.
    case f16 = "F16"
    /// The upper half of a binary32.
    case bf16 = "BF16"
    /// Two's complement, 64 bits.
    case i64 = "I64"

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .f16, .bf16: 2
        case .f32: 4
        case .i64: 8
        }
    }

    /// The same type, if its elements are floating-point numbers.
    var floatingPoint: FloatingPointElementType? {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        case .i64: nil
        }
    }

    /// The other names of the official format (safetensors 0.8).
    ///
    /// A file that uses one is well-formed, but no
    /// checkpoint that this engine runs needs it, so it is told apart from a misspelt type.
    static let unsupportedNames: Set<String> = [
        "BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ",
        "F8_E5M2FNUZ", "I16", "U16", "I32", "U32", "C64", "F64", "U64",
    ]
}

/// The element types as which `Float` values can be stored.
public enum FloatingPointElementType: Sendable, Hashable, CaseIterable {
    /// All bits are kept.
    case f32
    /// 11 significant bits, magnitudes up to 65504.
    case f16
    /// 8 significant bits, the range of `f32`.
    case bf16

    /// The same type among all element types.
    public var elementType: ElementType {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        }
    }
}
