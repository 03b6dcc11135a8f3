import EncoderModule

/// Why the block-skim part of a checkpoint could not be used.
public enum BlockSkimError: Error, Equatable, Sendable {
    /// A problem that reading any configuration or weights can have.
    case checkpoint(EncoderError)
    /// `blockskim.json` is of a version that this engine does not know.
    case unsupportedVersion(file: String, version: Int)
    /// A setting is outside its range. `source` is a file, or what else gave the setting.
    case invalidSetting(source: String, name: String, value: String, allowed: String)
}

extension BlockSkimError: CustomStringConvertible {
    /// What is wrong, where, and what to do about it, in one line.
    public var description: String {
        switch self {
        case .checkpoint(let error):
            error.description
        case .unsupportedVersion(let file, let version):
            "\(file) is of version \(version), but this program knows version 1; use a newer program"
        case .invalidSetting(let source, let name, let value, let allowed):
            "\(source): \(name) is \(value); it must be \(allowed)"
        }
    }
}
