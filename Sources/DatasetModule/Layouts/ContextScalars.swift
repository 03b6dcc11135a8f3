/// A context addressed by Unicode scalars, as `answer_start` and `char_spans` count.
struct ContextScalars {
    private let context: String
    /// UTF-8 offset of every scalar and of the end; nil when all are ASCII and the offsets are the same.
    private let utf8Offsets: [Int]?
    /// How many scalars there are.
    let count: Int

    init(_ context: String) {
        self.context = context
        if context.utf8.allSatisfy({ $0 < 0x80 }) {
            utf8Offsets = nil
            count = context.utf8.count
        } else {
            var offsets: [Int] = []
            offsets.reserveCapacity(context.utf8.count + 1)
            // Every byte that does not continue a scalar starts one.
            for (offset, byte) in context.utf8.enumerated() where byte & 0xC0 != 0x80 {
                offsets.append(offset)
            }
            count = offsets.count
            offsets.append(context.utf8.count)
            utf8Offsets = offsets
        }
    }

    /// The text of a range, or a problem when it is not inside the context.
    func slice(start: Int, end: Int) throws(DatasetIssue.Problem) -> Substring {
        guard start >= 0, end >= start, end <= count else {
            throw .answerOutsideContext(start: start, end: end, contextScalars: count)
        }
        let utf8 = context.utf8
        let lower = utf8.index(utf8.startIndex, offsetBy: utf8Offsets?[start] ?? start)
        let upper = utf8.index(utf8.startIndex, offsetBy: utf8Offsets?[end] ?? end)
        return context[lower..<upper]
    }
}
