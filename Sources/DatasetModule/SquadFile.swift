import FileModule

/// Writes a data set in SQuAD's JSON layout, passage by passage.
///
/// The file appears under its name only with ``commit()``; without it nothing is left behind. Of a question's answers those
/// with a place in the passage are written: SQuAD's layout has no others.
///
/// ```swift
/// let file = try SquadFile(path: "documents.json", flagsImpossible: false)
/// try file.startArticle(title: "Lighthouses")
/// try file.append(passage)
/// try file.commit()
/// ```
public final class SquadFile {
    private let path: String
    private let file: AtomicFile
    private let flagsImpossible: Bool
    private var buffer: [UInt8]
    private var hasArticles = false
    private var hasPassages = false

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - path: the file to write or replace.
    ///   - flagsImpossible: whether questions say that they have an answer or none, as in SQuAD 2.0.
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``.
    public init(path: String, flagsImpossible: Bool) throws(DatasetError) {
        self.path = path
        self.flagsImpossible = flagsImpossible
        buffer = Array(#"{"version": "\#(flagsImpossible ? "v2.0" : "1.1")", "data": ["#.utf8)
        do throws(FileError) {
            file = try AtomicFile(path: path)
        } catch {
            throw .cannotWrite(path: path, reason: error.reason.description)
        }
    }

    /// Starts an article, which the passages that follow belong to.
    ///
    /// - Parameter title: its title; nil for none.
    public func startArticle(title: String?) {
        endArticle()
        append(hasArticles ? ",\n{" : "\n{")
        if let title {
            append(#""title": "#)
            JSONText.append(title, to: &buffer)
            append(", ")
        }
        append(#""paragraphs": ["#)
        (hasArticles, hasPassages) = (true, false)
    }

    /// Adds a passage to the article; to one without title if none was started.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``.
    public func append(_ passage: Passage) throws(DatasetError) {
        if !hasArticles { startArticle(title: nil) }
        append(hasPassages ? ",\n " : "\n ")
        hasPassages = true
        append(#"{"context": "#)
        JSONText.append(passage.context, to: &buffer)
        append(#", "qas": ["#)
        for (index, example) in passage.examples.enumerated() {
            append(index == 0 ? "\n  " : ",\n  ")
            append(example)
        }
        append("]}")
        guard buffer.count >= 1 << 16 else { return }
        try namingThePath { () throws(FileError) in try file.append(buffer) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``.
    public func commit() throws(DatasetError) {
        endArticle()
        append("\n]}\n")
        try namingThePath { () throws(FileError) in
            try file.append(buffer)
            try file.commit()
        }
    }

    private func append(_ example: Example) {
        append(#"{"id": "#)
        JSONText.append(example.id, to: &buffer)
        append(#", "question": "#)
        JSONText.append(example.question, to: &buffer)
        if flagsImpossible { append(#", "is_impossible": \#(example.isImpossible)"#) }
        append(#", "answers": ["#)
        var isFirst = true
        for answer in example.answers {
            guard let start = answer.start else { continue }
            append(isFirst ? #"{"text": "# : #", {"text": "#)
            isFirst = false
            JSONText.append(answer.text, to: &buffer)
            append(#", "answer_start": \#(start)}"#)
        }
        append("]}")
    }

    private func endArticle() {
        if hasArticles { append("]}") }
    }

    private func append(_ text: String) { buffer += Array(text.utf8) }

    private func namingThePath(_ write: () throws(FileError) -> Void) throws(DatasetError) {
        do throws(FileError) {
            try write()
        } catch {
            throw .cannotWrite(path: path, reason: error.reason.description)
        }
    }
}
