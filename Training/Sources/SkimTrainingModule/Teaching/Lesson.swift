import EncoderModule
import Foundation

/// What a teacher says of one window of its student.
struct Lesson: Equatable {
    /// The start logits of the window's tokens; nil where nothing is known.
    var start: [Float?]
    /// The end logits of the window's tokens; nil where nothing is known.
    var end: [Float?]
    /// By how much each passage block's logit of relevance is above that of irrelevance, for each of the teacher's layers with
    /// a classifier, counted from 1; empty where its blocks are others.
    var blocks: [Int: [Float]]

    /// Whether anything is known of where the answer is.
    var saysSpans: Bool { start.contains { $0 != nil } }

    /// The same without the classifier token, "no answer here"; of spans nothing where most of the teacher's starts or ends say
    /// that.
    var spansOnly: Lesson {
        var lesson = self
        let classifier = ContextWindow.classifierPosition
        let isRefused = [start, end].contains { logits in
            guard let refusal = logits[classifier] else { return false }
            return logits.reduce(0) { $0 + exp(Double($1 ?? -.infinity) - Double(refusal)) } < 2
        }
        if isRefused {
            (lesson.start, lesson.end) = (start.map { _ in nil }, end.map { _ in nil })
        } else {
            (lesson.start[classifier], lesson.end[classifier]) = (nil, nil)
        }
        return lesson
    }
}
