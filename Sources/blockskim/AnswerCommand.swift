import ArgumentParser
import BlockSkim
import TerminalModule

/// `blockskim answer`: questions about texts.
struct AnswerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer questions about texts.",
        discussion: """
            In a terminal the text is shown with the answers highlighted and dropped blocks dimmed. JSON is one object a \
            line, a line a question. Offsets in it count Unicode scalars (code points) of the text; that of HTML and PDF \
            files is what --include-text adds.

            With several documents the answers are ranked over all of them, each with its file. Documents that cannot be \
            read, and questions that cannot be answered, are named on standard error; the exit status is 0 when at least \
            one document was read and one question answered.

            Example: blockskim answer --question "Who won?" --context "The Broncos won."
            """
    )

    @Option(parsing: .unconditional, help: "What is asked.")
    var question: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A file of questions in UTF-8, one a line, answered in order; - for standard input. Blank lines are passed over.",
            valueName: "file"
        )
    )
    var questionsFile: String?

    @Option(parsing: .unconditional, help: "The text that holds the answer.")
    var context: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A file with that text, of any length: text in UTF-8, HTML or PDF; - for standard input. A directory stands for all files in it and below it that hold text, sorted by path. May be given several times.",
            valueName: "path"
        )
    )
    var contextFile: [String] = []

    @Option(parsing: .unconditional, help: "How many answers to give; none overlaps another.")
    var topK = 1

    @Option(
        parsing: .unconditional,
        help:
            "The score, from 0 to 1, that an answer must have; there may then be fewer answers than --top-k."
    )
    var minScore = 0.0

    @Option(help: "Print for people (text) or programs (json).")
    var format = OutputFormat.text

    @Option(help: "Whether to show the text in colours: auto, always or never. NO_COLOR turns auto off.")
    var color = ColorChoice.auto

    @Flag(
        help:
            "Add the text that offsets count in to the JSON: as \"text\", or with several documents as \"texts\", by file, of those that have an answer."
    )
    var includeText = false

    @Flag(help: "Add every token's id and logits to the JSON.")
    var diagnostics = false

    @OptionGroup(title: "Answering options") var answering: AnsweringArguments
    @OptionGroup(title: "Model options") var model: ModelArguments

    func validate() throws {
        guard (question == nil) != (questionsFile == nil) else {
            throw ValidationError("ask with either --question or --questions-file")
        }
        guard (context == nil) != contextFile.isEmpty else {
            throw ValidationError("give the text with either --context or --context-file")
        }
        guard (contextFile + [questionsFile]).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read once; give only one - ")
        }
        try NumberRange.check(topK, in: NumberRange.answers, option: "--top-k", unit: "answers")
        try NumberRange.check(minScore, in: NumberRange.share, option: "--min-score")
        for (isGiven, option) in [(diagnostics, "--diagnostics"), (includeText, "--include-text")]
        where isGiven && format == .text {
            throw ValidationError("\(option) needs --format json")
        }
        if diagnostics, isSet { throw ValidationError("--diagnostics needs a single document") }
    }

    /// Whether answers are ranked over documents.
    private var isSet: Bool { contextFile.count > 1 || contextFile.contains(where: TextFolder.isDirectory) }

    func run() throws {
        let directory = try model.checkpoint.directory()
        var leftOut = 0
        let documents = try DocumentList(isSet ? contextFile : []) { error in
            leftOut += 1
            AnswerOutput.warn("\(error)")
        }
        let paths = isSet ? documents.entries.map(\.path) : contextFile
        try InputGuard(paths + [questionsFile], checkpoint: directory).check(["/dev/stdout"])
        let questions =
            try questionsFile.map { try QuestionList(path: $0) } ?? QuestionList(question: question ?? "")
        let text = isSet ? nil : try context ?? contextFile.first.map { try TextFile(path: $0).text }

        let answerer = try model.load(batchSize: answering.batchSize)
        answering.reportLimit(of: answerer)
        var settings = answering.settings(model.skim, answerCount: topK, minimumScore: minScore)
        settings.diagnostics = diagnostics
        let run = AnswerRun(
            answerer: answerer,
            settings: settings,
            output: AnswerOutput(
                format: format,
                isColored: color.isOn,
                minimumScore: minScore,
                includesText: includeText,
                questions: questions
            )
        )
        if let text { try run.answer(text) } else { try run.answer(documents, leftOut: leftOut) }
    }
}
