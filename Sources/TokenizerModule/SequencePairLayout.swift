/// What stands around a question and its context, and which token types the two have.
///
/// BERT, ALBERT: `[CLS] question [SEP] context [SEP]`, types 0 up to the first `[SEP]`, then 1.
/// RoBERTa, XLM-RoBERTa, CamemBERT: `<s> question </s></s> context </s>`, all of type 0.
public struct SequencePairLayout: Sendable, Equatable {
    /// The ids that an input begins with.
    public let beforeQuestion: [Int32]
    /// The ids between question and context.
    public let betweenQuestionAndContext: [Int32]
    /// The ids that an input ends with.
    public let afterContext: [Int32]
    /// The token type of the context and of what follows it; everything before has type 0.
    public let contextTokenType: Int32
}
