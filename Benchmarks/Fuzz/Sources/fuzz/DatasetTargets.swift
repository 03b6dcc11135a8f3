import DatasetModule

/// Valid data sets of one layout, as text.
protocol DatasetSeeds {
    static var name: String { get }
    static var seeds: [String] { get }
    static var fragments: [String] { get }
    /// What becomes of a table.
    static var tables: DatasetReader.Tables { get }
}

extension DatasetSeeds {
    static var tables: DatasetReader.Tables { .refused }
}

/// Data sets of a layout that are also tried compressed.
protocol CompressedDatasetSeeds: DatasetSeeds {
    /// A file that zlib compressed, as base64.
    static var compressed: String { get }
}

enum Squad: CompressedDatasetSeeds {
    static let name = "squad"
    static let compressed = GzipSeeds.squad
    static let seeds = [
        #"""
        {"version":"v2.0","data":[{"title":"N","paragraphs":[{"context":"The Normans é 😀 came.","qas":[
        {"id":"1","question":"Who \u00e9?","answers":[{"text":"Normans","answer_start":4}]},
        {"id":"2","question":"Why?","is_impossible":true,"answers":[],"plausible_answers":[]}]}]},{"paragraphs":[]}]}
        """#,
        #"""
        {"data":[{"title":"A \"B\"","paragraphs":[{"context":"caf\u00e9 \ud83d\ude00 x","qas":[{"id":3,"question":"Q",
        "answers":[{"text":"x","answer_start":7},{"text":"caf\u00e9","answer_start":0}]}]},{"context":"C","qas":[]}]}]}

        """#,
    ]
    static let fragments = [
        "\"answer_start\":", "\"context\":\"a b\",", "\"qas\":[", "\"data\":[],", "\"id\":\"1\",",
        "\"is_impossible\":true,",
    ]
}

enum MRQA: CompressedDatasetSeeds {
    static let name = "mrqa"
    static let compressed = GzipSeeds.mrqa
    static let seeds = [
        #"""
        {"header": {"dataset": "SQuAD", "split": "dev"}}
        {"id": "", "context": "[PAR] The café 😀 is red.\r\n", "context_tokens": [["The", 6]], "qas": [{"qid": "a", "question":
         "What?", "answers": ["caf\u00e9", "red"], "detected_answers": [{"text": "red", "char_spans": [[20, 22]],
         "token_spans": [[4, 4]]}]}]}
        {"context": "b c b", "qas": [{"qid": "b", "question": "B?", "answers": ["b"], "detected_answers":
         [{"text": "b", "char_spans": [[0, 0], [4, 4]]}]}]}
        """#,
        #"{"context": "x y", "qas": [{"qid": "1", "question": "?", "answers": ["y"], "detected_answers": []}]}"#,
    ].map { text in
        // One record a line; the line breaks above that a space follows are for the reader only.
        text.replacing("\n ", with: " ") + "\n"
    }
    static let fragments = [
        "\"char_spans\":[[0,1]],", "\"context\":\"a b\",", "\"qas\":[", "\"header\":{},", "\"qid\":\"a\",",
        "\n{}\n",
    ]
}

/// Reads the input as a data set.
struct DatasetTarget<Layout: DatasetSeeds>: FuzzTarget {
    static var name: String { Layout.name }
    let seeds = Layout.seeds.map { [UInt8]($0.utf8) }
    let fragments = jsonFragments + Layout.fragments

    func run(_ input: [UInt8], path: String) -> String {
        check { () throws(DatasetError) in try DatasetReader(path: path, tables: Layout.tables) }
    }
}

/// Reads the input, compressed after its mutation, as a data set.
struct GzipTarget<Layout: DatasetSeeds>: FuzzTarget {
    static var name: String { Layout.name + "-gzip" }
    let seeds = Layout.seeds.map { [UInt8]($0.utf8) }
    let fragments = jsonFragments + Layout.fragments

    func run(_ input: [UInt8], path: String) -> String {
        check { () throws(DatasetError) in
            try DatasetReader(bytes: GzipWriter.compressed(input), name: "input.gz")
        }
    }
}

/// Reads the input, mutated after its compression, as a data set.
struct GzipBytesTarget<Layout: CompressedDatasetSeeds>: FuzzTarget {
    static var name: String { Layout.name + "-gzip-bytes" }
    let seeds =
        Layout.seeds.map { GzipWriter.compressed([UInt8]($0.utf8)) } + [GzipSeeds.bytes(Layout.compressed)]
    let fragments = ["\u{1F}", "\0\0\0\0", "\0\u{1}\0", "\u{8}"]

    func run(_ input: [UInt8], path: String) -> String {
        check { () throws(DatasetError) in try DatasetReader(path: path) }
    }
}

/// Reads a data set to its end and looks whether every answer stands where the reader says.
private func check(_ open: () throws(DatasetError) -> DatasetReader) -> String {
    do throws(DatasetError) {
        let reader = try open()
        var name = "accepted"
        while let item = try reader.next() {
            switch item {
            case .issue(let issue):
                name = "accepted with issues"
                guard !issue.description.contains("\n") else { return "BAD DESCRIPTION" }
            case .passage(let passage):
                guard !passage.examples.isEmpty else { return "NO EXAMPLES" }
                let scalars = Array(passage.context.unicodeScalars)
                for example in passage.examples where !isSound(example, in: scalars) {
                    return "ANSWER IN A WRONG PLACE"
                }
            }
        }
        return name
    } catch {
        return outcome(of: error)
    }
}

private func isSound(_ example: Example, in context: [Unicode.Scalar]) -> Bool {
    let ranges = example.answerRanges.allSatisfy { range in
        range.lowerBound >= 0 && range.upperBound <= context.count && !range.isEmpty
    }
    return ranges
        && example.answers.allSatisfy { answer in
            guard let start = answer.start else { return true }
            let text = Array(answer.text.unicodeScalars)
            return start + text.count <= context.count && Array(context[start..<start + text.count]) == text
        }
}
