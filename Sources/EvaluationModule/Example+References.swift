import DatasetModule

extension Example {
    /// The reference answers, normalised, without those of which nothing is left.
    var normalizedReferences: [NormalizedAnswer] {
        answers.map { NormalizedAnswer($0.text) }.filter { !$0.text.isEmpty }
    }

    /// Whether a text equals a reference answer after both are normalised; of "", whether there is no reference.
    public func accepts(_ prediction: String) -> Bool {
        let references = normalizedReferences
        guard !prediction.isEmpty else { return references.isEmpty }
        return references.contains(where: NormalizedAnswer(prediction).exactlyMatches)
    }

    /// F1 of a text, from 0 to 1: the best over the reference answers; where there is none, 1 for "" and else 0.
    public func f1(_ prediction: String) -> Double {
        let references = normalizedReferences
        guard !references.isEmpty else { return prediction.isEmpty ? 1 : 0 }
        return references.map(NormalizedAnswer(prediction).f1).max() ?? 0
    }
}
