/// Where the extended grapheme clusters of a text end.
enum GraphemeLengths {
    /// Calls `body` with the number of bytes of each cluster of valid UTF-8, in order.
    static func forEach(in bytes: [UInt8], _ body: (Int) -> Void) {
        guard isSimple(bytes) else {
            for character in String(decoding: bytes, as: UTF8.self) { body(character.utf8.count) }
            return
        }
        var index = 0
        while index < bytes.count {
            var count = UTF8Bytes.length(ofLead: bytes[index])
            let isLineEnd = bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
            if isLineEnd { count = 2 }
            body(count)
            index += count
        }
    }

    /// Whether all scalars are of kinds that never join (but for CR and LF), so that the slow rules are not needed.
    private static func isSimple(_ bytes: [UInt8]) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            let (scalar, count) = UTF8Bytes.decode(bytes, at: index)
            switch scalar {
            case ..<0x300, 0x370..<0x483, 0x2010..<0x2028, 0x4E00..<0xA000: index += count
            default: return false
            }
        }
        return true
    }
}
