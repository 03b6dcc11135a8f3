import CTorchShim

/// What libtorch refused to do.
public struct TorchError: Error, Equatable, CustomStringConvertible {
    /// The operation, as this module calls it.
    public let operation: String
    /// The shapes of the tensors that it was given.
    public let shapes: [[Int]]
    /// What libtorch says.
    public let reason: String

    /// Operation, shapes and reason in one line.
    public var description: String {
        let operands = shapes.isEmpty ? "" : " of " + shapes.map { "\($0)" }.joined(separator: " and ")
        return "\(operation)\(operands): \(reason)"
    }

    /// The only place where a status of the shim becomes an error, and its message is fetched.
    ///
    /// - Parameters:
    ///   - operation: what to call it in the error.
    ///   - operands: tensors whose shapes the error names.
    ///   - status: what the function of the shim returned.
    /// - Throws: the error that the status stands for.
    static func check(
        _ operation: String,
        _ operands: [Tensor],
        _ status: ts_status
    ) throws(TorchError) {
        guard status != 0 else { return }
        var message = [CChar](repeating: 0, count: 4096)
        _ = ts_error_message(&message, Int64(message.count))
        let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        throw TorchError(
            operation: operation,
            shapes: operands.map(\.shape),
            reason: String(decoding: bytes, as: UTF8.self).split(separator: "\n").joined(separator: " ")
        )
    }

    /// As ``check(_:_:_:)``, for a function without tensors.
    static func check(_ operation: String, _ status: ts_status) throws(TorchError) {
        try check(operation, [], status)
    }
}
