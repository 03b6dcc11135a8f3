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
    SafetensorsTarget.self, TokenizerFileTarget.self, TokenizerTextTarget.self,
]
