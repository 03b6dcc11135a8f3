/// What a data set yields, one at a time.
public enum DatasetItem: Equatable, Sendable {
    /// A context with its usable questions.
    case passage(Passage)
    /// Something that could not be used, or not entirely.
    case issue(DatasetIssue)
}

/// The layouts that a data set can have.
public enum DatasetLayout: Equatable, Sendable {
    /// One SQuAD JSON document, with its `version`.
    case squad(version: String?)
    /// MRQA JSON Lines, with the data set that the header line names.
    case mrqa(name: String?)
    /// Comma- or tab-separated values, with the names of their columns.
    case table(columns: [String])
}

/// Reads SQuAD 1.1 and 2.0 JSON and MRQA JSON Lines, plain or gzip, told apart by their content.
///
/// Also both with what other programs make of them: articles, passages or rows (`id, context, question, answers`) in an array,
/// under `data` or a line each, and rows by columns. Where ``Tables/read`` says so also tables, CSV or TSV with a header: columns
/// `question` and `context`, and perhaps `id`.
///
/// MRQA and tables are streamed: one line is in memory at a time, whatever the size of the file. A SQuAD document is one JSON
/// value: its bytes are held whole (decompressed) and checked to be JSON before the first passage is handed out;
/// then one article is decoded at a time.
///
/// ```swift
/// let reader = try DatasetReader(path: "dev.json")
/// while let item = try reader.next() {
///     switch item {
///     case .passage(let passage): …
///     case .issue(let issue): print(issue)
///     }
/// }
/// ```
///
/// Issues of a passage come before the passage. An error ends the reading: after it `next()` returns nil.
public final class DatasetReader {
    /// How much memory hostile or mistaken input may claim.
    public struct Limits: Equatable, Sendable {
        /// Bytes of a SQuAD document, decompressed.
        public var documentBytes = 1 << 30
        /// Bytes of one line of a JSON Lines file.
        public var lineBytes = 1 << 28
        /// Bytes of the whole decompressed data, however they are read.
        public var decompressedBytes = 1 << 36

        /// The default limits: 1 GiB a document, 256 MiB a line, 64 GiB decompressed.
        public init() {}
    }

    /// What becomes of a table (CSV or TSV).
    public enum Tables: Sendable {
        /// An error that says how to convert it: a table has no places of answers to score against or to learn from.
        case refused
        /// Its questions and contexts are read; of reference answers it has none.
        case read
    }

    /// The layout found.
    public let layout: DatasetLayout
    /// Whether questions are flagged as having an answer or none (`is_impossible`), as in SQuAD 2.0; false for JSON Lines.
    public let hasImpossibleFlags: Bool
    private let file: String
    private var articles: SquadArticles?
    private var lines: MRQALines?
    private var table: TableRows?
    private var decoder: PassageDecoder
    /// Decoded items, the next one last.
    private var pending: [DatasetItem] = []
    private var isFinished = false

    /// Opens a file and finds out its layout.
    ///
    /// - Parameters:
    ///   - path: a file, or a pipe such as `/dev/stdin`.
    ///   - limits: how much memory the data may claim.
    ///   - tables: what becomes of a table.
    /// - Throws: ``DatasetError``; bad questions are reported by ``next()`` instead.
    public convenience init(
        path: String,
        limits: Limits = Limits(),
        tables: Tables = .refused
    ) throws(DatasetError) {
        try self.init(source: FileSource(path: path), name: path, limits: limits, tables: tables)
    }

    /// Reads a data set that is in memory.
    ///
    /// - Parameters:
    ///   - bytes: the content, plain or gzip.
    ///   - name: what issues and errors call the data.
    ///   - limits: how much memory the data may claim.
    ///   - tables: what becomes of a table.
    /// - Throws: ``DatasetError``; bad questions are reported by ``next()`` instead.
    public convenience init(
        bytes: [UInt8],
        name: String,
        limits: Limits = Limits(),
        tables: Tables = .refused
    ) throws(DatasetError) {
        try self.init(source: MemorySource(bytes), name: name, limits: limits, tables: tables)
    }

    private init(
        source: any ByteSource,
        name: String,
        limits: Limits,
        tables: Tables
    ) throws(DatasetError) {
        let content = try FileContent.decompressed(
            source,
            name: name,
            limitBytes: limits.decompressedBytes
        )
        switch try LayoutDetector.detect(content, name: name, limits: limits, tables: tables) {
        case .squad(let articles):
            layout = .squad(version: articles.version)
            hasImpossibleFlags = articles.hasImpossibleFlags
            self.articles = articles
        case .mrqa(let lines):
            layout = .mrqa(name: lines.datasetName)
            hasImpossibleFlags = false
            self.lines = lines
        case .table(let table):
            layout = .table(columns: table.columns)
            hasImpossibleFlags = false
            self.table = table
        }
        file = name
        decoder = PassageDecoder(file: name)
    }

    /// Whether a question is used whose id an earlier one has, as the official evaluation programs do; false unless set
    /// before the first passage is read.
    public var keepsDuplicates: Bool {
        get { decoder.keepsDuplicates }
        set { decoder.keepsDuplicates = newValue }
    }

    /// Whether passages without any question that can be used are handed out too, as text to search; false unless set before
    /// the first passage is read.
    public var keepsPassagesWithoutQuestions: Bool {
        get { decoder.keepsPassagesWithoutQuestions }
        set { decoder.keepsPassagesWithoutQuestions = newValue }
    }

    /// The next passage or issue; nil at the end.
    ///
    /// - Throws: ``DatasetError`` when the rest cannot be read, or at the end when no question was usable.
    public func next() throws(DatasetError) -> DatasetItem? {
        while pending.isEmpty {
            if isFinished { return nil }
            do throws(DatasetError) {
                guard try decodeMore() else {
                    isFinished = true
                    guard decoder.exampleCount > 0 else {
                        throw .noQuestions(path: file, issueCount: decoder.issueCount)
                    }
                    return nil
                }
            } catch {
                isFinished = true
                throw error
            }
        }
        return pending.removeLast()
    }

    /// Passes over questions that were answered before.
    ///
    /// - Parameter count: How many; the issues before them are passed over too.
    /// - Returns: their ids; fewer than `count` when the data ends.
    /// - Throws: what ``next()`` throws.
    package func skip(questions count: Int) throws(DatasetError) -> [String] {
        var ids: [String] = []
        while ids.count < count, let item = try next() {
            guard case .passage(var passage) = item else { continue }
            let passedOver = passage.examples.prefix(count - ids.count)
            ids += passedOver.map(\.id)
            passage.examples.removeFirst(passedOver.count)
            if !passage.examples.isEmpty { pending.append(.passage(passage)) }
        }
        return ids
    }

    /// Everything that is left: the passages, and the issues found on the way.
    ///
    /// - Throws: what ``next()`` throws.
    public func readAll() throws(DatasetError) -> (passages: [Passage], issues: [DatasetIssue]) {
        var passages: [Passage] = []
        var issues: [DatasetIssue] = []
        while let item = try next() {
            switch item {
            case .passage(let passage): passages.append(passage)
            case .issue(let issue): issues.append(issue)
            }
        }
        return (passages, issues)
    }

    /// Decodes the next article or line into `pending`; false at the end.
    private func decodeMore() throws(DatasetError) -> Bool {
        if let article = articles?.next() {
            decoder.decode(article: article.value, path: article.path)
        } else if let line = try lines?.next() {
            decoder.decode(line: line)
        } else if let row = try table?.next() {
            decoder.decode(line: row)
        } else {
            return false
        }
        pending = decoder.takeItems().reversed()
        return true
    }
}
