/// The special tokens that a post-processor puts around a question and its context, by their text.
struct SequenceTemplate: Equatable {
    var beforeQuestion: [String]
    var betweenQuestionAndContext: [String]
    var afterContext: [String]
    var contextTokenType: Int32

    /// `[CLS] A [SEP] B [SEP]`, types 0 0 0 1 1.
    static func bert(classifier: String, separator: String) -> SequenceTemplate {
        SequenceTemplate(
            beforeQuestion: [classifier],
            betweenQuestionAndContext: [separator],
            afterContext: [separator],
            contextTokenType: 1
        )
    }

    /// `<s> A </s></s> B </s>`, types 0.
    static func roberta(classifier: String, separator: String) -> SequenceTemplate {
        SequenceTemplate(
            beforeQuestion: [classifier],
            betweenQuestionAndContext: [separator, separator],
            afterContext: [separator],
            contextTokenType: 0
        )
    }
}
