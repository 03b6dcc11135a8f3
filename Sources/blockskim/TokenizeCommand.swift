import ArgumentParser
import BlockSkim

/// `blockskim tokenize`: ids, tokens and offsets of every line.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Cut every line of a text into tokens.",
        discussion: """
            Prints one JSON object for each line of the input, with the ids, the tokens and their offsets in Unicode \
            scalars of the line, half-open. No special tokens are added. Of the model only the tokenizer is read.

            Example: echo "Hello world" | blockskim tokenize --file -
            """
    )

    @OptionGroup var checkpoint: CheckpointArguments

    @Option(help: "A text in UTF-8; - for standard input.")
    var file: String

    private struct Line: Encodable {
        let ids: [Int32]
        let tokens: [String]
        let offsets: [[Int]]
    }

    func run() throws {
        let directory = try checkpoint.directory()
        try InputGuard([file], checkpoint: directory).check(["/dev/stdout"])
        let tokenizer = try Tokenizer(directory: directory)
        try TextInput.forEachLine(of: file) { line in
            let tokenized = tokenizer.tokenize(line)
            try printJSON(
                Line(
                    ids: tokenized.ids,
                    tokens: tokenized.ids.map { tokenizer.token(forID: $0) ?? "" },
                    offsets: tokenized.offsets.map { [$0.lowerBound, $0.upperBound] }
                )
            )
        }
    }
}
