import Foundation

/// A reader of untrusted input that must answer or throw, whatever it is given.
protocol FuzzTarget: SendableMetatype {
    /// The name on the command line.
    static var name: String { get }

    init() throws

    /// Valid inputs, which the mutations start from.
    var seeds: [[UInt8]] { get }

    /// Pieces of the input's language, which mutations insert.
    var fragments: [String] { get }

    /// Restores what would otherwise hide the change, such as a length or a checksum.
    ///
    /// Called for about half of the inputs.
    func repair(_ input: inout [UInt8], seed: [UInt8])

    /// Gives the input to the reader and uses all of what it answers.
    ///
    /// - Parameters:
    ///   - input: The mutated bytes.
    ///   - path: A file that holds the same bytes.
    /// - Returns: What became of it: "accepted" or a short name of the error.
    func run(_ input: [UInt8], path: String) -> String
}

extension FuzzTarget {
    func repair(_ input: inout [UInt8], seed: [UInt8]) {}
}

/// All targets: a new one is one file and one line here.
let targets: [any FuzzTarget.Type] = [
    SafetensorsTarget.self, TorchFileTarget.self, FairseqTarget.self, DeBERTaPiecesTarget.self,
    TokenizerFileTarget.self,
    TokenizerConfigurationTarget.self,
    ByteVocabularyTarget.self, MergesTarget.self, BytePairFileTarget.self, SentencePieceTarget.self,
    UnigramFileTarget.self, TokenizerTextTarget.self, EncoderConfigurationTarget.self,
    SkimConfigurationTarget.self,
    DatasetTarget<Squad>.self, GzipTarget<Squad>.self, GzipBytesTarget<Squad>.self,
    DatasetTarget<MRQA>.self, GzipTarget<MRQA>.self, GzipBytesTarget<MRQA>.self,
    DatasetTarget<Rows>.self, DatasetTarget<Arrays>.self, DatasetTarget<Columns>.self,
    DatasetTarget<Table>.self,
    PredictionsTarget.self, NoAnswerScoresTarget.self, HTMLTarget.self,
]

/// Pieces of JSON.
let jsonFragments = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u00e9", "\\uD83D", "\\uDE00", "\\n", "null", "true", "false",
    "-1",
    "1e9", "0.5", "\"\"", "{}", "[]", " ", "\n", "\0", "é", "\u{FEFF}", "\"a\":",
    String(repeating: "[", count: 101),
]

/// The name of an error's case, after a look at its description.
func outcome(of error: some Error & CustomStringConvertible) -> String {
    error.description.isEmpty || error.description.contains("\n")
        ? "BAD DESCRIPTION" : Mirror(reflecting: error).children.first?.label ?? "\(error)"
}

extension ScratchDirectory {
    /// Makes the input appear under the name that a reader looks for.
    func link(_ name: String, to path: String) {
        if !FileManager.default.fileExists(atPath: file(name)) {
            try? FileManager.default.createSymbolicLink(atPath: file(name), withDestinationPath: path)
        }
    }
}
