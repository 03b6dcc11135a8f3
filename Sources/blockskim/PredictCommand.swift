import ArgumentParser
import BlockSkim
import DatasetModule
import EvaluationModule

/// `blockskim predict`: the answers to a data set, into a file.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Answer all questions of a data set.",
        discussion: """
            The data set is SQuAD JSON or MRQA JSON Lines, plain or gzip, told apart by content. The output is one JSON \
            object from question id to answer, as the official SQuAD and MRQA programs read it. For SQuAD 2.0 an answer \
            may be "": the context does not say.

            Example: blockskim predict dev-v1.1.json --output predictions.json
            """
    )

    @Argument(help: "The data set.")
    var dataset: String

    @Option(help: "Where the answers go; - for standard output.")
    var output: String

    @Option(
        help:
            "Where the best candidates of every question go, with their logits and probabilities; - for standard output."
    )
    var nBest: String?

    @Option(parsing: .unconditional, help: "Answer only the first questions.")
    var limit: Int?

    @OptionGroup(title: "Answering options") var answering: AnsweringArguments
    @OptionGroup(title: "Model options") var model: ModelArguments

    func validate() throws {
        try NumberRange.check(limit, in: NumberRange.questions, option: "--limit", unit: "questions")
        if let nBest, Self.path(nBest) == Self.path(output) {
            throw ValidationError("--output and --n-best name the same file")
        }
    }

    func run() throws {
        let run = DatasetRun(dataset: dataset, limit: limit)
        let reader = try run.open()
        // Made now, so that a place that cannot be written to is found out before the work.
        let predictionFile = try PredictionFile(path: Self.path(output))
        let nBestFile = try nBest.map { try NBestFile(path: Self.path($0)) }
        let settings = answering.settings(
            model.skim.skimming,
            mayBeUnanswerable: reader.layout.hasUnanswerableQuestions
        )
        let answerer = try model.load(batchSize: answering.batchSize)
        answering.reportLimit(of: answerer)
        try run.answer(reader, with: answerer, settings: settings) {
            example,
            answered in
            guard let answered else { return }
            try predictionFile.append(id: example.id, answered.prediction)
            try nBestFile?.append(id: example.id, candidates: answered.nBest)
        }
        try predictionFile.commit()
        try nBestFile?.commit()
    }

    /// What `-` stands for.
    private static func path(_ output: String) -> String { output == "-" ? "/dev/stdout" : output }
}
