/// What the BERT tokenizer asks of a scalar; the bits as the generated table has them.
struct ScalarFlags: OptionSet {
    let rawValue: UInt8

    /// Cleaning the text drops it: control, format, unassigned and private-use scalars, NUL, U+FFFD.
    static let removed = ScalarFlags(rawValue: 1 << 0)
    /// White space: a space after cleaning, and what words are split at.
    static let whitespace = ScalarFlags(rawValue: 1 << 1)
    /// A Chinese character, which gets a space on either side.
    static let ideograph = ScalarFlags(rawValue: 1 << 2)
    /// A nonspacing mark, dropped where accents are stripped.
    static let nonspacingMark = ScalarFlags(rawValue: 1 << 3)
    /// Punctuation, a word of its own.
    static let punctuation = ScalarFlags(rawValue: 1 << 4)
    /// Lower-casing changes it.
    static let lowercases = ScalarFlags(rawValue: 1 << 5)
    /// It has a canonical decomposition in the table (Hangul syllables are decomposed by rule).
    static let decomposes = ScalarFlags(rawValue: 1 << 6)
    /// Its canonical combining class is not 0.
    static let combines = ScalarFlags(rawValue: 1 << 7)
}

/// Looks scalars up in ``UnicodeTables``.
struct ScalarProperties: Sendable {
    /// The tables are the same for every tokenizer, and filled once.
    static let shared = ScalarProperties()

    /// Flags of the first 65,536 scalars, so that all but rare scripts cost one load.
    ///
    /// Surrogates read as 0.
    private let basicPlane: [UInt8]

    private init() {
        var flags = [UInt8](repeating: 0, count: 0x10000)
        for (index, start) in UnicodeTables.flagStarts.enumerated() where start < 0x10000 {
            let isLast = index + 1 == UnicodeTables.flagStarts.count
            let end = isLast ? 0x10000 : min(0x10000, Int(UnicodeTables.flagStarts[index + 1]))
            let value = UnicodeTables.flags[index]
            if value != 0 {
                for scalar in Int(start)..<end { flags[scalar] = value }
            }
        }
        basicPlane = flags
    }

    func flags(_ scalar: UInt32) -> ScalarFlags {
        if scalar < 0x10000 { return ScalarFlags(rawValue: basicPlane[Int(scalar)]) }
        let index = Self.lastIndex(in: UnicodeTables.flagStarts, atMost: scalar)
        return ScalarFlags(rawValue: index < 0 ? 0 : UnicodeTables.flags[index])
    }

    /// The canonical combining class, 0 for a scalar that does not combine.
    func combiningClass(_ scalar: UInt32) -> UInt8 {
        let index = Self.lastIndex(in: UnicodeTables.classStarts, atMost: scalar)
        return index < 0 ? 0 : UnicodeTables.classes[index]
    }

    /// Whether the scalar is part of a word where an added token asks to stand alone.
    func isWordScalar(_ scalar: UInt32) -> Bool {
        // Even indices open a range of word scalars, odd ones close it.
        Self.lastIndex(in: UnicodeTables.wordBoundaries, atMost: scalar) & 1 == 0
    }

    /// The lower-case form of a scalar that has the flag `lowercases`; U+0130 is the only one that gives two.
    func lowercased(_ scalar: UInt32) -> (first: UInt32, second: UInt32?) {
        if scalar == 0x130 { return (0x69, 0x307) }
        let index = Self.lastIndex(in: UnicodeTables.lowercaseFirst, atMost: scalar)
        guard index >= 0, scalar <= UnicodeTables.lowercaseLast[index] else { return (scalar, nil) }
        return (UInt32(truncatingIfNeeded: Int(scalar) + Int(UnicodeTables.lowercaseDelta[index])), nil)
    }

    /// The full canonical decomposition of a scalar that has the flag `decomposes`.
    func decomposition(_ scalar: UInt32) -> ArraySlice<UInt32> {
        let index = Self.lastIndex(in: UnicodeTables.decomposing, atMost: scalar)
        precondition(
            index >= 0 && UnicodeTables.decomposing[index] == scalar,
            "no decomposition in the table"
        )
        let start = Int(UnicodeTables.decompositionStarts[index])
        let end = Int(UnicodeTables.decompositionStarts[index + 1])
        return UnicodeTables.decompositions[start..<end]
    }

    /// The index of the last element that is at most `value` in an ascending table, -1 when there is none.
    static func lastIndex(in table: [UInt32], atMost value: UInt32) -> Int {
        var low = 0
        var high = table.count
        while low < high {
            let middle = (low + high) / 2
            if table[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}
