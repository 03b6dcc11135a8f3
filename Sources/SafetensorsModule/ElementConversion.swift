// Conversions between stored elements and `Float`.
//
// The loops run over raw pointers, without bounds checks or branches, so that the compiler turns them into
// vector instructions at -O for baseline x86-64. Sources may be misaligned: the format only asks that tensors
// follow each other without gaps. All element types are little-endian, as every platform of Swift.

extension Float {
    /// The value of a bfloat16: the same bits in the upper half.
    @inline(__always)
    init(bfloat16Bits bits: UInt16) {
        self.init(bitPattern: UInt32(bits) << 16)
    }

    /// The value of an IEEE binary16.
    ///
    /// Done in binary32 arithmetic: `Float16` is not available on every platform, and on x86-64 without F16C
    /// each of its conversions is a call. Both results are computed and one is selected, which vectorises.
    @inline(__always)
    init(binary16Bits bits: UInt16) {
        let wide = UInt32(bits) << 16
        let magnitude = wide &<< 1
        // Exponent and fraction go to where binary32 has them. Adding 112 would correct the exponent's bias;
        // adding 224 also takes 31, infinity and NaN, to 255, and the product takes the excess back from
        // finite values only.
        let normal = Float(bitPattern: (magnitude >> 4) &+ 0xE0 << 23) * 0x1p-112
        // A subnormal is its fraction times 2^-24: put the fraction below the leading one of 0.5 and subtract.
        let subnormal = Float(bitPattern: (magnitude >> 17) | 126 << 23) - 0.5
        let selected = magnitude < 1 << 27 ? subnormal.bitPattern : normal.bitPattern
        self.init(bitPattern: selected | (wide & 0x8000_0000))
    }

    /// The nearest bfloat16, ties to even.
    ///
    /// NaN stays NaN; values beyond the range become infinite.
    @inline(__always)
    var bfloat16Bits: UInt16 {
        let bits = bitPattern
        // A NaN whose upper half has an empty fraction would round to infinity: make it quiet instead.
        guard !isNaN else { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
        let rounding = 0x7FFF &+ ((bits >> 16) & 1)
        return UInt16(truncatingIfNeeded: (bits &+ rounding) >> 16)
    }

    /// The nearest IEEE binary16, ties to even.
    ///
    /// NaN stays NaN; values beyond the range become infinite.
    @inline(__always)
    var binary16Bits: UInt16 {
        let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
        guard !isNaN else { return sign | 0x7E00 }
        // Values of 65520 and more overflow to infinity in the first product, the second undoes its scale.
        let scaled = (magnitude * 0x1p112) * 0x1p-110
        // Adding a power of two 13 binary orders above the value's own rounds the fraction to 10 bits; below the
        // smallest normal binary16 the power stays fixed, which gives the coarser steps of subnormals.
        let exponent = max((bitPattern &<< 1) & 0xFF00_0000, 0x7100_0000)
        let rounded = (Float(bitPattern: exponent >> 1 &+ 0x0780_0000) + scaled).bitPattern
        let magnitudeBits = ((rounded >> 13) & 0x7C00) &+ (rounded & 0x0FFF)
        return sign | UInt16(truncatingIfNeeded: magnitudeBits)
    }
}

/// Converts `count` stored floating-point elements.
///
/// - Parameters:
///   - source: The first element; any alignment.
///   - elementType: How the elements are stored.
///   - count: How many elements.
///   - destination: Room for `count` values, not overlapping the source.
package func convert(
    _ source: UnsafeRawPointer,
    as elementType: FloatingPointElementType,
    count: Int,
    to destination: UnsafeMutablePointer<Float>
) {
    switch elementType {
    case .f32:
        UnsafeMutableRawPointer(destination).copyMemory(from: source, byteCount: count * 4)
    case .bf16:
        for index in 0..<count {
            let bits = source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
            destination[index] = Float(bfloat16Bits: bits)
        }
    case .f16:
        for index in 0..<count {
            let bits = source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
            destination[index] = Float(binary16Bits: bits)
        }
    }
}
