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

    @Argument(help: "The data set: SQuAD JSON or MRQA JSON Lines, plain or gzip.")
    var dataset: String

    @Option(help: "Score these answers, one JSON object from question id to answer, instead of a model's.")
    var predictions: String?

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
        guard predictions == nil || model.checkpoint.model == nil else {
            throw ValidationError(
                "give either --model, to score a model, or --predictions, to score a file of answers"
            )
        }
    }

    func run() throws {
        let run = DatasetRun(dataset: dataset, limit: limit)
        let reader = try run.open()
        let rules = answerable.rules(of: reader)
        var evaluation = Evaluation(
            rules: rules,
            noAnswerThreshold: answering.noAnswerThreshold ?? 0
        )
        if let predictions {
            let table = try Predictions(path: predictions)
            reader.keepsDuplicates = true
            try score(table, reader, &evaluation)
        } else {
            let settings = answering.settings(
                model.skim.skimming,
                mayBeUnanswerable: rules == .squad2
            )
            let answerer = try model.load(batchSize: answering.batchSize)
            answering.reportLimit(of: answerer)
            try run.answer(reader, with: answerer, settings: settings) {
                example,
                answered in
                if let answered { evaluation.add(answered) } else { evaluation.add(example, prediction: nil) }
            }
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
        case .text: try StandardOutput.write("\(EvaluationText(report, reason: answerable.reason(rules)))")
        }
    }

    private func score(_ table: Predictions, _ reader: DatasetReader, _ evaluation: inout Evaluation) throws {
        let issues = IssueList()
        defer { issues.finish() }
        var left = limit ?? .max
        while left > 0, let item = try reader.next() {
            switch item {
            case .issue(let issue): issues.report(issue)
            case .passage(let passage):
                for example in passage.examples.prefix(left) {
                    evaluation.add(example, prediction: table[example.id])
                }
                left -= min(left, passage.examples.count)
            }
        }
    }
}
