import TokenizerModule

/// The answers to one question over several documents, and what it took to find them.
///
/// Encodes to the command line's JSON.
public struct DocumentSetReport: Codable, Sendable, Equatable {
    /// An answer with the document that it is a span of.
    public struct Answer: Sendable, Equatable {
        /// The document's name.
        public var file: String
        /// The span, exactly as the document alone gives it.
        public var answer: AnswerReport.Answer
        /// The text around it; not part of the JSON.
        public var excerpt: DocumentExcerpt?
        /// The whole document, where it was asked for; not part of the JSON.
        public var documentText: String?
    }

    /// What skimming did.
    public struct Skim: Codable, Sendable, Equatable {
        /// The layers after which blocks were dropped, counted from 1.
        public var layers: [Int]
        /// The tokens that went through the last layers, over all tokens of the windows that were read.
        public var keptFraction: Double
        /// How many windows were looked at again with all their blocks; absent where none is.
        public var secondLooks: Int?
    }

    /// The question as it was asked.
    public var question: String
    /// How much of the question was read; absent when all of it was.
    public var truncation: AnswerReport.Truncation?
    /// Best first, over all documents.
    public var answers: [Answer]
    /// Whether any of the documents is said to hold an answer.
    public var answerable: Bool
    /// The probability that the documents do not say: that of the document which is likeliest to; absent unless that was a
    /// possible answer.
    public var noAnswerScore: Double?
    /// How many documents were read.
    public var documents: Int
    /// How many windows they have.
    public var windows: Int
    /// The tokens of the windows that were read.
    public var tokens: Int
    /// What was read of them: where some were not read to the end, why the first of those was not.
    public var reading: AnswerReport.Reading
    /// What skimming did; absent for a dense run.
    public var skim: Skim?
    /// Whether the documents say nothing: what the one says that comes closest to an answer; absent unless that was a
    /// possible answer.
    public var noAnswer: AnswerReport.NoAnswer?
    /// How long the steps took.
    public var milliseconds: AnswerReport.Milliseconds
}

extension DocumentSetReport.Answer: Codable {
    private enum Key: CodingKey {
        case file
    }

    /// Decodes an answer that ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        file = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .file)
        answer = try AnswerReport.Answer(from: decoder)
    }

    /// Encodes the keys of the span and `file` into one object.
    public func encode(to encoder: any Encoder) throws {
        try answer.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(file, forKey: .file)
    }
}
