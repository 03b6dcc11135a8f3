import Foundation
import TorchModule

/// What is asked for as number format of products.
public enum PrecisionChoice: String, Sendable, CaseIterable {
    /// bf16 where the device multiplies it by instructions of its own, else f32.
    case auto
    /// 32 bits.
    case f32
    /// bfloat16, be it fast or not.
    case bf16

    /// The format that a run takes.
    ///
    /// - Parameters:
    ///   - device: where it runs.
    ///   - run: the directory of the run that is resumed, whose format `auto` keeps; nil for a new run.
    ///   - report: called with a line where there is something to say.
    /// - Returns: f32 or bf16.
    /// - Throws: `unreadable`, `otherVersion` of the run that is resumed; `torch`.
    public func precision(
        on device: Device,
        resuming run: String?,
        report: (String) -> Void
    ) throws(TrainingError) -> TrainingConfiguration.Precision {
        if self == .auto, let run {
            let file = RunDirectory(existingAt: run).configurationFile
            if FileManager.default.fileExists(atPath: file) {
                return try TrainingConfiguration(file: file).precision
            }
        }
        return try TrainingError.wrapping {
            try precision(
                isNative: Torch.multipliesBFloat16(on: device),
                slowdown: { try Torch.bfloat16Slowdown(on: device) },
                report: report
            )
        }
    }

    /// The same for a device of which all is known.
    ///
    /// - Parameters:
    ///   - isNative: whether it multiplies bfloat16 by instructions of its own.
    ///   - slowdown: measures how many times as long as in 32 bits a product takes; called only where that has to be said.
    ///   - report: called with a line where there is something to say.
    /// - Returns: f32 or bf16.
    /// - Throws: what `slowdown` throws.
    func precision(
        isNative: Bool,
        slowdown: () throws -> Double,
        report: (String) -> Void
    ) throws -> TrainingConfiguration.Precision {
        switch self {
        case .f32: return .f32
        case .auto:
            report(
                isNative
                    ? "products in bf16, which the device multiplies natively (--precision auto)"
                    : "products in f32, since the processor has no products of bf16 (--precision auto)"
            )
            return isNative ? .bf16 : .f32
        case .bf16:
            if !isNative {
                let ratio = String(format: "%.1f", try slowdown())
                report(
                    "Warning: the processor has no products of bf16, one takes \(ratio) times as long as in f32 here."
                        + " Use --precision auto"
                )
            }
            return .bf16
        }
    }
}
