/// Normalized text that knows which scalar of the original text each of its bytes came from.
struct NormalizedText {
    /// UTF-8.
    var bytes: [UInt8] = []
    /// The offset in the original text of the scalar behind each byte; ascending.
    var origins: [UInt32] = []
    /// The offset in the original text at which this piece of it begins.
    var firstScalar: UInt32 = 0

    @inline(__always)
    mutating func append(byte: UInt8, origin: UInt32) {
        bytes.append(byte)
        origins.append(origin)
    }

    @inline(__always)
    mutating func append(scalar: UInt32, origin: UInt32) {
        UTF8Bytes.encode(scalar) { append(byte: $0, origin: origin) }
    }

    /// Appends some bytes of another text as they are.
    @inline(__always)
    mutating func append(_ range: Range<Int>, of other: borrowing NormalizedText) {
        bytes.append(contentsOf: other.bytes[range])
        origins.append(contentsOf: other.origins[range])
    }

    /// Appends a piece of the original text as it is.
    mutating func append(original utf8: Slice<UnsafeBufferPointer<UInt8>>) {
        bytes.append(contentsOf: utf8)
        var origin = firstScalar &- 1
        for byte in utf8 {
            if !UTF8Bytes.isContinuation(byte) { origin &+= 1 }
            origins.append(origin)
        }
    }

    /// Becomes the empty text of the piece that begins at an offset.
    mutating func clear(firstScalar: UInt32) {
        bytes.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        self.firstScalar = firstScalar
    }

    /// The range of the original text that a non-empty range of bytes stands for.
    @inline(__always)
    func original(_ range: Range<Int>) -> Range<ScalarOffset> {
        Int(origins[range.lowerBound])..<Int(origins[range.upperBound - 1]) + 1
    }

    /// Appends what stands for a part of another text, counting as Hugging Face's `NormalizedString` counts.
    ///
    /// - Parameters:
    ///   - scalar: what is appended.
    ///   - change: 1: an addition, which gets the origin of the byte before; 0: it replaces the next scalar and
    ///     gets its origin; -n: it replaces the next scalar, and the n after it go.
    ///   - old: the other text.
    ///   - offset: the byte of `old` up to which it has been replaced.
    mutating func append(
        _ scalar: UInt32,
        change: Int,
        replacing old: borrowing NormalizedText,
        at offset: inout Int
    ) {
        if change > 0 {
            append(scalar: scalar, origin: old.origins[max(0, offset - 1)])
            return
        }
        append(scalar: scalar, origin: old.origins[min(offset, old.origins.count - 1)])
        for _ in 0...(-change) where offset < old.bytes.count {
            offset += 1
            while offset < old.bytes.count, UTF8Bytes.isContinuation(old.bytes[offset]) { offset += 1 }
        }
    }
}
