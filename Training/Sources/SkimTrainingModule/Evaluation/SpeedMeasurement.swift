import BlockSkimModule
import EvaluationModule
import QuestionAnsweringModule

/// How much faster than the dense encoder a way to skim is, as several rounds measured it.
struct SpeedMeasurement: Equatable, Sendable {
    /// The median of the rounds: time of the dense encoder over that of the skimming one.
    var speedup: Double
    /// The largest of the rounds less the smallest.
    var spread: Double

    /// How often the same questions are timed.
    private static let rounds = 3
    /// How many questions are timed.
    private static let questions = 80
    /// How many of them run dense before they run skimming.
    private static let turn = 8

    /// - Parameter rounds: what each round found; at least one.
    init(rounds: [Double]) {
        precondition(!rounds.isEmpty, "no round was measured")
        let sorted = rounds.sorted()
        speedup = sorted[sorted.count / 2]
        spread = sorted[sorted.count - 1] - sorted[0]
    }

    /// Times questions spread over a data set, dense and skimming in turns.
    ///
    /// - Parameters:
    ///   - skimming: the way to skim.
    ///   - items: the questions.
    ///   - answerer: the model.
    ///   - evaluation: how questions are answered.
    /// - Throws: what answering throws.
    init(
        of skimming: Skimming,
        _ items: [DatasetAnswering.Item],
        _ answerer: QuestionAnswerer,
        _ evaluation: ModelEvaluation
    ) throws {
        let every = max(1, items.count / Self.questions)
        let timed = stride(from: 0, to: items.count, by: every).map { items[$0] }
        func time(_ some: [DatasetAnswering.Item], _ skimming: Skimming) throws -> Double {
            var milliseconds = 0.0
            try evaluation.answer(some, .answerable, answerer, skimming) {
                milliseconds += $1?.encodeMilliseconds ?? 0
            }
            return milliseconds
        }
        self.init(
            rounds: try (0..<Self.rounds).map { _ in
                var (dense, skimmed) = (0.0, 0.0)
                for start in stride(from: 0, to: timed.count, by: Self.turn) {
                    let some = Array(timed[start..<min(start + Self.turn, timed.count)])
                    dense += try time(some, .dense)
                    skimmed += try time(some, skimming)
                }
                return skimmed > 0 ? dense / skimmed : 1
            }
        )
    }
}
