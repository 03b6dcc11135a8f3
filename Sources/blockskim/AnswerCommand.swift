import ArgumentParser
import BlockSkim
import TerminalModule

/// `blockskim answer`: one question about one text.
struct AnswerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer a question about a text.",
        discussion: """
            In a terminal the text is shown with the answers highlighted and dropped blocks dimmed. Offsets in JSON \
            count Unicode scalars (code points) of the text.

            Example: blockskim answer --question "Who won?" --context "The Broncos won."
            """
    )

    @Option(parsing: .unconditional, help: "What is asked.")
    var question: String

    @Option(parsing: .unconditional, help: "The text that holds the answer.")
    var context: String?

    @Option(
        parsing: .unconditional,
        help: "A file with that text, in UTF-8, of any length; - for standard input."
    )
    var contextFile: String?

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

    @Flag(help: "Add every token's id and logits to the JSON.")
    var diagnostics = false

    @OptionGroup(title: "Answering options") var answering: AnsweringArguments
    @OptionGroup(title: "Model options") var model: ModelArguments

    func validate() throws {
        guard (context == nil) != (contextFile == nil) else {
            throw ValidationError("give the text with either --context or --context-file")
        }
        try NumberRange.check(topK, in: NumberRange.answers, option: "--top-k", unit: "answers")
        try NumberRange.check(minScore, in: NumberRange.share, option: "--min-score")
        if diagnostics, format == .text { throw ValidationError("--diagnostics needs --format json") }
    }

    func run() throws {
        let directory = try model.checkpoint.directory()
        try InputGuard([contextFile], checkpoint: directory).check(["/dev/stdout"])
        let text = try context ?? contextFile.map(TextInput.read) ?? ""
        let answerer = try model.load(batchSize: answering.batchSize)
        answering.reportLimit(of: answerer)
        var settings = answering.settings(model.skim.skimming, answerCount: topK, minimumScore: minScore)
        settings.diagnostics = diagnostics
        let progress = ProgressLine(unit: "windows")
        let report = try answerer.answer(question: question, context: text, settings: settings) {
            progress.update($0, of: $1)
        }
        progress.finish()
        if let truncation = report.truncation { StandardError.write("Note: the question was \(truncation)") }
        switch format {
        case .json: try printJSON(report)
        case .text:
            let answer = AnswerText(report, context: text, minimumScore: minScore, isColored: color.isOn)
            try StandardOutput.write("\(answer)")
        }
    }
}
