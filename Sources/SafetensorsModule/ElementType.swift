/// The type of a tensor's elements.
///
/// Only floating-point numbers of 16 and 32 bits and `i64` are read and written; tensors of the others may stand in a file.
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
    /// One byte each, 0 or 1.
    case bool = "BOOL"
    /// Unsigned, 8 bits.
    case u8 = "U8"
    /// Two's complement, 8 bits.
    case i8 = "I8"
    /// A number of 8 bits, 5 of them the exponent.
    case f8e5m2 = "F8_E5M2"
    /// A number of 8 bits, 4 of them the exponent.
    case f8e4m3 = "F8_E4M3"
    /// Two's complement, 16 bits.
    case i16 = "I16"
    /// Unsigned, 16 bits.
    case u16 = "U16"
    /// Two's complement, 32 bits.
    case i32 = "I32"
    /// Unsigned, 32 bits.
    case u32 = "U32"
    /// IEEE 754 binary64.
    case f64 = "F64"
    /// Unsigned, 64 bits.
    case u64 = "U64"
    /// Two binary32 numbers.
    case c64 = "C64"

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
        case .f16, .bf16, .i16, .u16: 2
        case .f32, .i32, .u32: 4
        case .i64, .f64, .u64, .c64: 8
        }
    }

    /// The same type, if its elements are floating-point numbers.
    package var floatingPoint: FloatingPointElementType? {
        switch self {
        case .f32: .f32
        case .f16: .f16
        case .bf16: .bf16
        default: nil
        }
    }

    /// The other names of the official format (safetensors 0.8).
    ///
    /// A file that uses one is well-formed, but no
    /// checkpoint that this engine runs needs it, so it is told apart from a misspelt type.
    static let unsupportedNames: Set<String> = [
        "F4", "F6_E2M3", "F6_E3M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ",
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
