import TensorModule
import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// The whole way from text to answers for every family, on tiny checkpoints with formula weights.
@Suite struct FamilyAnswerTests {
    static let families: [FormulaFamily] = [
        .bert, .roberta, .albert, .distilbert, .xlmRoberta, .camembert, .electra, .electraBase, .mpnet,
        .deberta,
    ]
    static let question = "Who was it?"
    /// One window of it, in which what a token stands for differs in length from the text: é is two scalars, ﬁ becomes two,
    /// the face is four bytes and the spaces before words are in tokens but in no range.
    static let context = "The cafe\u{301} \u{FB01}rst \u{1F600}  stood in 1921"

    private static func report(
        _ family: FormulaFamily,
        _ form: TokenizerForm
    ) throws -> (AnswerReport, QuestionAnswerer) {
        let checkpoint = try FormulaCheckpoint.answering(family, form)
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        let report = try answerer.answer(
            question: question,
            context: context,
            settings: QuestionAnswerer.Settings(diagnostics: true)
        )
        return (QuestionAnswererTests.untimed(report), answerer)
    }

    /// The answer's range is that of the tokens with the best logits.
    @Test(arguments: families)
    func answerIsTheTextOfTheBestTokens(_ family: FormulaFamily) throws {
        let (report, answerer) = try Self.report(family, .vocabularyFiles)
        #expect(answerer.model.encoder.family.rawValue == family.name)
        let windows = try #require(report.diagnostics).windows
        let window = try #require(windows.first)
        #expect(windows.count == 1)
        let tokens = answerer.model.tokenizer.tokenize(Self.context)
        let end = window.ids.count - 1
        let context = end - tokens.ids.count..<end
        #expect(window.ids[context].elementsEqual(tokens.ids))
        let best = try #require(
            bestSpan(starts: window.startLogits, ends: window.endLogits, context: context)
        )
        let answer = try #require(report.answers.first)
        let scalars = Array(Self.context.unicodeScalars)
        let first = tokens.offsets[best.lowerBound - context.lowerBound].lowerBound
        let last = tokens.offsets[best.upperBound - context.lowerBound].upperBound
        // SentencePiece tokens may hold the space beside them, which is not of the answer.
        let text = scalars[first..<last]
        #expect(answer.start - first == text.prefix { $0 == " " }.count)
        #expect(last - answer.end == text.reversed().prefix { $0 == " " }.count)
        #expect(scalars[answer.start..<answer.end].elementsEqual(answer.text.unicodeScalars))
        #expect(try #require(report.skim).keptFraction < 1)
    }

    /// RoBERTa with BERT's tokenizer, as Korean models have it, and BERT with one token type.
    @Test(arguments: [FormulaFamily.roberta, .untypedBert])
    func oneTokenTypeGoesWithBertsLayout(_ family: FormulaFamily) throws {
        let checkpoint = try FormulaCheckpoint(
            family: family,
            configuration: ["type_vocab_size": "1"]
        )
        try TinyVocabulary.write(to: checkpoint.path)
        let answerer = try QuestionAnswererTests.answerer(checkpoint)
        let report = try answerer.answer(
            question: Self.question,
            context: Self.context,
            settings: QuestionAnswerer.Settings(diagnostics: true)
        )
        let window = try #require(report.diagnostics?.windows.first)
        let separator = answerer.model.tokenizer.separatorID
        #expect(!report.answers.isEmpty && window.ids.filter { $0 == separator }.count == 2)
    }

    @Test(arguments: families)
    func vocabularyFilesAndTokenizerJSONGiveTheSameReport(_ family: FormulaFamily) throws {
        let (report, _) = try Self.report(family, .vocabularyFiles)
        #expect(try Self.report(family, .tokenizerJSON).0 == report)
    }

    /// `<s> question </s></s> context </s>` in RoBERTa and its relatives, `[CLS] question [SEP] context [SEP]` in the others.
    @Test(arguments: families)
    func specialTokensAreWhereTheFamilyHasThem(_ family: FormulaFamily) throws {
        let (report, answerer) = try Self.report(family, .vocabularyFiles)
        let tokenizer = answerer.model.tokenizer
        let between = family.hasRobertaLayout ? ["</s>", "</s>"] : ["[SEP]"]
        let ids = try #require(report.diagnostics?.windows.first?.ids)
        let special = Set(["<s>", "</s>", "[CLS]", "[SEP]"])
        let questionEnd = 1 + tokenizer.tokenize(Self.question).ids.count
        let tokens = ids.map { tokenizer.token(forID: $0) ?? "" }
        #expect(tokens.first == (family.hasRobertaLayout ? "<s>" : "[CLS]"))
        #expect(Array(tokens[questionEnd..<questionEnd + between.count]) == between)
        #expect(tokens.last == between[0])
        #expect(tokens.filter(special.contains).count == between.count + 2)
    }
}
