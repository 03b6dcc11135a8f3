import FileModule

/// Predicted texts by question id.
public typealias Predictions = QuestionTable<String>

/// How sure a model is that a question has no answer, by question id; higher is surer.
public typealias NoAnswerScores = QuestionTable<Double>

/// Values by question id, in the order of insertion.
///
/// Ids are equal only if their Unicode scalars are.
public struct QuestionTable<Value: Sendable>: Sendable {
    /// A question id and its value.
    public struct Entry: Sendable {
        /// The id of the question.
        public let id: String
        /// Its value.
        public var value: Value
    }

    private var entries: [Entry] = []
    private var indexByID: [ExactString: Int] = [:]

    /// Creates an empty table.
    public init() {}

    /// The value of an id.
    ///
    /// Setting an id that is there keeps its place in the order; nil is not stored.
    public subscript(id: String) -> Value? {
        get { indexByID[ExactString(id)].map { entries[$0].value } }
        set {
            guard let newValue else { return }
            if let index = indexByID[ExactString(id)] {
                entries[index].value = newValue
            } else {
                indexByID[ExactString(id)] = entries.count
                entries.append(Entry(id: id, value: newValue))
            }
        }
    }
}

extension QuestionTable: RandomAccessCollection {
    /// The first position, 0.
    public var startIndex: Int { 0 }
    /// The position behind the last entry.
    public var endIndex: Int { entries.count }
    /// The entry at a position in the order of insertion.
    public subscript(position: Int) -> Entry { entries[position] }
}
