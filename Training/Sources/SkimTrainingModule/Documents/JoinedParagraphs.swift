import DatasetModule

/// A text of several paragraphs with blank lines between them, into which questions on single ones move.
struct JoinedParagraphs {
    private static let separator = "\n\n"

    /// The text.
    let text: String
    private let scalars: [Unicode.Scalar]
    /// Where each paragraph starts, in scalars.
    private let starts: [Int]

    init(_ paragraphs: [String]) {
        text = paragraphs.joined(separator: Self.separator)
        scalars = Array(text.unicodeScalars)
        var starts: [Int] = []
        var start = 0
        for paragraph in paragraphs {
            starts.append(start)
            start += paragraph.unicodeScalars.count + Self.separator.unicodeScalars.count
        }
        self.starts = starts
    }

    /// A question on one paragraph as one on the whole text.
    ///
    /// - Parameters:
    ///   - example: the question, with the places of answers in its paragraph.
    ///   - place: which paragraph of this text that is.
    /// - Returns: the question with an answer for each place.
    /// - Throws: `answerNotInDocument` when the text has something else at a place.
    func moved(_ example: Example, toParagraph place: Int) throws(TrainingError) -> Example {
        let paragraph = Array(example.context.unicodeScalars)
        var moved = example
        moved.context = text
        moved.answers = []
        moved.answerRanges = []
        for range in example.answerRanges {
            let target = range.lowerBound + starts[place]..<range.upperBound + starts[place]
            guard target.upperBound <= scalars.count, scalars[target].elementsEqual(paragraph[range]) else {
                throw .answerNotInDocument(id: example.id)
            }
            let answer = String(String.UnicodeScalarView(paragraph[range]))
            moved.answers.append(Answer(text: answer, start: target.lowerBound))
            moved.answerRanges.append(target)
        }
        return moved
    }
}
