import BlockSkimModule
import DatasetModule
import EvaluationModule
import Foundation
import QuestionAnsweringModule

/// Fits how sure a model's answers are, as users get them: skimming and reading as `blockskim.json` says.
///
/// Half of the questions of each data set fit, the other half measure. Whether a span is right is learnt from the questions that
/// have an answer, whether a text has none from all of them, once some are flagged so: the questions of data sets without flags
/// are what keeps it from refusing what can be answered.
public struct ConfidenceCalibration {
    /// What was found.
    public struct Findings: Codable, Sendable {
        /// What `blockskim.json` says now.
        public var map: ConfidenceMap
        /// How far it can be believed, over the questions of all data sets that measure.
        public var reliability: Reliability
        /// What each data set has by itself.
        public var sets: [SetFindings]
    }

    /// What a data set has.
    public struct SetFindings: Codable, Sendable {
        /// The data set.
        public var file: String
        /// Whose program scores it.
        public var rules: ScoringRules
        /// How far the map can be believed.
        public var reliability: Reliability
        /// The same for the best span's share of the softmax over spans, and right when that span is.
        public var softmax: Reliability
        /// At the threshold that was chosen, in percent.
        public var f1: Double
        /// The share of the questions with an answer that would be refused where no answer is one, from 0 to 1; nil where no
        /// question has an answer.
        public var refused: Double?
    }

    private let settings: Calibration.Settings
    private let seed: UInt64
    private let showProgress: @Sendable (String) -> Void

    /// - Parameters:
    ///   - settings: model, data, limit, windows and threads; nothing else of it counts.
    ///   - seed: which half of the questions fits.
    ///   - showProgress: called with a text that replaces the one before.
    public init(
        _ settings: Calibration.Settings,
        seed: UInt64 = 0,
        showProgress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.settings = settings
        self.seed = seed
        self.showProgress = showProgress
    }

    /// Fits, measures, and writes the map into the model's `blockskim.json`.
    ///
    /// - Returns: the map, and how far it can be believed.
    /// - Throws: `blockSkim`, `questionAnswering`, `dataset`, `evaluation`, `invalidSetting`, `unreadable`, `unwritable`, `torch`.
    public func run() throws(TrainingError) -> Findings {
        try TrainingError.wrapping {
            // Said before the work: the map goes into this file.
            _ = try SkimConfiguration(directory: settings.model)
            try RunDirectory.checkWritable(settings.model)
            let sets = try answers()
            let halves = sets.map { set in
                var generator = SeededGenerator(seed: seed, name: "confidence of \(set.answers.count)")
                let shuffled = set.answers.shuffled(using: &generator)
                let half = (shuffled.count + 1) / 2
                return (fit: set.with(shuffled[..<half]), measure: set.with(shuffled[half...]))
            }
            var map = try fit(halves.map(\.fit))
            let found = try halves.map(\.measure).filter { !$0.answers.isEmpty }
                .map { try measure(map, on: $0) }
            let judged = halves.flatMap { $0.measure.judged(by: map) }
            guard let reliability = Reliability(judged) else {
                throw tooFew("one question to fit, one to measure")
            }
            map.measured = ConfidenceMap.Measured(
                questions: reliability.count,
                calibrationError: reliability.expectedCalibrationError
            )
            try CalibrationFile.change(inModel: settings.model) {
                $0["confidence"] = try CalibrationFile.json(map)
            }
            return Findings(map: map, reliability: reliability, sets: found)
        }
    }

    /// What the model says of all questions; those that could not be answered are left out.
    private func answers() throws -> [JudgedSet] {
        let options = ModelOptions(threads: settings.threads)
        let answerer = try QuestionAnswerer(model: settings.model, options: options)
        let evaluation = ModelEvaluation(
            files: settings.dev,
            limit: settings.limit,
            windows: settings.windows,
            reading: .asConfigured
        )
        let sets = try evaluation.sets(answerer)
        let all = sets.reduce(0) { $0 + $1.items.count }
        var finished = 0
        return try sets.map { set in
            var answers: [JudgedSpan] = []
            try evaluation.answer(set.items, set.rules, answerer, .asConfigured) { _, answered in
                finished += 1
                showProgress("confidence: \(100 * finished / max(all, 1)) %")
                if let answered { answers.append(JudgedSpan(answered)) }
            }
            return JudgedSet(file: set.file, rules: set.rules, answers: answers)
        }
    }

    private func fit(_ sets: [JudgedSet]) throws -> ConfidenceMap {
        let spans = sets.flatMap(\.answers).filter { $0.features != nil }
        let isFlagged = sets.contains { set in
            set.rules == .squad2 && set.answers.contains { !$0.hasAnswer && $0.features != nil }
        }
        let answerable = spans.filter(\.hasAnswer)
        guard !answerable.isEmpty else { throw tooFew("questions with an answer") }
        let relevances = spans.compactMap { $0.features?.relevance }
        let usual = relevances.isEmpty ? 0 : relevances.reduce(0, +) / Double(relevances.count)
        var map = ConfidenceMap(
            right: try regression(answerable, usualRelevance: usual) { $0.isRight },
            usualRelevance: usual
        )
        guard isFlagged else { return map }
        let regression = try regression(spans, usualRelevance: usual) { !$0.hasAnswer }
        map.noAnswer = ConfidenceMap.NoAnswer(regression: regression, threshold: 1)
        let threshold = try bestThreshold(map, sets.flatMap(\.answers))
        map.noAnswer = ConfidenceMap.NoAnswer(regression: regression, threshold: threshold)
        return map
    }

    private func regression(
        _ spans: [JudgedSpan],
        usualRelevance: Double,
        label: (JudgedSpan) -> Bool
    ) throws -> ConfidenceMap.Regression {
        let rows = spans.compactMap { span in
            span.features.map { features in
                [
                    features.margin, features.lead, features.logOdds,
                    features.relevance ?? usualRelevance, features.windowsRead, features.windowsUnread,
                ].map(Float.init)
            }
        }
        let fitted = try LogisticRegression(rows: rows, labels: spans.map(label)).coefficients()
        return ConfidenceMap.Regression(
            intercept: fitted.intercept,
            margin: fitted.weights[0],
            lead: fitted.weights[1],
            logOdds: fitted.weights[2],
            relevance: fitted.weights[3],
            windowsRead: fitted.weights[4],
            windowsUnread: fitted.weights[5]
        )
    }

    /// The threshold of the best F1 by SQuAD 2.0's program.
    private func bestThreshold(_ map: ConfidenceMap, _ answers: [JudgedSpan]) throws -> Double {
        let (accumulator, scores) = Self.scored(answers, by: map)
        return try accumulator.scores(noAnswerScores: scores).bestF1?.threshold ?? 1
    }

    private static func scored(
        _ answers: [JudgedSpan],
        by map: ConfidenceMap
    ) -> (Squad2ScoreAccumulator, NoAnswerScores) {
        var accumulator = Squad2ScoreAccumulator()
        var scores = NoAnswerScores()
        for (index, answer) in answers.enumerated() {
            var example = answer.example
            // Several files may have the same ids.
            example.id = "\(index)"
            accumulator.add(example, prediction: answer.text)
            scores[example.id] = map.noAnswerProbability(best: answer.features) ?? 0
        }
        return (accumulator, scores)
    }

    private func measure(_ map: ConfidenceMap, on set: JudgedSet) throws -> SetFindings {
        let softmax = set.answers.map {
            JudgedAnswer(
                confidence: $0.features.map { 1 / (1 + exp(-$0.logOdds)) } ?? 0,
                isRight: $0.isRight
            )
        }
        guard let before = Reliability(softmax), let after = Reliability(set.judged(by: map)) else {
            throw tooFew("questions")
        }
        let (accumulator, scores) = Self.scored(set.answers, by: map)
        let threshold = set.rules == .squad2 ? map.noAnswer?.threshold : nil
        let answerable = set.answers.filter(\.hasAnswer)
        return SetFindings(
            file: set.file,
            rules: set.rules,
            reliability: after,
            softmax: before,
            f1: try accumulator.scores(noAnswerScores: scores, threshold: threshold).f1,
            refused: answerable.isEmpty
                ? nil
                : Double(answerable.count { $0.isRefused(by: map) }) / Double(answerable.count)
        )
    }

    private func tooFew(_ what: String) -> TrainingError {
        .invalidSetting(
            name: "--dev",
            value: settings.dev.joined(separator: " "),
            allowed: "data sets with \(what)"
        )
    }
}
