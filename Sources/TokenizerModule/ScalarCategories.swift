/// What a scalar is to GPT-2's pattern and to Unicode's normal forms; the bits as the generated table has them.
struct ScalarCategories: OptionSet {
    let rawValue: UInt8

    /// `\p{L}`.
    static let letter = ScalarCategories(rawValue: 1 << 0)
    /// `\p{N}`.
    static let number = ScalarCategories(rawValue: 1 << 1)
    /// `\s`.
    static let space = ScalarCategories(rawValue: 1 << 2)
    /// `\p{M}`, what StripAccents drops.
    static let mark = ScalarCategories(rawValue: 1 << 3)
    /// It has a compatibility decomposition, which is not its canonical one.
    static let compatible = ScalarCategories(rawValue: 1 << 4)
}

/// The categories of all scalars.
struct ScalarCategoryTable: Sendable {
    static let shared = ScalarCategoryTable()

    /// Of the first 65,536 scalars, so that all but rare scripts cost one load.
    private let basicPlane: [UInt8]

    private init() {
        var values = [UInt8](repeating: 0, count: 0x10000)
        let starts = UnicodeTables.categoryStarts
        for (index, start) in starts.enumerated() where start < 0x10000 {
            let end = index + 1 == starts.count ? 0x10000 : min(0x10000, Int(starts[index + 1]))
            for scalar in Int(start)..<end { values[scalar] = UnicodeTables.categories[index] }
        }
        basicPlane = values
    }

    subscript(scalar: UInt32) -> ScalarCategories {
        if scalar < 0x10000 { return ScalarCategories(rawValue: basicPlane[Int(scalar)]) }
        let index = ScalarProperties.lastIndex(in: UnicodeTables.categoryStarts, atMost: scalar)
        return ScalarCategories(rawValue: index < 0 ? 0 : UnicodeTables.categories[index])
    }

    /// The full compatibility decomposition of a scalar that has the category `compatible`.
    func decomposition(_ scalar: UInt32) -> ArraySlice<UInt32> {
        let index = ScalarProperties.lastIndex(in: UnicodeTables.compatible, atMost: scalar)
        precondition(index >= 0 && UnicodeTables.compatible[index] == scalar, "no decomposition in the table")
        let start = Int(UnicodeTables.compatibilityStarts[index])
        return UnicodeTables.compatibilities[start..<Int(UnicodeTables.compatibilityStarts[index + 1])]
    }

    /// What two scalars compose to canonically, nil when they do not.
    func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if let syllable = HangulSyllable.compose(first, second) { return syllable }
        var index = ScalarProperties.lastIndex(in: UnicodeTables.composingFirst, atMost: first)
        while index >= 0, UnicodeTables.composingFirst[index] == first {
            if UnicodeTables.composingSecond[index] == second { return UnicodeTables.composed[index] }
            index -= 1
        }
        return nil
    }
}
