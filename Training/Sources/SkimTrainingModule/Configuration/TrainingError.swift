import BlockSkimModule
import DatasetModule
import EncoderModule
import EvaluationModule
import QuestionAnsweringModule
import SafetensorsModule
import TokenizerModule
import TorchModule

/// Why training could not start or go on.
public enum TrainingError: Error {
    /// A setting is outside its range, or does not go with another.
    case invalidSetting(name: String, value: String, allowed: String)
    /// The output directory has something in it and neither resuming nor overwriting was asked for.
    case outputNotEmpty(directory: String)
    /// There is something where a model is to be made.
    case outputTaken(directory: String)
    /// Another process works in the output directory; nil when it did not say which.
    case locked(directory: String, process: Int?)
    /// There is nothing to resume in the output directory.
    case nothingToResume(directory: String)
    /// A run cannot go on with other settings.
    case otherSettings(directory: String, differences: [String])
    /// A file of a run has settings, or a layout, that this version of the program does not have.
    case otherVersion(path: String, differences: [String])
    /// No question of a data set has a reference answer, and nothing says that there is none.
    case noReferences(path: String, questions: Int)
    /// A run cannot go on with other training data, or another tokenizer.
    case otherData(directory: String, differences: [String])
    /// There is a file where a teacher's logits are to be written, or a part of it.
    case fileTaken(path: String)
    /// A model that is to teach has weights that nobody trained.
    case teacherNotTrained(model: String, missing: String)
    /// A teacher's file that was begun cannot go on with another teacher, other data or other windows.
    case otherTeaching(path: String, differences: [String])
    /// A teacher's file does not hold the training data.
    case teacherOfOtherData(path: String, files: [String])
    /// A teacher's file does not hold all windows, or none that can be matched.
    case teacherLacksWindows(path: String, missing: Int, of: Int)
    /// The training data have no window.
    case noWindows(files: [String])
    /// The data have no question to make a document for.
    case noDocuments(files: [String])
    /// The answer of a question does not stand where it should in a document that was made for it.
    case answerNotInDocument(id: String)
    /// A label does not lie in its window.
    case labelOutsideWindow(windowIndex: Int, label: ClosedRange<Int>, tokens: Int)
    /// The loss, or its gradient, is not a finite number any more.
    case lossNotFinite(step: Int, questionAnswering: Float, blocks: Float)
    /// A file of the run cannot be written; `reason` is the system's.
    case unwritable(path: String, reason: String)
    /// A file of the run cannot be read or does not hold what it should.
    case unreadable(path: String, reason: String)
    /// The device is not there.
    case noDevice(String)
    /// A variable of the environment that says how processes find each other is missing or wrong.
    case environment(name: String, value: String?, allowed: String)
    /// A weight file of another shape, an unknown architecture.
    case encoder(EncoderError)
    /// A block-skim setting that the engine refuses.
    case blockSkim(BlockSkimError)
    /// A data set that cannot be read.
    case dataset(DatasetError)
    /// Window settings that fit no question, or a checkpoint that does not load.
    case questionAnswering(QuestionAnsweringError)
    /// A tokenizer that cannot be read.
    case tokenizer(TokenizerError)
    /// A weight file that is malformed or cannot be written.
    case safetensors(SafetensorsError)
    /// Scores that cannot be computed.
    case evaluation(EvaluationError)
    /// An operation that libtorch refuses.
    case torch(TorchError)
}

extension TrainingError: CustomStringConvertible {
    /// What is wrong, where, and what to do, in one line.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let allowed):
            "\(name) is \(value); it must be \(allowed)"
        case .outputNotEmpty(let directory):
            "\(directory) is not empty. Continue the run in it with --resume, or replace it with --overwrite"
        case .outputTaken(let directory):
            "\(directory) is not empty. Choose another --output, or empty it first"
        case .locked(let directory, let process):
            "another run works in \(directory)\(process.map { " (process \($0))" } ?? ""). Wait for its end, stop it, or"
                + " choose another --output"
        case .nothingToResume(let directory):
            "\(directory) holds no checkpoint to resume. Start without --resume"
        case .otherSettings(let directory, let differences):
            "the run in \(directory) has other settings: \(differences.joined(separator: "; "))."
                + " Use the same, or another output directory"
        case .otherVersion(let path, let differences):
            "another version of blockskim-train wrote \(path): \(differences.joined(separator: "; "))."
                + " Go on with that version, or start anew in another output directory with options of this one"
        case .noReferences(let path, let questions):
            "none of the \(questions) questions of \(path) has a reference answer, and none is flagged as unanswerable"
                + " (\"is_impossible\": true). Check that it is no test file, and that answers are under \"answers\""
        case .otherData(let directory, let differences):
            "the run in \(directory) learns from other data: \(differences.joined(separator: "; "))."
                + " Give it the same files, or start anew in another output directory"
        case .fileTaken(let path):
            "\(path) is there, or was begun. Go on with it with --resume, or replace it with --overwrite"
        case .teacherNotTrained(let model, let missing):
            "\(model) cannot teach, since of its weights these would \(missing)."
                + " Fine-tune it first, with blockskim-train train"
        case .otherTeaching(let path, let differences):
            "\(path) was begun otherwise: \(differences.joined(separator: "; "))."
                + " Use the same, or another --output, or begin anew with --overwrite"
        case .teacherOfOtherData(let path, let files):
            "the teacher's file \(path) was made of other data than \(files.joined(separator: ", "))."
                + " Have it written for these: blockskim-train teach --train …"
        case .teacherLacksWindows(let path, let missing, let count):
            "the teacher's file \(path) says nothing of \(missing) of the \(count) windows."
                + " Have it written anew: blockskim-train teach"
        case .noWindows(let files):
            "no window could be made of \(files.joined(separator: ", ")). Check the files, and --cap and --skip-questions"
        case .noDocuments(let files):
            "no question of \(files.joined(separator: ", ")) has an answer with a place in its text, or is flagged as"
                + " unanswerable (\"is_impossible\": true). Check that they are no test files"
        case .answerNotInDocument(let id):
            "the document made for question \(id) does not have its answer where it should. Please report this fault"
        case .labelOutsideWindow(let windowIndex, let label, let tokens):
            "window \(windowIndex) has \(tokens) tokens, but its label is \(label). Prepare the data again"
                + " with --overwrite"
        case .lossNotFinite(let step, let questionAnswering, let blocks):
            "the loss of step \(step) or its gradient is not a finite number (question answering \(questionAnswering), blocks"
                + " \(blocks)). The checkpoint holds the step before it; start again with a lower --learning-rate or"
                + " --alpha"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason). Mend that, or choose another place; what is written is whole, and a run goes"
                + " on from its last checkpoint with --resume"
        case .unreadable(let path, let reason):
            "cannot use \(path): \(reason)"
        case .noDevice(let name):
            "there is no device \(name) that this libtorch (\(Torch.version)) can use. Use --device cpu, or set"
                + " LIBTORCH to one for your card and build again"
        case .environment(let name, let value, let allowed):
            "the environment variable \(name) is \(value ?? "not set"); it must be \(allowed)"
        case .encoder(let error): error.description
        case .blockSkim(let error): error.description
        case .dataset(let error): error.description
        case .questionAnswering(let error): error.description
        case .tokenizer(let error): error.description
        case .safetensors(let error): "\(error)"
        case .evaluation(let error): error.description
        case .torch(let error): "libtorch refused \(error)\(Self.advice(for: error.reason))"
        }
    }

    /// What to do about faults of the machine that libtorch reports in its own words.
    private static func advice(for reason: String) -> String {
        let reason = reason.lowercased()
        if ["out of memory", "can't allocate memory", "not enough memory"].contains(where: reason.contains) {
            return ". Memory is short: compute each step in more parts with --accumulation, or take a smaller"
                + " --batch-size or --max-length; --plan says what a run needs"
        }
        if ["eaddrinuse", "address already in use"].contains(where: reason.contains) {
            return
                ". Another program, perhaps another run, has the port: set MASTER_PORT to a free one, for all"
                + " processes the same"
        }
        return ""
    }

    /// Runs a body whose errors become training errors.
    static func wrapping<Result>(_ body: () throws -> Result) throws(TrainingError) -> Result {
        do {
            return try body()
        } catch let error as TrainingError {
            throw error
        } catch let error as EncoderError {
            throw .encoder(error)
        } catch let error as BlockSkimError {
            throw .blockSkim(error)
        } catch let error as DatasetError {
            throw .dataset(error)
        } catch let error as QuestionAnsweringError {
            throw .questionAnswering(error)
        } catch let error as TokenizerError {
            throw .tokenizer(error)
        } catch let error as SafetensorsError {
            throw .safetensors(error)
        } catch let error as EvaluationError {
            throw .evaluation(error)
        } catch let error as TorchError {
            throw .torch(error)
        } catch {
            throw .unreadable(path: "a file of the run", reason: RunDirectory.reason(error))
        }
    }
}
