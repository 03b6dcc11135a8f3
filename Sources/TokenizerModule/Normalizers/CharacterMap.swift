/// SentencePiece's precompiled normalization rules: a double array of byte strings, and what stands for each.
///
/// Layout: bytes of the array (UInt32, little-endian) · the array's units · the replacements, each ended by NUL.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    /// UTF-8, each replacement ended by a NUL or by the end.
    private let replacements: [UInt8]
    /// Whether a text of this one ASCII byte is replaced.
    private let replacesASCII: [Bool]

    /// - Parameters:
    ///   - bytes: the rules as the file has them.
    ///   - file: for the errors.
    ///   - field: for the errors.
    /// - Throws: `invalidValue`.
    init(_ bytes: [UInt8], file: String, field: String) throws(TokenizerError) {
        func wrong(_ problem: String) -> TokenizerError {
            .invalidValue(file: file, field: field, problem: problem)
        }
        func word(_ index: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) }
        }
        guard bytes.count >= 4 else { throw wrong("is shorter than its header") }
        let arrayBytes = Int(word(0))
        guard arrayBytes % 4 == 0, arrayBytes <= bytes.count - 4 else {
            throw wrong("says that its array has \(arrayBytes) bytes")
        }
        let units = (0..<arrayBytes / 4).map { word(4 + 4 * $0) }
        let replacements = Array(bytes[(4 + arrayBytes)...])
        guard replacements.firstInvalidUTF8Offset == nil else {
            throw wrong("has replacements that are not UTF-8")
        }
        for (index, unit) in units.enumerated() {
            if unit >> 31 == 1 {
                let start = Int(unit & 0x7FFF_FFFF)
                guard start <= replacements.count,
                    start == replacements.count || !UTF8Bytes.isContinuation(replacements[start])
                else {
                    throw wrong("has a replacement at \(start), outside of its \(replacements.count) bytes")
                }
            } else if (index ^ Self.offset(unit)) | 0xFF >= units.count {
                // All children of a unit lie in one block of 256: with this no search can leave the array.
                throw wrong("has unit \(index), whose children lie outside of its \(units.count) units")
            }
        }
        self.units = units
        self.replacements = replacements
        var replacesASCII = [Bool](repeating: false, count: 128)
        for byte in replacesASCII.indices {
            replacesASCII[byte] = Self.replacement(of: [UInt8(byte)][...], units) != nil
        }
        self.replacesASCII = replacesASCII
    }

    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & (1 << 9)) >> 6)) }

    /// Where the replacement of the **shortest** entry that begins `key` begins, nil when there is none.
    private static func replacement(of key: ArraySlice<UInt8>, _ units: [UInt32]) -> Int? {
        guard let root = units.first else { return nil }
        var node = offset(root)
        for byte in key {
            if byte == 0 { return nil }
            node ^= Int(byte)
            let unit = units[node]
            guard unit & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
            node ^= offset(unit)
            if unit >> 8 & 1 == 1, units[node] >> 31 == 1 { return Int(units[node] & 0x7FFF_FFFF) }
        }
        return nil
    }

    /// Replaces graphemes of less than six bytes as a whole, and elsewhere scalars.
    ///
    /// As Hugging Face does it: an entry is found as soon as it begins the grapheme, whose rest then goes; and what
    /// is replaced by less goes with the scalar before, which at the front there is none of.
    func apply(_ text: inout NormalizedText, _ scratch: inout NormalizedText) {
        guard text.bytes.contains(where: { $0 >= 0x80 || replacesASCII[Int($0)] }) else { return }
        var (index, isChanged) = (0, false)
        var output = PendingScalars()
        GraphemeLengths.forEach(in: text.bytes) { length in
            let grapheme = index..<index + length
            index += length
            if length == 1, !replacesASCII[Int(text.bytes[grapheme.lowerBound])] {
                output.put(UInt32(text.bytes[grapheme.lowerBound]), change: 0, text, &scratch)
            } else if length < 6, let start = Self.replacement(of: text.bytes[grapheme], units) {
                replace(grapheme, from: start, text, &output, &scratch)
                isChanged = true
            } else {
                var part = grapheme.lowerBound
                while part < grapheme.upperBound {
                    let (scalar, count) = UTF8Bytes.decode(text.bytes, at: part)
                    if let start = Self.replacement(of: text.bytes[part..<part + count], units) {
                        replace(part..<part + count, from: start, text, &output, &scratch)
                        isChanged = true
                    } else {
                        output.put(scalar, change: 0, text, &scratch)
                    }
                    part += count
                }
            }
        }
        guard isChanged else { return }
        output.flush(text, &scratch)
        swap(&text, &scratch)
    }

    private func replace(
        _ range: Range<Int>,
        from start: Int,
        _ text: borrowing NormalizedText,
        _ output: inout PendingScalars,
        _ scratch: inout NormalizedText
    ) {
        let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
        let newCount = UTF8Bytes.scalarCount(replacements, in: start..<end)
        let difference = newCount - UTF8Bytes.scalarCount(text.bytes, in: range)
        var (index, place) = (start, 0)
        while index < end {
            let (scalar, count) = UTF8Bytes.decode(replacements, at: index)
            output.put(scalar, change: place < newCount - difference ? 0 : 1, text, &scratch)
            index += count
            place += 1
        }
        if difference < 0 { output.changeLast(by: difference) }
    }
}

/// Scalars on their way out, the last of which may still take following ones along.
private struct PendingScalars {
    private var last: (scalar: UInt32, change: Int)?
    private var offset = 0

    @inline(__always)
    mutating func put(
        _ scalar: UInt32,
        change: Int,
        _ text: borrowing NormalizedText,
        _ output: inout NormalizedText
    ) {
        flush(text, &output)
        last = (scalar, change)
    }

    mutating func changeLast(by change: Int) {
        last?.change += change
    }

    @inline(__always)
    mutating func flush(_ text: borrowing NormalizedText, _ output: inout NormalizedText) {
        guard let last else { return }
        output.append(last.scalar, change: last.change, replacing: text, at: &offset)
    }
}
