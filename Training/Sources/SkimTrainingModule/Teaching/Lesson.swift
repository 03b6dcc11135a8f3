/// What a teacher says of one window of its student.
struct Lesson: Equatable {
    /// The start logits of the window's tokens; nil where nothing is known.
    var start: [Float?]
    /// The end logits of the window's tokens; nil where nothing is known.
    var end: [Float?]
    /// By how much each passage block's logit of relevance is above that of irrelevance, for each of the teacher's layers with
    /// a classifier, counted from 1; empty where its blocks are others.
    var blocks: [Int: [Float]]
}
