/// Reading and writing of UTF-8 without `String`, whose per-scalar views are too slow for the tokenizer.
enum UTF8Bytes {
    /// Whether the byte continues a scalar that an earlier byte began.
    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// How many bytes the scalar has that begins with `lead`, in valid UTF-8.
    @inline(__always)
    static func length(ofLead lead: UInt8) -> Int {
        lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    }

    /// The scalar that begins at `index` of **valid** UTF-8, and the number of its bytes.
    @inline(__always)
    static func decode<Bytes: RandomAccessCollection<UInt8>>(
        _ bytes: Bytes,
        at index: Int
    ) -> (scalar: UInt32, count: Int) where Bytes.Index == Int {
        let lead = UInt32(bytes[index])
        if lead < 0x80 { return (lead, 1) }
        let second = UInt32(bytes[index + 1] & 0x3F)
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, 2) }
        let third = UInt32(bytes[index + 2] & 0x3F)
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
        return ((lead & 0x07) << 18 | second << 12 | third << 6 | UInt32(bytes[index + 3] & 0x3F), 4)
    }

    /// The scalar that ends before `end` of valid UTF-8, and the index of its first byte.
    static func decodeLast<Bytes: RandomAccessCollection<UInt8>>(
        _ bytes: Bytes,
        before end: Int
    ) -> (scalar: UInt32, start: Int) where Bytes.Index == Int {
        var start = end - 1
        while isContinuation(bytes[start]) { start -= 1 }
        return (decode(bytes, at: start).scalar, start)
    }

    /// How many scalars begin in `range`.
    static func scalarCount<Bytes: RandomAccessCollection<UInt8>>(
        _ bytes: Bytes,
        in range: Range<Int>
    ) -> Int where Bytes.Index == Int {
        var count = 0
        for index in range where !isContinuation(bytes[index]) { count += 1 }
        return count
    }

    /// Calls `body` with each byte of the scalar's UTF-8 form.
    @inline(__always)
    static func encode(_ scalar: UInt32, _ body: (UInt8) -> Void) {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | (scalar >> shift & 0x3F)) }
        switch scalar {
        case ..<0x80:
            body(UInt8(truncatingIfNeeded: scalar))
        case ..<0x800:
            body(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            body(tail(0))
        case ..<0x10000:
            body(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            body(tail(6))
            body(tail(0))
        default:
            body(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            body(tail(12))
            body(tail(6))
            body(tail(0))
        }
    }
}
