import BlockSkim
import DatasetModule
import EvaluationModule
import TerminalModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A data set on its way through a model, with progress and reports of what could not be used.
struct DatasetRun {
    let dataset: String
    let limit: Int?
    /// What becomes of a table.
    var tables = DatasetReader.Tables.refused
    /// How many questions, from the front, an earlier run answered; the reader has passed over them.
    var answered = 0

    /// Opens the data set.
    ///
    /// - Throws: `DatasetError`.
    func open() throws -> DatasetReader { try DatasetReader(path: dataset, tables: tables) }

    /// Answers the questions.
    ///
    /// - Parameters:
    ///   - reader: The data set, opened.
    ///   - answerer: The model.
    ///   - settings: How questions are answered.
    ///   - handle: Called for every question, with nil for one that could not be answered.
    /// - Throws: What reading and answering throw, and what `handle` throws.
    func answer(
        _ reader: DatasetReader,
        with answerer: QuestionAnswerer,
        settings: QuestionAnswerer.Settings,
        handle: (Example, AnsweredExample?) throws -> Void
    ) throws {
        lazy var wanted = try? questionCount()
        let progress = ProgressLine(unit: "questions")
        let issues = FaultList { StandardError.write("Warning: \($0)") }
        var finished = answered
        let left = limit.map { $0 - answered }
        try DatasetAnswering(answerer: answerer, settings: settings, limit: left).run(reader) { event in
            switch event {
            case .issue(let issue):
                issues.add("\(issue)", kind: issue.kind)
                return
            case .failed(let example, let error):
                issues.add(
                    "\(dataset), question \(example.id): \(error); left without an answer",
                    kind: error.kind
                )
                try handle(example, nil)
            case .answered(let answered):
                if let truncation = answered.truncation {
                    issues.add(
                        "\(dataset), question \(answered.example.id): \(truncation)",
                        kind: "truncated question"
                    )
                }
                try handle(answered.example, answered)
            }
            finished += 1
            progress.update(finished, of: wanted)
        }
        progress.finish()
        issues.finish()
    }

    /// How many questions will be asked; nil when the data can be read only once.
    private func questionCount() throws -> Int? {
        var status = stat()
        guard stat(dataset, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let reader = try open()
        var count = 0
        while count < limit ?? .max, let item = try reader.next() {
            if case .passage(let passage) = item { count += passage.examples.count }
        }
        return min(count, limit ?? .max)
    }
}

extension QuestionAnsweringError {
    /// What the error has in common with those of other questions: the name of its case.
    fileprivate var kind: String { Mirror(reflecting: self).children.first?.label ?? "\(self)" }
}
