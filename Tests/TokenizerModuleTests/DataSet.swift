import Foundation

/// A data set in SQuAD's layout.
struct DataSet: Decodable {
    struct Article: Decodable { var paragraphs: [Paragraph] }
    struct Paragraph: Decodable {
        var context: String
        var qas: [Question]
    }
    struct Question: Decodable { var question: String }

    var data: [Article]

    /// Contexts, each once, then questions, in the order in which they stand.
    var texts: [String] {
        // By bytes, as Python compares: Swift takes differently composed accents for the same.
        var seen: Set<[UInt8]> = []
        let paragraphs = data.flatMap(\.paragraphs)
        return paragraphs.map(\.context).filter { seen.insert(Array($0.utf8)).inserted }
            + paragraphs.flatMap { $0.qas.map(\.question) }
    }

    /// The texts of a file.
    static func texts(_ file: URL) throws -> [String] {
        try JSONDecoder().decode(DataSet.self, from: Data(contentsOf: file)).texts
    }
}
