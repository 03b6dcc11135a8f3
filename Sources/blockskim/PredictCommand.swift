import ArgumentParser
import BlockSkim
import DatasetModule
import EvaluationModule
import FileModule
import TerminalModule

/// `blockskim predict`: the answers to a data set, into a file.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Answer all questions of a data set.",
        discussion: """
            The data set is SQuAD JSON, MRQA JSON Lines, or CSV or TSV with a header (question, context and perhaps id), plain or \
            gzip, told apart by content. The output is one JSON \
            object from question id to answer, as the official SQuAD and MRQA programs read it. For SQuAD 2.0 an answer \
            may be "": the context does not say. A question that cannot be answered is reported, and has "" too, \
            so that those programs find its id.

            Answers are kept in a journal beside the output until all are there: when the run is interrupted, --resume \
            goes on with it.

            Example: blockskim predict dev-v1.1.json --output predictions.json
            """
    )

    @Argument(help: "The data set; - for standard input.")
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

    @Flag(help: "Go on with a run that was interrupted, from the journal beside the output.")
    var resume = false

    @Option(
        help:
            "Whether all questions have an answer or only some, so that \"\" may be one; auto goes by the is_impossible flags of the data."
    )
    var answerable = Answerable.auto

    @OptionGroup(title: "Answering options") var answering: AnsweringArguments
    @OptionGroup(title: "Model options") var model: ModelArguments

    func validate() throws {
        try NumberRange.check(limit, in: NumberRange.questions, option: "--limit", unit: "questions")
        if let nBest, Self.isSameFile(StandardStream.output(nBest), StandardStream.output(output)) {
            throw ValidationError("--output and --n-best name the same file")
        }
    }

    func run() throws {
        let guarded = InputGuard([dataset], checkpoint: try model.checkpoint.directory())
        let paths = [output, nBest].compactMap(\.self).map(StandardStream.output)
        try guarded.check(paths + [Self.journal(of: StandardStream.output(output))])
        var run = DatasetRun(dataset: StandardStream.input(dataset), limit: limit, tables: .read)
        let reader = try run.open()
        let answerer = try model.load(batchSize: answering.batchSize)
        let settings = answering.settings(
            model.skim,
            noAnswer: answerable.noAnswer(answerable.rules(of: reader), model: answerer.model)
        )
        answering.reportLimit(of: answerer)
        let sink = try sink(answerer, settings)
        run.answered = try passOver(sink.answered, in: reader)
        Interrupt.listen()
        var recorded = run.answered
        do {
            try run.answer(reader, with: answerer, settings: settings) { example, answered in
                try sink.append(example, answered)
                recorded += 1
                if Interrupt.isRequested { throw Interruption() }
            }
            try sink.finish()
        } catch {
            throw try sink.ended(by: error, recorded: recorded)
        }
    }

    /// Where the answers go; made before the work, so that a place that cannot be written to is found out.
    private func sink(
        _ answerer: QuestionAnswerer,
        _ settings: QuestionAnswerer.Settings
    ) throws -> PredictionSink {
        let output = StandardStream.output(output)
        let nBest = nBest.map(StandardStream.output)
        guard AtomicFile.replacesWhatIs(at: output) else {
            if resume {
                throw ValidationError("--resume needs an --output that is a file, not \(self.output)")
            }
            return .files(try PredictionFile(path: output), try nBest.map { try NBestFile(path: $0) })
        }
        for path in [output, nBest].compactMap(\.self) where AtomicFile.replacesWhatIs(at: path) {
            _ = try PredictionFile(path: path)
        }
        let journal = Self.journal(of: output)
        if resume, !InputFile.exists(at: journal) {
            StandardError.write("Note: there is no \(journal) to go on with; starting from the beginning")
        }
        return .journal(
            try PredictionJournal(
                path: journal,
                identity: PredictionJournal.Identity(
                    datasetFile: StandardStream.input(dataset),
                    checkpoint: model.checkpoint.directory(),
                    settings:
                        "\(settings), \(answerer.model.precision), \(String(describing: limit))"
                ),
                resumes: resume
            ),
            output: output,
            nBest: nBest
        )
    }

    /// Passes over the questions that a journal holds, which must be the first of the data.
    ///
    /// - Returns: How many they are.
    private func passOver(_ ids: [String], in reader: DatasetReader) throws -> Int {
        guard try reader.skip(questions: ids.count) == ids else {
            throw EvaluationError.journalDiffers(
                path: Self.journal(of: StandardStream.output(output)),
                what: "a different data set"
            )
        }
        return ids.count
    }

    /// Where answers are kept until all are there.
    private static func journal(of output: String) -> String { output + ".journal" }

    private static func isSameFile(_ path: String, _ other: String) -> Bool {
        path == other || FileIdentity(path: path).map { $0 == FileIdentity(path: other) } ?? false
    }

}
