import Foundation
import TokenizerModule

/// Tokenizes a list of texts whenever it is asked to, as `huggingface.py` does.
///
///     tokenizer-rounds DIRECTORY TEXTS TOKENS
///
/// Reads the tokenizer of DIRECTORY and the JSON array of strings in TEXTS, writes their tokens to TOKENS and prints
/// the line `ready`; then, for every line with a number n on standard input, tokenizes all texts n times and prints
/// the milliseconds of each time as a JSON array.
@main struct TokenizerRounds {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else {
            FileHandle.standardError.write(Data("usage: tokenizer-rounds DIRECTORY TEXTS TOKENS\n".utf8))
            exit(64)
        }
        let tokenizer = try Tokenizer(directory: arguments[1])
        let json = try Data(contentsOf: URL(filePath: arguments[2]))
        let texts = try JSONDecoder().decode([String].self, from: json)
        try bytes(of: texts.map { tokenizer.tokenize($0) }).write(to: URL(filePath: arguments[3]))
        try say("ready")
        while let line = readLine() {
            guard let count = Int(line), count >= 1 else { break }
            let milliseconds = (0..<count).map { _ in time { texts.map { tokenizer.tokenize($0) } } }
            try say("[\(milliseconds.map { "\($0)" }.joined(separator: ","))]")
        }
    }

    /// The milliseconds until the results are there; letting them go does not count.
    private static func time(_ body: () -> [TokenizedText]) -> Double {
        let start = ContinuousClock.now
        let results = body()
        let elapsed = ContinuousClock.now - start
        return withExtendedLifetime(results) { elapsed / .milliseconds(1) }
    }

    /// The number of tokens of each text, then id, start and end of each of them: 32 bits each, little-endian.
    private static func bytes(of results: [TokenizedText]) -> Data {
        var data = Data()
        func append(_ number: Int) {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).littleEndian) {
                data.append(contentsOf: $0)
            }
        }
        for result in results {
            append(result.ids.count)
            for (id, range) in zip(result.ids, result.offsets) {
                append(Int(id))
                append(range.lowerBound)
                append(range.upperBound)
            }
        }
        return data
    }

    /// Writes a line at once, past the buffer of standard output.
    private static func say(_ line: String) throws {
        try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }
}
