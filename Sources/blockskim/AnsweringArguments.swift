import ArgumentParser
import BlockSkim

/// How much of a text of several windows is read, as it is asked for.
enum ReadingChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case all
    case bestFirst = "best-first"

    /// The same, as the library takes it.
    var reading: Reading {
        switch self {
        case .auto: .asConfigured
        case .all: .all
        case .bestFirst: .bestFirst(nil)
        }
    }
}

/// How contexts are cut into windows and spans are chosen.
struct AnsweringArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The most tokens of a window, question and special tokens included (default: \(WindowSettings().maximumLength), or what the model takes if that is less).",
            valueName: "tokens"
        )
    )
    var maxLength: Int?

    @Option(
        parsing: .unconditional,
        help: "How many context tokens consecutive windows share (default: 128, or half of what fits)."
    )
    var overlap: Int?

    @Option(
        parsing: .unconditional,
        help:
            "How many context tokens lie between the starts of consecutive windows. Use it in place of --overlap; other programs call it doc_stride."
    )
    var step: Int?

    @Flag(
        help:
            "Leave out the end of a question that takes more than half of a window. Otherwise a question that leaves no room for the text is not answered."
    )
    var truncateQuestion = false

    @Option(parsing: .unconditional, help: "The most tokens of an answer.")
    var maxAnswerLength = 30

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Answer \"the context does not say\" when that is ahead of the best span by more than this many logits (default: as the model was calibrated; if it was not, 0 for SQuAD 2.0 data, otherwise never).",
            valueName: "logits"
        )
    )
    var noAnswerThreshold: Float?

    @Option(
        help:
            "How much of a text of several windows is read: all of it, or the most promising windows first until reading more would hardly change the answer (best-first). auto is best-first for a model that was calibrated for documents."
    )
    var read = ReadingChoice.auto

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Begin no further windows of a question after this time, when it is read best-first. At least one round of windows is read.",
            valueName: "milliseconds"
        )
    )
    var budgetMs: Int?

    @Option(
        parsing: .unconditional,
        help: "How many windows go through the layers together. It does not change the answers."
    )
    var batchSize = 1

    func validate() throws {
        try NumberRange.check(batchSize, in: NumberRange.batchSize, option: "--batch-size", unit: "windows")
        let tokens = NumberRange.windowTokens
        try NumberRange.check(maxLength, in: tokens, option: "--max-length", unit: "tokens")
        try NumberRange.check(overlap, in: NumberRange.overlap, option: "--overlap", unit: "tokens")
        try NumberRange.check(step, in: tokens, option: "--step", unit: "tokens")
        try NumberRange.check(maxAnswerLength, in: tokens, option: "--max-answer-length", unit: "tokens")
        try NumberRange.check(
            budgetMs,
            in: NumberRange.milliseconds,
            option: "--budget-ms",
            unit: "milliseconds"
        )
        if budgetMs != nil, read == .all {
            throw ValidationError("--budget-ms stops reading before all is read; leave out --read all")
        }
        if overlap != nil, step != nil {
            throw ValidationError("--overlap and --step say the same in two ways; give one of them")
        }
        if let noAnswerThreshold, !noAnswerThreshold.isFinite {
            throw ValidationError(
                "--no-answer-threshold \(noAnswerThreshold): it must be a finite number of logits; 0 is usual"
            )
        }
    }

    /// The same, as the library takes it.
    ///
    /// - Parameters:
    ///   - skim: Whether and how blocks are dropped.
    ///   - answerCount: How many answers are wanted.
    ///   - minimumScore: The score that an answer must have.
    ///   - noAnswer: Whether no answer is one, if no threshold was given.
    /// - Returns: Settings for all questions of a run.
    func settings(
        _ skim: SkimArguments,
        answerCount: Int = 1,
        minimumScore: Double = 0,
        noAnswer: DecodingSettings.NoAnswer = .asConfigured
    ) -> QuestionAnswerer.Settings {
        QuestionAnswerer.Settings(
            windows: WindowSettings(
                maximumLength: maxLength ?? WindowSettings().maximumLength,
                advance: step.map { .step($0) } ?? overlap.map { .overlap($0) } ?? .automatic,
                longQuestion: truncateQuestion ? .truncated : .refused
            ),
            decoding: DecodingSettings(
                answerCount: answerCount,
                minimumScore: minimumScore,
                maximumAnswerLength: maxAnswerLength,
                noAnswer: noAnswerThreshold.map { .above(threshold: $0) } ?? noAnswer
            ),
            skimming: skim.skimming,
            secondLookScore: skim.secondLook,
            reading: read.reading,
            budget: budgetMs.map { .milliseconds($0) }
        )
    }
}
