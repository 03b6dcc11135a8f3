import BlockSkim
import TerminalModule

/// Questions on their way through one text or a set of documents, with progress and what could not be used.
struct AnswerRun {
    let answerer: QuestionAnswerer
    let settings: QuestionAnswerer.Settings
    let output: AnswerOutput

    private var questions: QuestionList { output.questions }

    /// Answers the questions about one text.
    ///
    /// - Throws: What the text, or the only question, cannot be answered for; ``AnswerFailure/noQuestionAnswered(count:)``.
    func answer(_ text: String) throws {
        let scalars = output.format == .text ? Array(text.unicodeScalars) : []
        guard questions.isFromFile else {
            let progress = ProgressLine(unit: "windows")
            showPreparation(of: text, progress)
            let report = try answerer.answer(
                question: questions.questions[0],
                context: text,
                settings: settings
            ) {
                progress.update($0, of: $1)
            }
            progress.finish()
            return try output.write(report, at: 0, text: text, scalars: scalars)
        }
        let progress = ProgressLine(unit: "questions")
        showPreparation(of: text, progress)
        let document = try answerer.document(text)
        var failed = 0
        try answerer.answer(questions.questions, document: document, settings: settings) { index, result in
            switch result {
            case .success(let report): try output.write(report, at: index, text: text, scalars: scalars)
            case .failure(let error):
                failed += 1
                try output.write(error, at: index)
            }
            progress.update(index + 1, of: questions.questions.count)
        }
        progress.finish()
        try noteFailed(failed)
    }

    /// Says that a text of several megabytes, which takes some seconds, is cut into tokens and indexed.
    private func showPreparation(of text: String, _ progress: ProgressLine) {
        let megabytes = text.utf8.count / 1_000_000
        if megabytes >= 2 { progress.show("preparing \(megabytes) MB of text") }
    }

    /// Answers the questions about a set of documents.
    ///
    /// - Parameters:
    ///   - documents: The documents, read a few at a time.
    ///   - leftOut: How many were left out before, and said to be.
    /// - Throws: What no question can be answered for; ``AnswerFailure``.
    func answer(_ documents: DocumentList, leftOut: Int) throws {
        var search = DocumentSearch(
            answerer,
            questions: questions.questions,
            settings: settings,
            keepsTexts: output.includesText
        )
        let progress = ProgressLine(unit: "documents")
        var unread = 0
        for entry in documents.entries {
            do {
                let file = try entry.read()
                try search.add(file.text, file: entry.path)
            } catch let error as TextFileError {
                unread += 1
                AnswerOutput.warn("\(error)")
            } catch QuestionAnsweringError.blankContext(let scalarCount) {
                unread += 1
                AnswerOutput.warn(
                    "\(TextFile.name(of: entry.path)): none of its \(scalarCount) characters is text"
                )
            }
            progress.update(search.finishedDocuments + unread, of: documents.entries.count)
        }
        let results = try search.finish()
        progress.finish()
        let total = leftOut + documents.entries.count
        guard !results.isEmpty else { throw AnswerFailure.noDocuments(count: total) }
        let failed = results.count { if case .failure = $0 { true } else { false } }
        // The only question fails as it does about one text.
        if !questions.isFromFile { try output.write(results[0].get(), at: 0) }
        for (index, result) in results.enumerated() where questions.isFromFile {
            switch result {
            case .success(let report): try output.write(report, at: index)
            case .failure(let error): try output.write(error, at: index)
            }
        }
        if leftOut + unread > 0 {
            StandardError.write("Note: \(leftOut + unread) of \(total) documents were left out")
        }
        try noteFailed(failed)
    }

    private func noteFailed(_ failed: Int) throws {
        guard failed > 0 else { return }
        let count = questions.questions.count
        guard failed < count else { throw AnswerFailure.noQuestionAnswered(count: count) }
        StandardError.write("Note: \(failed) of \(count) questions were not answered")
    }
}
