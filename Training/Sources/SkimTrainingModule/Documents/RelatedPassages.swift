import DatasetModule

/// Makes documents of a question's own paragraph and others that fit the question, but hold no answer to it.
struct RelatedPassages {
    private let source: DocumentSource
    private let passages: Int
    private let order: DocumentMaking.Order
    private let seed: UInt64
    private var draw: PassageDraw
    private var identifiers: Set<String>
    /// For how many questions there was no passage to make an unanswerable document of.
    private(set) var missing = 0
    /// How many questions could not be changed.
    private(set) var unchangeable = 0

    /// How often a passage was refused since it holds an answer.
    var refused: Int { draw.refused }

    /// - Parameters:
    ///   - source: what holds the paragraphs.
    ///   - passages: how many of them make a document; fewer where a file has no more.
    ///   - order: how they are ordered.
    ///   - seed: what an order at random depends on, beside the question.
    init(_ source: DocumentSource, passages: Int, order: DocumentMaking.Order, seed: UInt64) {
        self.source = source
        self.passages = passages
        self.order = order
        self.seed = seed
        draw = PassageDraw(source)
        identifiers = source.identifiers
    }

    /// The document of a question, the same with the question changed, and the one without its paragraph, if those are wanted.
    ///
    /// - Throws: `answerNotInDocument`.
    mutating func documents(
        for question: QuestionChoice.Question
    ) throws(TrainingError) -> [(passage: Passage, paragraphs: Int)] {
        let own = question.paragraph
        let wanted = passages - (question.isAlsoUnanswerable ? 0 : 1)
        let drawn = draw.passages(wanted, for: question.example, about: own)
        var numbers = [own] + drawn.prefix(passages - 1)
        switch order {
        case .shuffled:
            var generator = SeededGenerator(seed: seed, name: "passages of \(question.example.id)")
            numbers.shuffle(using: &generator)
        case .text: numbers.sort()
        }
        let place = numbers.firstIndex(of: own) ?? 0
        let joined = joined(numbers)
        var documents = [passage(of: try joined.moved(question.example, toParagraph: place), numbers)]
        if question.isAlsoChanged {
            if let changed = changed(question.example, joined.text) {
                documents.append(passage(of: changed, numbers))
            } else {
                unchangeable += 1
            }
        }
        guard question.isAlsoUnanswerable else { return documents }

        // The next passage takes the place of the one with the answer, if there is one.
        numbers.replaceSubrange(place...place, with: drawn.dropFirst(passages - 1))
        if order == .text { numbers.sort() }
        if let unanswerable = unanswerable(question.example, numbers) {
            documents.append(passage(of: unanswerable, numbers))
        } else {
            missing += 1
        }
        return documents
    }

    /// The question asked of passages without an answer; nil if there are none, or if an answer goes from one into the next.
    private mutating func unanswerable(_ example: Example, _ numbers: [Int]) -> Example? {
        let text = joined(numbers).text
        guard !numbers.isEmpty, !AnswerSearch.holds(AnswerSearch.Texts(example), text: text) else {
            return nil
        }
        return impossible(example, suffix: "unanswerable", question: example.question, context: text)
    }

    /// The question changed so that its own paragraph does not answer it; nil if nothing in it can be.
    private mutating func changed(_ example: Example, _ text: String) -> Example? {
        var generator = SeededGenerator(seed: seed, name: "change of \(example.id)")
        guard let changed = ChangedQuestion(example, using: &generator) else { return nil }
        return impossible(example, suffix: "changed", question: changed.text, context: text)
    }

    private mutating func impossible(
        _ example: Example,
        suffix: String,
        question: String,
        context: String
    ) -> Example {
        var id = example.id + "-" + suffix
        while !identifiers.insert(id).inserted { id += "-" }
        return Example(
            id: id,
            question: question,
            context: context,
            answers: [],
            title: example.title,
            isImpossible: true
        )
    }

    private func joined(_ numbers: [Int]) -> JoinedParagraphs {
        JoinedParagraphs(numbers.map { source.paragraphs[$0].text })
    }

    private func passage(of example: Example, _ numbers: [Int]) -> (passage: Passage, paragraphs: Int) {
        (Passage(title: example.title, context: example.context, examples: [example]), numbers.count)
    }
}
