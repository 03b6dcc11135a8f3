import TokenizerModule

/// Which special tokens stand around question and context, and which token types the two have.
///
/// BERT: `[CLS] question [SEP] context [SEP]`, types 0 up to the first `[SEP]`, then 1.
package struct SpecialTokenLayout: Sendable, Equatable {
    /// What a window starts with; its first token is the classifier's.
    package var beforeQuestion: [Int32]
    /// What stands between question and context; the end of the prefix.
    package var betweenQuestionAndContext: [Int32]
    /// What a window ends with.
    package var afterContext: [Int32]
    /// The token type of the context and of what follows it; everything before has type 0.
    package var contextTokenType: Int32

    package init(
        beforeQuestion: [Int32],
        betweenQuestionAndContext: [Int32],
        afterContext: [Int32],
        contextTokenType: Int32
    ) {
        self.beforeQuestion = beforeQuestion
        self.betweenQuestionAndContext = betweenQuestionAndContext
        self.afterContext = afterContext
        self.contextTokenType = contextTokenType
    }

    /// The layout of a tokenizer's pairs.
    ///
    /// - Parameters:
    ///   - pair: What the tokenizer puts around question and context.
    ///   - tokenTypeCount: How many token types the encoder has; with one, or none (DistilBERT), all are 0.
    package init(_ pair: SequencePairLayout, tokenTypeCount: Int) {
        self.init(
            beforeQuestion: pair.beforeQuestion,
            betweenQuestionAndContext: pair.betweenQuestionAndContext,
            afterContext: pair.afterContext,
            contextTokenType: tokenTypeCount < 2 ? 0 : pair.contextTokenType
        )
    }

    /// How many tokens of every window are special ones.
    package var specialTokenCount: Int {
        beforeQuestion.count + betweenQuestionAndContext.count + afterContext.count
    }
}
