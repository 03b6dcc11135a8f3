import FileModule

/// Turns decoded JSON into passages, and what is wrong with it into issues.
///
/// Shared by both layouts; each has its own file for what differs.
struct PassageDecoder {
    let file: String
    /// How many examples were handed out.
    private(set) var exampleCount = 0
    /// How many issues were found.
    private(set) var issueCount = 0
    /// Whether a question is used whose id an earlier one has.
    var keepsDuplicates = false
    /// Whether a passage is handed out of which no question can be used.
    var keepsPassagesWithoutQuestions = false
    /// The number of the article that is decoded; nil where passages stand in none.
    var article: Int?
    /// How many articles were decoded.
    var articleCount = 0
    private var seenIdentifiers: Set<ExactString> = []
    private var questionsWithoutIdentifier = 0
    private var items: [DatasetItem] = []

    init(file: String) { self.file = file }

    /// What was decoded since the last call, issues before the passage that they belong to.
    mutating func takeItems() -> [DatasetItem] {
        defer { items = [] }
        return items
    }

    mutating func report(
        _ problem: DatasetIssue.Problem,
        at place: DatasetIssue.Place,
        id: String? = nil,
        _ consequence: DatasetIssue.Consequence
    ) {
        issueCount += 1
        items.append(
            .issue(DatasetIssue(file: file, place: place, id: id, problem: problem, consequence: consequence))
        )
    }

    /// Whether a value is a passage, or a row of one question, and not an article of several passages.
    func isPassage(_ value: JSONValue) -> Bool {
        guard case .object(let members) = value else { return false }
        let keys = members.map(\.key)
        return keys.contains("context") && (keys.contains("qas") || keys.contains("question"))
    }

    /// A row, `{"id", "context", "question", "answers"}`, as a passage of one question.
    func asPassage(_ value: JSONValue) -> JSONValue {
        guard case .object(let members) = value, !members.contains(where: { $0.key == "qas" }) else {
            return value
        }
        let question = JSONValue.object(members.filter { $0.key != "context" })
        return .object(
            members.filter { $0.key == "context" || $0.key == "title" } + [("qas", .array([question]))]
        )
    }

    /// The id of a question without one: its number in the file.
    private mutating func madeUpIdentifier(at place: DatasetIssue.Place) -> String {
        questionsWithoutIdentifier += 1
        var identifier = "question-\(questionsWithoutIdentifier)"
        while seenIdentifiers.contains(ExactString(identifier)) { identifier += "-" }
        report(.noIdentifier(madeUp: identifier), at: place, .identifierMadeUp)
        return identifier
    }

    /// The elements of a required array, or an issue.
    mutating func elements(
        _ key: String,
        of value: JSONValue,
        at place: DatasetIssue.Place
    ) -> [JSONValue]? {
        do throws(DatasetIssue.Problem) {
            return try value.array(key)
        } catch {
            report(error, at: place, .passageSkipped)
            return nil
        }
    }

    /// One passage: the part that both layouts share.
    ///
    /// - Parameters:
    ///   - value: an object with `context` and `qas`.
    ///   - title: the title of its article.
    ///   - place: where it is.
    ///   - answers: decodes what is in an object of `qas` beyond id and question.
    mutating func decodePassage(
        _ value: JSONValue,
        title: String?,
        at place: DatasetIssue.Place,
        answers: (inout PassageDecoder, inout Example, JSONValue, ContextScalars, DatasetIssue.Place) -> Void
    ) {
        let context: String
        do throws(DatasetIssue.Problem) {
            context = try value.text("context")
            guard !context.isBlank else { throw .blankContext }
        } catch {
            return report(error, at: place, .passageSkipped)
        }
        guard let questions = elements("qas", of: value, at: place) else { return }
        let scalars = ContextScalars(context)
        var examples: [Example] = []
        for (index, question) in questions.enumerated() {
            let place = place.appending("qas", index)
            var id: String?
            do throws(DatasetIssue.Problem) {
                let identifier = try question.identifier("qid", "id") ?? madeUpIdentifier(at: place)
                id = identifier
                if seenIdentifiers.contains(ExactString(identifier)) {
                    guard keepsDuplicates else { throw .duplicateIdentifier }
                    report(.duplicateIdentifier, at: place, id: id, .duplicateKept)
                }
                let text = try question.text("question")
                guard !text.isBlank else { throw .blankQuestion }
                var example = Example(
                    id: identifier,
                    question: text,
                    context: context,
                    answers: [],
                    title: title
                )
                answers(&self, &example, question, scalars, place)
                seenIdentifiers.insert(ExactString(identifier))
                examples.append(example)
            } catch {
                report(error, at: place, id: id, .exampleSkipped)
            }
        }
        guard !examples.isEmpty || keepsPassagesWithoutQuestions else { return }
        exampleCount += examples.count
        items.append(
            .passage(Passage(title: title, article: article, context: context, examples: examples))
        )
    }
}

extension DatasetIssue.Place {
    /// The place of an element of an array.
    func appending(_ key: String, _ index: Int) -> DatasetIssue.Place {
        DatasetIssue.Place(line: line, path: (path.isEmpty ? "" : path + ".") + "\(key)[\(index)]")
    }
}

extension String {
    /// Whether there is nothing but white space.
    var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
