extension UnsafeBufferPointer<UInt8> {
    /// The offset of the first byte at which the bytes stop being UTF-8; nil when they are UTF-8 to the end.
    package var firstInvalidUTF8Offset: Int? {
        let raw = UnsafeRawBufferPointer(self)
        var index = 0
        while index < count {
            // Nearly all text is ASCII: eight bytes a step.
            while index + 8 <= count,
                raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
            }
            guard index < count else { return nil }
            guard let length = scalarLength(at: index) else { return index }
            index += length
        }
        return nil
    }

    /// How many bytes the scalar at `index` has; nil when the bytes there are none.
    private func scalarLength(at index: Int) -> Int? {
        // Table 3-7 of the Unicode standard: the second byte's range excludes overlong forms and surrogates.
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch self[index] {
        case 0..<0x80: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        guard index + length <= count, second.contains(self[index + 1]) else { return nil }
        for next in index + 2..<Swift.max(index + 2, index + length) where self[next] & 0xC0 != 0x80 {
            return nil
        }
        return length
    }
}

extension [UInt8] {
    /// The offset of the first byte at which the bytes stop being UTF-8; nil when they are UTF-8 to the end.
    package var firstInvalidUTF8Offset: Int? { withUnsafeBufferPointer(\.firstInvalidUTF8Offset) }
}
