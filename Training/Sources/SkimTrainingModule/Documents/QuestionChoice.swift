import DatasetModule

/// The questions that documents are made for: a function of the data and the seed.
struct QuestionChoice {
    /// A question that was chosen.
    struct Question {
        /// The number of the paragraph that it is about.
        var paragraph: Int
        var example: Example
        /// Whether it is also asked of a document without that paragraph.
        var isAlsoUnanswerable: Bool
        /// Whether it is also asked in a form that its document does not answer.
        var isAlsoChanged = false
    }

    private var questions: [Int: [Question]] = [:]
    /// How many questions were chosen.
    private(set) var count = 0
    /// Whether the data or the choice make any of them unanswerable.
    private(set) var hasUnanswerable = false

    /// Chooses at random.
    ///
    /// - Parameters:
    ///   - source: what holds the questions.
    ///   - most: the maximum number; nil for all.
    ///   - unanswerable: the share of the chosen questions with an answer that are also asked without it.
    ///   - changed: the share of those that are also asked in a changed form.
    ///   - seed: the seed.
    init(_ source: DocumentSource, most: Int?, unanswerable: Double, changed: Double, seed: UInt64) {
        var generator = SeededGenerator(seed: seed, name: "questions of documents")
        let sample = QuestionSample(
            of: source.questionCount,
            cap: most ?? source.questionCount,
            weight: 1,
            using: &generator
        )
        var chosen: [Question] = []
        var number = 0
        for (paragraph, content) in source.paragraphs.enumerated() {
            for example in content.examples {
                defer { number += 1 }
                guard sample.times(ofQuestion: number) > 0 else { continue }
                chosen.append(Question(paragraph: paragraph, example: example, isAlsoUnanswerable: false))
            }
        }
        let answered = chosen.indices.filter { !chosen[$0].example.isImpossible }
        generator = SeededGenerator(seed: seed, name: "unanswerable documents")
        let wanted = Int((Double(answered.count) * unanswerable).rounded())
        for place in answered.shuffled(using: &generator).prefix(wanted) {
            chosen[place].isAlsoUnanswerable = true
        }
        generator = SeededGenerator(seed: seed, name: "changed questions")
        let wantedChanged = Int((Double(answered.count) * changed).rounded())
        for place in answered.shuffled(using: &generator).prefix(wantedChanged) {
            chosen[place].isAlsoChanged = true
        }
        count = chosen.count
        hasUnanswerable = answered.count < chosen.count || wanted > 0 || wantedChanged > 0
        questions = Dictionary(grouping: chosen, by: \.paragraph)
    }

    /// The chosen questions about some paragraphs, in the order of the data.
    func questions(about paragraphs: Range<Int>) -> [Question] { paragraphs.flatMap { questions[$0] ?? [] } }
}
