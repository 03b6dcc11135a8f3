/// Puts a text in the place of each match of a pattern, from left to right.
struct TextReplacement: Sendable, Equatable {
    /// What is looked for: the two kinds that the supported families' files have.
    enum Pattern: Sendable, Equatable {
        /// UTF-8, not empty.
        case literal([UInt8])
        /// The regular expression ` {2,}`.
        case spaces
    }

    var pattern: Pattern
    /// UTF-8.
    var content: [UInt8]

    func apply(_ text: inout NormalizedText, _ scratch: inout NormalizedText) {
        var (index, copied) = (0, 0)
        while let match = nextMatch(in: text.bytes, from: index) {
            scratch.append(copied..<match.lowerBound, of: text)
            // As in Hugging Face's: an addition behind what goes, so it gets the last byte's origin.
            let origin = text.origins[match.upperBound - 1]
            for byte in content { scratch.append(byte: byte, origin: origin) }
            index = match.upperBound
            copied = index
        }
        guard copied > 0 else { return }
        scratch.append(copied..<text.bytes.count, of: text)
        swap(&text, &scratch)
    }

    private func nextMatch(in bytes: [UInt8], from start: Int) -> Range<Int>? {
        var index = start
        switch pattern {
        case .literal(let literal):
            while index + literal.count <= bytes.count {
                if bytes[index] == literal[0], bytes[index...].starts(with: literal) {
                    return index..<index + literal.count
                }
                index += 1
            }
        case .spaces:
            while index + 2 <= bytes.count {
                if bytes[index] == 0x20, bytes[index + 1] == 0x20 {
                    let end = bytes[index...].firstIndex { $0 != 0x20 } ?? bytes.count
                    return index..<end
                }
                index += 1
            }
        }
        return nil
    }
}
