/// The made-up window of `Scripts/golden/fixed_weights.py`: `[CLS] question [SEP] passage [SEP]`.
package struct GoldenWindow: Sendable {
    /// The token ids.
    package let ids: [Int32]
    /// The token types: 0 in the prefix, 1 after it.
    package private(set) var tokenTypes: [Int32]
    /// The tokens of the prefix.
    package let prefixLength: Int

    /// A window of a number of tokens; the prefix has at least one, the window one more.
    package init(tokens: Int, prefixLength: Int) {
        var ids = FormulaWeights.units("window.\(tokens).\(prefixLength)", count: tokens).map { unit in
            let scaled = (unit + 0.5) * 97
            return min(max(Int32(3 + scaled), 3), 99)
        }
        ids[0] = 1
        ids[prefixLength - 1] = 2
        ids[tokens - 1] = 2
        self.ids = ids
        self.prefixLength = prefixLength
        tokenTypes = (0..<tokens).map { $0 >= prefixLength ? 1 : 0 }
    }

    /// The window as a family has it: all types are 0 where it has only one, or none.
    package func typed(for family: FormulaFamily) -> GoldenWindow {
        guard let count = family.tokenTypes, count < 2 else { return self }
        var window = self
        window.tokenTypes = ids.map { _ in 0 }
        return window
    }
}
