import ArgumentParser
import BlockSkim
import DatasetModule
import EvaluationModule
import TerminalModule

/// `blockskim evaluate`: EM and F1 on a data set, of a model or of a file of predictions.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Score a model, or a file of predictions, on a data set.",
        discussion: """
            EM and F1 equal those of the official SQuAD 1.1, SQuAD 2.0 and MRQA programs. A model that skims is also \
            scored as a block classifier: how many of the blocks that it found relevant hold the answer (precision), and \
            how many of those that hold it were found (recall).

            Example: blockskim evaluate dev-v1.1.json --limit 500
            """
    )

    /// A file of answers was made without any of what these options say.
    static let ofPredictions = ExclusiveOption(
        name: "--predictions",
        excluded: [AnsweringArguments.self, ModelArguments.self],
        reason: "a file of answers"
    )

    @Argument(help: "The data set: SQuAD JSON or MRQA JSON Lines, plain or gzip; - for standard input.")
    var dataset: String

    @Option(help: "Score these answers, one JSON object from question id to answer, instead of a model's.")
    var predictions: String?

    @Option(
        help:
            "Also write the model's answers to this file, one JSON object from question id to answer, as predict does."
    )
    var writePredictions: String?

    @Option(
        help:
            "With --predictions: how likely each question is to have no answer, one JSON object from question id to number; the report then has the best scores that a threshold on them gives, as SQuAD 2.0's program has."
    )
    var naProbFile: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --na-prob-file: count a question whose number is above this as answered with \"\" (default: 1).",
            valueName: "number"
        )
    )
    var naProbThresh: Double?

    @Option(parsing: .unconditional, help: "Use only the first questions.")
    var limit: Int?

    @Option(
        help:
            "Whether all questions have an answer (SQuAD 1.1's rules) or only some (SQuAD 2.0's); auto goes by the is_impossible flags of the data."
    )
    var answerable = Answerable.auto

    @Option(help: "Print for people (text) or programs (json).")
    var format = OutputFormat.text

    @OptionGroup(title: "Answering options") var answering: AnsweringArguments
    @OptionGroup(title: "Model options") var model: ModelArguments

    func validate() throws {
        try NumberRange.check(limit, in: NumberRange.questions, option: "--limit", unit: "questions")
        if writePredictions != nil, predictions != nil {
            throw ValidationError(
                "--write-predictions has no meaning with --predictions, which has the answers already"
            )
        }
        if naProbFile != nil, predictions == nil {
            throw ValidationError(
                "--na-prob-file belongs to the answers of --predictions; a model's own numbers are used without it"
            )
        }
        if let naProbThresh {
            guard naProbFile != nil else {
                throw ValidationError("--na-prob-thresh needs the numbers of --na-prob-file")
            }
            guard naProbThresh.isFinite else {
                throw ValidationError(
                    "--na-prob-thresh \(naProbThresh): it must be a finite number; 1 is usual"
                )
            }
        }
    }

    func run() throws {
        let checkpoint = try predictions == nil ? model.checkpoint.directory() : nil
        let written = writePredictions.map(StandardStream.output)
        try InputGuard([dataset, predictions, naProbFile], checkpoint: checkpoint)
            .check(["/dev/stdout"] + [written].compactMap(\.self))
        let run = DatasetRun(dataset: StandardStream.input(dataset), limit: limit)
        let reader = try run.open()
        let rules = answerable.rules(of: reader)
        var evaluation: Evaluation
        var thresholds = EvaluationText.ThresholdOption.noAnswerThreshold
        if let predictions {
            evaluation = try ofPredictions(by: rules)
            if naProbFile != nil { thresholds = .probabilityThreshold }
            let table = try Predictions(path: StandardStream.input(predictions))
            reader.keepsDuplicates = true
            try score(table, reader, &evaluation)
        } else {
            let answerer = try model.load(batchSize: answering.batchSize)
            let settings = answering.settings(
                model.skim,
                noAnswer: answerable.noAnswer(rules, model: answerer.model)
            )
            if settings.decoding.noAnswer == .asConfigured,
                let confidence = answerer.model.confidence?.noAnswer
            {
                evaluation = Evaluation(confidence: confidence)
                thresholds = .probability
            } else {
                evaluation = Evaluation(rules: rules, noAnswerThreshold: answering.noAnswerThreshold ?? 0)
            }
            answering.reportLimit(of: answerer)
            let file = try written.map { try PredictionFile(path: $0) }
            try run.answer(reader, with: answerer, settings: settings) {
                example,
                answered in
                if let answered { evaluation.add(answered) } else { evaluation.add(example, prediction: nil) }
                try file?.append(id: example.id, answered?.prediction ?? "")
            }
            try file?.commit()
        }
        var report = try evaluation.report()
        if predictions != nil, report.missingPredictions == report.total {
            StandardError.write(
                "Warning: no id of the predictions is one of the data set; check that the two belong together"
            )
        }
        report.rules = rules
        switch format {
        case .json: try printJSON(report)
        case .text:
            let text = EvaluationText(
                report,
                reason: answerable.reason(rules),
                thresholdOption: thresholds
            )
            try StandardOutput.write("\(text)")
        }
    }

    private func ofPredictions(by rules: ScoringRules) throws -> Evaluation {
        guard let naProbFile else { return Evaluation(rules: rules) }
        guard rules == .squad2 else {
            throw ValidationError(
                "--na-prob-file has no meaning by the rules of \(rules.rawValue) (\(answerable.reason(rules))); "
                    + "leave it out, or say --answerable some"
            )
        }
        return Evaluation(
            noAnswerScores: try NoAnswerScores(path: StandardStream.input(naProbFile)),
            threshold: naProbThresh ?? 1
        )
    }

    private func score(_ table: Predictions, _ reader: DatasetReader, _ evaluation: inout Evaluation) throws {
        let issues = FaultList { StandardError.write("Warning: \($0)") }
        defer { issues.finish() }
        var left = limit ?? .max
        while left > 0, let item = try reader.next() {
            switch item {
            case .issue(let issue): issues.add("\(issue)", kind: issue.kind)
            case .passage(let passage):
                for example in passage.examples.prefix(left) {
                    evaluation.add(example, prediction: table[example.id])
                }
                left -= min(left, passage.examples.count)
            }
        }
    }
}
