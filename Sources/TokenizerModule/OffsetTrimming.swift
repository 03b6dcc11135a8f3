/// Leaves the spaces that a byte-level token begins or ends with out of its range.
struct OffsetTrimming: Sendable, Equatable {
    /// Whether the one space of a first token is one that the pre-tokenizer put there, which has no range to lose.
    var addsPrefixSpace = true

    /// The range without spaces.
    ///
    /// - Parameters:
    ///   - range: the token's range of the original text.
    ///   - leading: how many spaces the token begins with.
    ///   - trailing: how many it ends with; all of a token of spaces count in both.
    ///   - isFirst: whether it is the first token.
    /// - Returns: the range, empty when nothing is left.
    @inline(__always)
    func trimmed(
        _ range: Range<ScalarOffset>,
        leading: Int,
        trailing: Int,
        isFirst: Bool
    ) -> Range<ScalarOffset> {
        var (start, end) = (range.lowerBound, range.upperBound)
        let isAdded = addsPrefixSpace && leading == 1 && (isFirst || start == 0)
        if leading > 0, !isAdded { start = min(start + leading, end) }
        if trailing > 0, end >= trailing { end = max(end - trailing, start) }
        return start..<end
    }
}
