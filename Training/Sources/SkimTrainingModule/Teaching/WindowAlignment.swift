import EncoderModule
import Foundation

/// Carries a teacher's logits over to a window that was tokenised or cut otherwise, by places in the text.
///
/// A token takes the start logit of the teacher's token that begins where it begins, and the end logit of the one that ends
/// where it ends. The classifier token, "no answer here", takes the teacher's only when both windows hold the same part of the
/// text. All other tokens are unlabelled.
struct WindowAlignment {
    /// The share of the teacher's probability that must fall on tokens with a counterpart, of starts and of ends alike;
    /// below it the window is unlabelled, since the teacher's answer cannot be said in its tokens.
    static let leastShare = 0.5

    /// A window: where its context's tokens stand in the text, and its number of tokens before them and in all.
    struct Side {
        var places: ArraySlice<Range<Int>>
        var prefixLength: Int
        var tokenCount: Int

        /// The part of the text that it holds; nil for none.
        var span: Range<Int>? {
            guard let first = places.first, let last = places.last else { return nil }
            return first.lowerBound..<max(first.lowerBound, last.upperBound)
        }
    }

    /// The lesson of a student's window.
    ///
    /// - Parameters:
    ///   - student: the window that is taught.
    ///   - teacher: one of the same question.
    ///   - start: the teacher's start logits of its tokens.
    ///   - end: its end logits.
    /// - Returns: logits without blocks; nil below ``leastShare``.
    static func lesson(
        student: Side,
        teacher: Side,
        start: ArraySlice<Float>,
        end: ArraySlice<Float>
    ) -> Lesson? {
        let sharesClassifier = student.span == teacher.span
        guard
            let starts = logits(
                start,
                student,
                teacher,
                sharesClassifier,
                { $0.lowerBound },
                among: { first, _ in first }
            ),
            // Of several tokens that end alike, such as bytes of one letter, the last is meant.
            let ends = logits(
                end,
                student,
                teacher,
                sharesClassifier,
                { $0.upperBound },
                among: { _, last in last }
            )
        else { return nil }
        return Lesson(start: starts, end: ends, blocks: [:])
    }

    private static func logits(
        _ logits: ArraySlice<Float>,
        _ student: Side,
        _ teacher: Side,
        _ sharesClassifier: Bool,
        _ edge: (Range<Int>) -> Int,
        among choose: (Int, Int) -> Int
    ) -> [Float?]? {
        func positions(_ side: Side) -> [Int: Int] {
            Dictionary(
                side.places.enumerated().map { (edge($1), side.prefixLength + $0) },
                uniquingKeysWith: choose
            )
        }
        var found = [Float?](repeating: nil, count: student.tokenCount)
        var matched: [Int] = []
        func match(_ position: Int, _ counterpart: Int) {
            found[position] = logits[logits.startIndex + counterpart]
            matched.append(counterpart)
        }
        let classifier = ContextWindow.classifierPosition
        if sharesClassifier { match(classifier, classifier) }
        let theirs = positions(teacher)
        for (place, position) in positions(student) {
            if let counterpart = theirs[place] { match(position, counterpart) }
        }
        let largest = Double(logits.max() ?? 0)
        func weight(_ logit: Float) -> Double { exp(Double(logit) - largest) }
        let share =
            matched.reduce(0) { $0 + weight(logits[logits.startIndex + $1]) }
            / logits.reduce(0) { $0 + weight($1) }
        return share >= leastShare ? found : nil
    }
}
