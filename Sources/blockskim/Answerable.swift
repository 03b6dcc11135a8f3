import ArgumentParser
import BlockSkim
import DatasetModule
import EvaluationModule

/// What `--answerable` takes.
enum Answerable: String, CaseIterable, ExpressibleByArgument {
    /// As the data says.
    case auto
    /// Every question has an answer.
    case all
    /// Some questions have none.
    case some

    /// The rules for a data set.
    func rules(of reader: DatasetReader) -> ScoringRules {
        switch self {
        case .auto: ScoringRules(of: reader)
        case .all: .answerable
        case .some: .squad2
        }
    }

    /// Whether no answer is one, by the rules and the model.
    func noAnswer(_ rules: ScoringRules, model: QuestionAnsweringModel) -> DecodingSettings.NoAnswer {
        switch rules {
        case .answerable: .never
        case .squad2: model.confidence?.noAnswer == nil ? .above(threshold: 0) : .asConfigured
        }
    }

    /// Why those rules hold.
    func reason(_ rules: ScoringRules) -> String {
        switch (self, rules) {
        case (.auto, .squad2): "questions are flagged with is_impossible"
        case (.auto, .answerable): "no question is flagged with is_impossible"
        case (.all, _), (.some, _): "--answerable \(rawValue)"
        }
    }
}
