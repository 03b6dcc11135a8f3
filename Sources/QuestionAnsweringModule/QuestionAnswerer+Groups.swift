extension QuestionAnswerer {
    /// Answers many questions about one document, each handed out soon after it is answered.
    ///
    /// - Parameters:
    ///   - questions: What is asked.
    ///   - document: Where the answers are looked for.
    ///   - settings: How it is to be answered.
    ///   - handle: Called for each question, in order, by its index.
    /// - Throws: What concerns all questions: settings that none can be answered with, and `cancelled`; what `handle`
    ///   throws.
    public func answer(
        _ questions: [String],
        document: ContextDocument,
        settings: Settings = Settings(),
        handle: (Int, Result<AnswerReport, QuestionAnsweringError>) throws -> Void
    ) throws {
        let requests = questions.map { Request(question: $0, document: document) }
        for range in groups(of: requests) {
            let results = try answers(Array(requests[range]), settings: settings)
            for (index, result) in zip(range, results) { try handle(index, result.map(\.report)) }
        }
    }

    /// How many tokens of documents, counted once for each question about them, are worked on together: enough for some
    /// full batches, and few enough that what the model says of them takes little memory.
    var groupTokens: Int { max(1 << 13, batchSize << 10) }

    /// Requests that are worked on together, in order.
    func groups(of requests: [Request]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var (start, tokens) = (0, 0)
        for (index, request) in requests.enumerated() {
            tokens += request.document.tokens.ids.count
            guard tokens >= groupTokens || index == requests.count - 1 else { continue }
            groups.append(start..<index + 1)
            (start, tokens) = (index + 1, 0)
        }
        return groups
    }
}
