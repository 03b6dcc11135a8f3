import ArgumentParser
import SkimTrainingModule
import TerminalModule

extension DocumentMaking.Order: ExpressibleByArgument {}

/// `blockskim-train documents`.
struct Documents: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make longer documents of data sets with short contexts, answerable and unanswerable ones.",
        discussion: """
            For each question the document is its own paragraph and, beside it, those that fit the question best by BM25, of \
            the same article as far as it goes and then of the same file. A paragraph with the text of an answer is never \
            taken, whatever its case and punctuation, even inside a word. With --unanswerable some questions are asked a \
            second time, of the same document with the next paragraph in place of the one that answers, and with --changed some \
            are asked in a form that their own paragraph does not answer. The file is SQuAD \
            JSON, with is_impossible when there are unanswerable questions; the same seed makes the same file.

            Examples:
              blockskim-train documents train.json --questions 8000 --seed 1 --output train-documents.json
              blockskim-train documents dev.json --whole-articles --questions 500 --output dev-articles.json
            """
    )

    @Argument(help: ArgumentHelp("The data sets: SQuAD JSON or MRQA JSON Lines.", valueName: "data"))
    var files: [String]

    @Option(help: "The file to write, in SQuAD's layout.")
    var output: String

    @Option(
        help: "Take at most this many questions of all data sets together, chosen at random (default: all)."
    )
    var questions: Int?

    @Option(help: "The number of paragraphs in a document, that of the question included (default: 4).")
    var passages: Int?

    @Option(
        help:
            "The share of the questions, from 0 to 1, that are also asked of a document without the answer (default: 0.2)."
    )
    var unanswerable: Double?

    @Option(
        help:
            "The share of the questions, from 0 to 1, that are also asked of the same document in a form that it does not answer: a number, a name or a word is replaced by another of the paragraph, or by its opposite (default: 0)."
    )
    var changed: Double?

    @Option(
        help: "The order of the paragraphs in a document, at random, or as in the data (default: shuffled)."
    )
    var order: DocumentMaking.Order?

    @Flag(
        help:
            "Make one document of each article, of all its paragraphs in order, with all questions about it. For evaluation."
    )
    var wholeArticles = false

    @Option(help: "The seed of all random choices.")
    var seed: UInt64 = 42

    func validate() throws {
        guard wholeArticles else { return }
        let others = [
            ("--passages", passages != nil), ("--unanswerable", unanswerable != nil),
            ("--changed", changed != nil),
            ("--order", order != nil),
        ]
        if let other = others.first(where: \.1) {
            throw ValidationError("\(other.0) says nothing of whole articles: leave out one of both")
        }
    }

    func run() throws {
        var settings = DocumentMaking.Settings()
        settings.files = files
        settings.output = output
        settings.questions = questions
        settings.passages = passages ?? settings.passages
        settings.unanswerable = unanswerable ?? settings.unanswerable
        settings.changed = changed ?? settings.changed
        settings.order = order ?? settings.order
        settings.wholeArticles = wholeArticles
        settings.seed = seed
        Interrupt.listen(saying: "\nStopping; nothing is written. Once more stops at once.\n")
        let progress = ProgressLine(unit: "questions")
        let table = try DocumentMaking(
            settings,
            report: { StandardError.write($0) },
            showProgress: { progress.update($0, of: $1) },
            isInterrupted: { Interrupt.isRequested }
        ).run()
        progress.finish()
        guard let table else { throw ExitCode(Interrupt.exitStatus ?? 1) }
        StandardError.write("\(table)")
    }
}
