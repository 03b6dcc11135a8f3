/// One thing that is wrong with one place of a data set, while the rest can be used.
public struct DatasetIssue: Error, Equatable, Sendable {
    /// Where in the file the issue is.
    public struct Place: Equatable, Sendable {
        /// The line, from 1, of a JSON Lines file or a table; nil in SQuAD JSON.
        public var line: Int?
        /// The path from the document (SQuAD) or the line (MRQA), such as `data[0].paragraphs[3].qas[1]`.
        public var path: String
    }

    /// What is wrong.
    public enum Problem: Error, Equatable, Sendable {
        /// A required key is absent.
        case missingKey(String)
        /// A key stands twice in one object, so its value is ambiguous.
        case duplicateKey(String)
        /// A value has another type than the layout asks for.
        case wrongType(key: String, expected: String, found: String)
        /// A string cannot be represented as Unicode text.
        case malformedText(key: String, reason: String)
        /// A line is not JSON; the column counts bytes from 1.
        case invalidJSON(column: Int, reason: String)
        /// The context is empty or white space.
        case blankContext
        /// The question is empty or white space.
        case blankQuestion
        /// An answer that should have a place is empty.
        case blankAnswer
        /// The id was used by an earlier question of the file.
        case duplicateIdentifier
        /// The answer's place, half-open in Unicode scalars, is not a range inside the context.
        case answerOutsideContext(start: Int, end: Int, contextScalars: Int)
        /// The context has another text at the answer's place.
        case answerTextMismatch(start: Int, expected: String, found: String)
        /// A row of a table has more or fewer fields than the header.
        case fieldCount(Int, expected: Int)
        /// The question has no id.
        case noIdentifier(madeUp: String)
        /// The question is flagged impossible and yet has answers.
        case impossibleWithAnswers
    }

    /// What the reader did about it.
    public enum Consequence: String, Equatable, Sendable {
        /// The passage and its questions were left out.
        case passageSkipped = "passage skipped"
        /// The question was left out.
        case exampleSkipped = "question skipped"
        /// The answer is used for scoring, but not as a place to learn from.
        case locationDropped = "answer kept without its place"
        /// The question is used, so that its id stands for several.
        case duplicateKept = "question counted too"
        /// The question is used, under an id of the reader's.
        case identifierMadeUp = "question used"
        /// The value was ignored; the question is used.
        case valueIgnored = "value ignored"
    }

    /// The name of the file.
    public var file: String
    /// Where in the file.
    public var place: Place
    /// The id of the question, as far as it could be read.
    public var id: String?
    /// What is wrong.
    public var problem: Problem
    /// What the reader did about it.
    public var consequence: Consequence
}

extension DatasetIssue: CustomStringConvertible {
    /// Where, what, and what was done, in one line.
    public var description: String {
        var location = file
        if let line = place.line { location += ", line \(line)" }
        if !place.path.isEmpty { location += ", \(place.path)" }
        if let id { location += " (id \(Self.shortened(id)))" }
        return "\(location): \(problem); \(consequence.rawValue)"
    }

    /// What the issue has in common with others that differ in place and words.
    public var kind: String {
        // The name of an enumeration's case; of one with values it is the label of its only child.
        let problem = Mirror(reflecting: problem).children.first?.label ?? "\(problem)"
        return "\(problem), \(consequence)"
    }

    /// At most 60 scalars on one line, so that a report stays readable whatever the data holds.
    static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(61)
        let isCut = scalars.count > 60
        return String(String.UnicodeScalarView(scalars.prefix(60))).debugDescription + (isCut ? "…" : "")
    }
}

extension DatasetIssue.Problem: CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .missingKey(let key):
            "key \"\(key)\" is missing; add it"
        case .duplicateKey(let key):
            "key \"\(key)\" stands twice in one object; keep one"
        case .wrongType(let key, let expected, let found):
            "\"\(key)\" must be \(expected), not \(found)"
        case .malformedText(let key, let reason):
            "\"\(key)\" is not valid text: \(reason); save the file as UTF-8"
        case .invalidJSON(let column, let reason):
            "column \(column): not JSON: \(reason)"
        case .blankContext:
            "the context is blank"
        case .blankQuestion:
            "the question is blank"
        case .blankAnswer:
            "the answer is empty, so it has no place"
        case .duplicateIdentifier:
            "the id was used by an earlier question; give every question its own"
        case .answerOutsideContext(let start, let end, let contextScalars):
            "the answer's place \(start)..<\(end) is not inside the context of \(contextScalars) scalars;"
                + " count Unicode scalars from 0"
        case .answerTextMismatch(let start, let expected, let found):
            "the context has \(DatasetIssue.shortened(found)) at \(start),"
                + " not \(DatasetIssue.shortened(expected)); count Unicode scalars from 0"
        case .fieldCount(let found, let expected):
            "the row has \(found) \(found == 1 ? "field" : "fields"), the header \(expected);"
                + " put a field that holds separators or line ends into quotes"
        case .noIdentifier(let madeUp):
            "there is no \"id\" and no \"qid\"; the question is called \(madeUp)"
        case .impossibleWithAnswers:
            "\"is_impossible\" is true but there are answers; the answers count"
        }
    }
}
