import DatasetModule
import EvaluationModule

/// A file of questions to measure on, read.
struct DevelopmentSet {
    let file: String
    /// Whose program the scores are to equal, as the data asks.
    let rules: ScoringRules
    let items: [DatasetAnswering.Item]

    /// Reads a file without a model, so that what is wrong with it is known before any work.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - limit: how many of its questions count; nil for all.
    /// - Throws: `dataset`; `unreadable` when it cannot be read twice, has no question, or none has a reference answer where all should.
    static func check(_ file: String, limit: Int?) throws(TrainingError) {
        try DataFile.check(file)
        let (questions, answered, rules) = try TrainingError.wrapping {
            let reader = try DatasetReader(path: file)
            var (questions, answered) = (0, 0)
            while questions < limit ?? .max, let item = try reader.next() {
                guard case .passage(let passage) = item else { continue }
                let asked = passage.examples.prefix((limit ?? .max) - questions)
                questions += asked.count
                answered += asked.count { !$0.answers.isEmpty }
            }
            return (questions, answered, ScoringRules(of: reader))
        }
        guard questions > 0 else { throw .unreadable(path: file, reason: "it has no usable question") }
        guard answered > 0 || rules == .squad2 else {
            throw .unreadable(
                path: file,
                reason: "none of its \(questions) questions has a reference answer to measure against"
            )
        }
    }
}
