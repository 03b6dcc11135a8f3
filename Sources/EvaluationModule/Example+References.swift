import DatasetModule

extension Example {
    /// Whether a text equals a reference answer after both are normalised; of "", whether there is no reference.
    public func accepts(_ prediction: String) -> Bool {
        let references = answers.map { NormalizedAnswer($0.text) }.filter { !$0.text.isEmpty }
        guard !prediction.isEmpty else { return references.isEmpty }
        return references.contains(where: NormalizedAnswer(prediction).exactlyMatches)
    }
}
