/// Why a product or another operation could not be computed.
public enum TensorError: Error, Equatable, Sendable {
    /// The system has no memory for so many bytes.
    case outOfMemory(byteCount: Int)
    /// A library refused an operation, which is named with its shape.
    case refused(library: String, operation: String, reason: String)
}

extension TensorError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it, in one line.
    public var description: String {
        switch self {
        case .outOfMemory(let byteCount):
            "there is no memory for \(byteCount) bytes; answer fewer windows at once or shorter ones"
        case .refused(let library, let operation, let reason):
            "\(library) could not \(operation): \(reason); try another precision"
        }
    }
}
