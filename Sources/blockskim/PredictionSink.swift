import BlockSkim
import DatasetModule
import EvaluationModule
import TerminalModule

/// Where the answers of `predict` go, question by question.
enum PredictionSink {
    /// Into the files themselves: what is no regular file cannot be gone on with.
    case files(PredictionFile, NBestFile?)
    /// Into a journal beside the output, of which the files are made at the end.
    case journal(PredictionJournal, output: String, nBest: String?)

    /// The questions that an earlier run answered, in the order of the data.
    var answered: [String] {
        if case .journal(let journal, _, _) = self { journal.ids } else { [] }
    }

    /// Records a question; `answered` is nil when it could not be answered.
    func append(_ example: Example, _ answered: AnsweredExample?) throws {
        switch self {
        case .files(let predictionFile, let nBestFile):
            // Programs that score want every id.
            try predictionFile.append(id: example.id, answered?.prediction ?? "")
            if let answered { try nBestFile?.append(id: example.id, candidates: answered.nBest) }
        case .journal(let journal, _, _):
            try journal.append(id: example.id, answered.map { ($0.prediction, $0.nBest) })
        }
    }

    /// Completes the files.
    func finish() throws {
        switch self {
        case .files(let predictionFile, let nBestFile):
            try predictionFile.commit()
            try nBestFile?.commit()
        case .journal(let journal, let output, let nBest):
            try journal.write(to: PredictionFile(path: output), nBest.map { try NBestFile(path: $0) })
            try journal.remove()
        }
    }

    /// The error of a run that did not come to its end; a journal without answers is taken away.
    func ended(by error: any Error, recorded: Int) throws -> any Error {
        guard case .journal(let journal, _, _) = self else { return error }
        guard recorded > 0 else {
            try journal.remove()
            return error
        }
        return IncompleteRun(reason: error, questions: recorded, journal: journal.path)
    }
}

/// A run that ended before all questions were answered, and whose answers are kept.
struct IncompleteRun: Error, CustomStringConvertible {
    /// Why it ended.
    let reason: any Error
    /// How many questions are in the journal.
    let questions: Int
    /// The path of the journal.
    let journal: String

    var description: String {
        let count = questions == 1 ? "1 question" : "\(questions) questions"
        return "\(reason); what was answered so far (\(count)) is in \(journal): go on with --resume"
    }
}

/// Ctrl-C, or a request of the system to end.
struct Interruption: Error, CustomStringConvertible {
    var description: String { "interrupted" }
}
