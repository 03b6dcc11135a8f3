import DatasetModule
import EncoderModule
import QuestionAnsweringModule
import TerminalModule
import TokenizerModule

/// The windows of all questions of data sets, whatever their answers are: each once, with its place in the text.
struct QuestionWindows {
    /// Where they stand.
    private(set) var placed = PlacedWindows()
    /// What they hold, in the same order.
    private(set) var windows: [ContextWindow] = []

    /// Cuts the documents of files, as training does.
    ///
    /// - Parameters:
    ///   - configuration: the files of `train`, and how to cut; caps and weights choose nothing here.
    ///   - encoder: the shape of the model whose tokenizer is used.
    ///   - report: called with a line about each thing that is wrong with the data.
    /// - Throws: `dataset`, `tokenizer`, `questionAnswering`, `noWindows`.
    init(
        _ configuration: TrainingConfiguration,
        encoder: EncoderConfiguration,
        report: @escaping (String) -> Void
    ) throws(TrainingError) {
        let labeller = try TrainingError.wrapping {
            try WindowLabeller(
                tokenizer: Tokenizer(directory: configuration.model),
                encoder: encoder,
                settings: configuration.windowSettings
            )
        }
        var seen: Set<[Int64]> = []
        for file in configuration.train {
            let faults = FaultList(report: report)
            try TrainingError.wrapping {
                let reader = try DatasetReader(path: file)
                while let item = try reader.next() {
                    switch item {
                    case .issue(let issue): faults.add("\(issue)", kind: issue.kind)
                    case .passage(let passage): append(passage, of: file, labeller, &seen, faults)
                    }
                }
            }
            faults.finish()
        }
        guard !windows.isEmpty else { throw .noWindows(files: configuration.train) }
    }

    private mutating func append(
        _ passage: Passage,
        of file: String,
        _ labeller: WindowLabeller,
        _ seen: inout Set<[Int64]>,
        _ faults: FaultList
    ) {
        var document: ContextDocument?
        for example in passage.examples {
            do throws(QuestionAnsweringError) {
                let known: ContextDocument
                if let document {
                    known = document
                } else {
                    known = try labeller.document(passage.context)
                    placed.documents.append(Self.trimmed(labeller.tokenRanges(of: known), in: known.text))
                    document = known
                }
                let question = Self.hash(question: example.question, context: passage.context)
                for made in try labeller.windows(question: example.question, answers: [], document: known) {
                    let tokens = PlacedWindows.hash(made.window.ids)
                    guard seen.insert([tokens, question]).inserted else { continue }
                    windows.append(made.window)
                    placed.windows.append(
                        PlacedWindows.Window(
                            tokens: tokens,
                            question: question,
                            document: placed.documents.count - 1,
                            tokenCount: made.window.tokenCount,
                            prefixLength: made.window.prefixLength,
                            contextTokens: made.window.contextTokens
                        )
                    )
                }
            } catch {
                faults.add("\(file), question \(example.id): left out, \(error)", kind: error.kind)
            }
        }
    }

    private static func hash(question: String, context: String) -> Int64 {
        var hash = SHA256()
        hash.update(Array(question.utf8) + [0])
        hash.update(Array(context.utf8))
        return hash.leadingBits()
    }

    /// Ranges without the white space at their ends, so that tokenizers that count it in agree with others.
    private static func trimmed(_ ranges: [Range<Int>], in text: String) -> [Range<Int>] {
        let isSpace = text.unicodeScalars.map(\.properties.isWhitespace)
        return ranges.map { range in
            guard let first = range.first(where: { !isSpace[$0] }),
                let last = range.last(where: { !isSpace[$0] })
            else { return range }
            return first..<last + 1
        }
    }

    /// Sorts them by length, the longest first.
    ///
    /// So little is padded, and what memory a batch needs shows at once.
    mutating func sortByLength() {
        let order = windows.indices.sorted { a, b in
            let (first, second) = (windows[a].tokenCount, windows[b].tokenCount)
            return first != second ? first > second : a < b
        }
        windows = order.map { windows[$0] }
        placed.windows = order.map { placed.windows[$0] }
    }
}
