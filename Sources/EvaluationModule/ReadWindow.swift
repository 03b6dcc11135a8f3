import QuestionAnsweringModule

/// A window of a document that was read best-first.
public struct ReadWindow: Sendable {
    /// BM25 of the question.
    public let promise: Double
    /// The text of its best span; "" when it has none.
    public let text: String
    /// Start logit + end logit of that span; nil when it has none.
    public let score: Float?
    /// ``WindowResult/layerTokens``.
    public let layerTokens: Int
}

extension AnsweredExample {
    /// The windows of a document that was read best-first.
    ///
    /// - Returns: The windows in the order in which they were read, and the promise of the one that would have been next; nil
    ///   for a document that was not read best-first.
    public func readWindows() -> (windows: [ReadWindow], next: Double?)? {
        guard !answered.promises.isEmpty else { return nil }
        let results = Dictionary(uniqueKeysWithValues: zip(answered.windowIndices, answered.windows))
        var windows: [ReadWindow] = []
        for index in answered.readingOrder {
            guard let result = results[index] else { return (windows, answered.promises[index]) }
            let span = answered.decoded.bestOfWindows[index]
            windows.append(
                ReadWindow(
                    promise: answered.promises[index],
                    text: span.map { document[$0.offsets] } ?? "",
                    score: span.map { $0.startLogit + $0.endLogit },
                    layerTokens: result.layerTokens
                )
            )
        }
        return (windows, nil)
    }
}
