import TextFileModule

/// The questions that are asked, in order.
struct QuestionList {
    /// What is asked.
    let questions: [String]
    /// The line of each in its file; empty where there is no file.
    let lines: [Int]
    /// The file, as messages call it.
    private let name: String?

    /// The question of the command line.
    init(question: String) {
        questions = [question]
        lines = []
        name = nil
    }

    /// The questions of a file, one a line; blank lines are passed over.
    ///
    /// - Parameter path: The file, or `-` for standard input.
    /// - Throws: `TextFileError`, and ``AnswerFailure/noQuestions(name:)``.
    init(path: String) throws {
        let name = TextFile.name(of: path)
        // A byte order mark is no part of the first question.
        let text = try TextInput.read(path)
        let characters =
            text.unicodeScalars.first == "\u{FEFF}"
            ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
        var questions: [String] = []
        var lines: [Int] = []
        let split = characters.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in split.enumerated() where !line.allSatisfy(\.properties.isWhitespace) {
            questions.append(String(line.last == "\r" ? line.dropLast() : line))
            lines.append(index + 1)
        }
        guard !questions.isEmpty else { throw AnswerFailure.noQuestions(name: name) }
        self.name = name
        self.lines = lines
        self.questions = questions
    }

    /// Whether a question that fails leaves others.
    var isFromFile: Bool { name != nil }

    /// Where a question stands, for messages; nil for the one of the command line.
    func place(of index: Int) -> String? {
        name.map { "\($0), line \(lines[index])" }
    }
}
