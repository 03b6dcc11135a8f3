import TokenizerModule

@testable import QuestionAnsweringModule

extension ContextDocument {
    /// A document of one token for every scalar, numbered from 1000; of a script without spaces, so that an answer can end
    /// anywhere.
    static func letters(_ count: Int) throws -> ContextDocument {
        try ContextDocument(String(repeating: "字", count: count), offsets: (0..<count).map { $0..<$0 + 1 })
    }

    /// A document with tokens at given places, numbered from 1000.
    init(_ text: String, offsets: [Range<Int>]) throws {
        try self.init(text) { _ in
            TokenizedText(ids: offsets.indices.map { 1000 + Int32($0) }, offsets: offsets)
        }
    }
}

extension Question {
    /// A question of `count` tokens, numbered from 500.
    static func tokens(_ count: Int) throws -> Question {
        try Question("?") { _ in
            TokenizedText(
                ids: (0..<count).map { 500 + Int32($0) },
                offsets: Array(repeating: 0..<1, count: count)
            )
        }
    }
}

extension SpecialTokenLayout {
    static let bertUncased = bert(classifierID: 101, separatorID: 102)

    /// `[CLS] question [SEP] context [SEP]`.
    static func bert(classifierID: Int32, separatorID: Int32) -> SpecialTokenLayout {
        SpecialTokenLayout(
            beforeQuestion: [classifierID],
            betweenQuestionAndContext: [separatorID],
            afterContext: [separatorID],
            contextTokenType: 1
        )
    }
}
