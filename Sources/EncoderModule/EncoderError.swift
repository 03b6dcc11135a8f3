import FileModule
import SafetensorsModule
import TensorModule
import TorchFileModule

/// Why a checkpoint could not be loaded or a window could not be encoded.
///
/// `file` is the path of the file that holds the problem.
public enum EncoderError: Error, Equatable, Sendable {
    // MARK: Files

    /// A file of the checkpoint directory cannot be read.
    case unreadableFile(file: String, reason: String)
    /// A configuration file is not a JSON object.
    case notJSONObject(file: String, reason: String)
    /// The path is none of a checkpoint directory; the reason says what it is instead, and what to do.
    case notACheckpoint(directory: String, reason: String)
    /// The directory has no weights in a form that is read; `found` are files with weights in other forms.
    case noWeights(directory: String, found: [String])
    /// The index of the shards is not one, or does not list what they hold.
    case invalidIndex(file: String, problem: String)
    /// The weights file is malformed, or a tensor has elements that are not floating-point numbers.
    case safetensors(SafetensorsError)
    /// The same for a file of `torch.save`.
    case torchFile(TorchFileError)

    // MARK: Configuration

    /// A configuration file lacks a key.
    case missingKey(file: String, key: String)
    /// The configuration does not say the model's family; the name of its class may.
    case missingModelType(file: String, architecture: String, family: ModelFamily?)
    /// A value of a configuration file is of another kind or outside its range.
    case invalidValue(file: String, key: String, value: String, allowed: String)
    /// The model's family is not one that this engine runs.
    case unsupportedArchitecture(file: String, modelType: String, supported: [String])
    /// The feed-forward activation is not one that this engine runs.
    case unsupportedActivation(file: String, name: String, supported: [String])

    // MARK: Weights

    /// The weights file lacks a tensor that the model needs.
    case missingTensor(file: String, tensor: String)
    /// The weights are those of an encoder alone, without a question-answering head.
    case missingHead(file: String, head: String)
    /// A tensor does not have the shape that the configuration asks for.
    case wrongShape(file: String, tensor: String, found: [Int], expected: [Int])
    /// The weights file holds tensors that no part of the model uses.
    case unknownTensors(file: String, first: String, count: Int)

    // MARK: Windows

    /// A window has no tokens.
    case emptyWindow
    /// A window has more tokens than the model has positions.
    case windowTooLong(tokens: Int, maximum: Int)
    /// A window has another number of token types than of tokens.
    case tokenTypeCountMismatch(tokens: Int, tokenTypes: Int)
    /// A token id is not in the model's vocabulary.
    case tokenOutOfRange(id: Int, tokenIndex: Int, vocabularySize: Int)
    /// A token type is not one of the model's.
    case tokenTypeOutOfRange(tokenType: Int, tokenIndex: Int, tokenTypeCount: Int)
    /// The task that encodes was cancelled.
    case cancelled
    /// An operation could not be computed.
    case tensor(TensorError)
}

extension EncoderError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it, in one line.
    public var description: String {
        switch self {
        case .unreadableFile(let file, let reason):
            "cannot read \(file): \(reason); give the directory of a Hugging Face checkpoint with config.json "
                + "and model.safetensors"
        case .notACheckpoint(let directory, let reason):
            "\(directory) is no checkpoint: \(reason)"
        case .noWeights(let directory, let found):
            if let first = found.first,
                let kind = ForeignWeights.names.first(where: { $0.key == first })?.value
            {
                "\(directory) has no model.safetensors or pytorch_model.bin, only "
                    + "\(found.joined(separator: ", ")), which cannot be read; " + kind.advice(directory)
            } else {
                "\(directory) has no model.safetensors or pytorch_model.bin; give the directory of a checkpoint, "
                    + "or save one: " + CheckpointDirectory.saving("NAME ON THE HUB", to: directory)
            }
        case .invalidIndex(let file, let problem):
            "\(file): \(problem); download the checkpoint again"
        case .notJSONObject(let file, let reason):
            "\(file) is not a JSON object: \(reason)"
        case .safetensors(let error):
            error.description
        case .torchFile(let error):
            error.description
        case .missingKey(let file, let key):
            "\(file) lacks the key \"\(key)\"; add it"
        case .missingModelType(let file, let architecture, let family):
            "\(file) lacks the key \"model_type\"; "
                + (family.map { "add \"model_type\": \"\($0.rawValue)\", as " } ?? "add it: ")
                + "\"architectures\" has \(JSONText.quoted(architecture))"
        case .invalidValue(let file, let key, let value, let allowed):
            "\(file): \"\(key)\" is \(value); it must be \(allowed)"
        case .unsupportedArchitecture(let file, let modelType, let supported):
            "\(file): the architecture \(JSONText.quoted(modelType)) is not supported; supported: "
                + supported.joined(separator: ", ")
        case .unsupportedActivation(let file, let name, let supported):
            "\(file): the activation \(JSONText.quoted(name)) (hidden_act) is not supported; supported: "
                + supported.joined(separator: ", ")
        case .missingTensor(let file, let tensor):
            "\(file) lacks the tensor \(tensor); export the whole model, with its question-answering head"
        case .missingHead(let file, let head):
            "\(file) has no question-answering head (\(head).weight); the model must be fine-tuned for question "
                + "answering first, for example with blockskim-train"
        case .wrongShape(let file, let tensor, let found, let expected):
            "\(file): the tensor \(tensor) has the shape \(found), but the configuration asks for \(expected); "
                + "config.json and the weights must be of the same model"
        case .unknownTensors(let file, let first, let count):
            "\(file) holds the tensor \(JSONText.quoted(first))" + (count > 1 ? " and \(count - 1) more" : "")
                + " that this model does not use; config.json and the weights must be of the same model"
        case .emptyWindow:
            "a window without tokens cannot be encoded; give at least the special tokens"
        case .windowTooLong(let tokens, let maximum):
            "a window has \(tokens) tokens, but the model takes at most \(maximum); lower the maximum length"
        case .tokenTypeCountMismatch(let tokens, let tokenTypes):
            "a window has \(tokens) tokens but \(tokenTypes) token types; give one for each token"
        case .tokenOutOfRange(let id, let tokenIndex, let vocabularySize):
            "token \(tokenIndex) has the id \(id), but the model's vocabulary has \(vocabularySize) entries; "
                + "the tokenizer and the weights must be of the same model"
        case .tokenTypeOutOfRange(let tokenType, let tokenIndex, let tokenTypeCount):
            "token \(tokenIndex) has the type \(tokenType), but the model has \(tokenTypeCount) token types"
        case .cancelled:
            "the task was cancelled before the windows were encoded; ask again"
        case .tensor(let error):
            error.description
        }
    }
}
