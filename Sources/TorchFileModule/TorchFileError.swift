import FileModule
import SafetensorsModule

/// Why a file of `torch.save` could not be read.
///
/// `file` is the path as it was given.
public enum TorchFileError: Error, Equatable, Sendable {
    /// The file cannot be opened.
    case unopenable(SafetensorsError)
    /// The file is neither a ZIP archive nor what `torch.save` wrote before there were archives.
    case unknownForm(file: String)
    /// The ZIP archive is damaged, or not one of `torch.save`.
    case malformedArchive(file: String, problem: String)
    /// A part of the archive is compressed or encrypted; `torch.save` stores all of them as they are.
    case encodedEntry(file: String, entry: String)
    /// The pickle ends before its last instruction does, or goes on beyond the limit.
    case pickleTruncated(file: String, byteOffset: Int)
    /// An instruction of the pickle does not fit what stands before it.
    case pickleMalformed(file: String, byteOffset: Int, problem: String)
    /// An instruction that tensors do not need.
    case unsupportedInstruction(file: String, byteOffset: Int, name: String)
    /// A function or class that tensors do not need; nothing of it was run.
    case unsupportedGlobal(file: String, byteOffset: Int, name: String)
    /// A tensor does not fit its storage.
    case malformedTensor(file: String, tensor: String, problem: String)
    /// A tensor occurs twice.
    case duplicateTensor(file: String, tensor: String)
    /// The file has no tensor of this name.
    case noSuchTensor(file: String, tensor: String)
    /// The elements are not floating-point numbers of 16 or 32 bits.
    case wrongElementType(file: String, tensor: String, found: ElementType)
    /// Elements are asked for that the tensor does not have.
    case elementsOutOfRange(file: String, tensor: String, elements: Range<Int>, elementCount: Int)
}

extension TorchFileError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it, in one line.
    public var description: String {
        switch self {
        case .unopenable(let error):
            error.description
        case .unknownForm(let file):
            "\(file): is not a file of torch.save; download it again"
        case .malformedArchive(let file, let problem):
            "\(file): the archive is damaged: \(problem); download it again"
        case .encodedEntry(let file, let entry):
            "\(file): \(JSONText.quoted(entry)) is compressed or encrypted; save the file again with torch.save"
        case .pickleTruncated(let file, let byteOffset):
            "\(file): the pickle breaks off at byte \(byteOffset); download the file again"
        case .pickleMalformed(let file, let byteOffset, let problem):
            "\(file): the pickle is malformed at byte \(byteOffset): \(problem); download the file again"
        case .unsupportedInstruction(let file, let byteOffset, let name):
            "\(file): byte \(byteOffset) of the pickle is \(name), which tensors do not need; nothing of it was run. "
                + "Save only the model's state_dict()"
        case .unsupportedGlobal(let file, let byteOffset, let name):
            "\(file): byte \(byteOffset) of the pickle asks for \(JSONText.quoted(name)), which tensors do not need; "
                + "nothing of it was run. Save only the model's state_dict()"
        case .malformedTensor(let file, let tensor, let problem):
            "\(file): tensor \(JSONText.quoted(tensor)) \(problem); download the file again"
        case .duplicateTensor(let file, let tensor):
            "\(file): tensor \(JSONText.quoted(tensor)) occurs twice; give every tensor its own name"
        case .noSuchTensor(let file, let tensor):
            "\(file): has no tensor \(JSONText.quoted(tensor)); check the name"
        case .wrongElementType(let file, let tensor, let found):
            "\(file): tensor \(JSONText.quoted(tensor)) has elements of type \(found.rawValue); "
                + "convert it to F32, F16 or BF16"
        case .elementsOutOfRange(let file, let tensor, let elements, let elementCount):
            "\(file): tensor \(JSONText.quoted(tensor)) has \(elementCount) elements, not \(elements)"
        }
    }
}
