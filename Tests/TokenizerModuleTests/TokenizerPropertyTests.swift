import TestSupport
import Testing

@testable import TokenizerModule

/// What holds for any text.
@Suite struct TokenizerPropertyTests {
    private func slice(_ text: String, _ range: Range<ScalarOffset>) -> String {
        String(String.UnicodeScalarView(Array(text.unicodeScalars)[range]))
    }

    @Test func rangesAreInOrderAndInsideAnyText() throws {
        let hashes = try GoldenFiles(.module).decode("tokenizer-hashes.json", as: HashFile.self)
        let golden = try GoldenFiles(.module).decode("tokenizer-golden.json", as: GoldenFile.self)
        for configuration in golden.configurations {
            let tokenizer = try configuration.tokenizer()
            var texts = RandomTexts(hashes, seed: 7)
            for _ in 0..<300 {
                let text = texts.next()
                let tokens = tokenizer.tokenize(text)
                var last = 0..<0
                for range in tokens.offsets {
                    #expect(!range.isEmpty)
                    #expect(range.lowerBound >= last.lowerBound && range.upperBound >= last.upperBound)
                    last = range
                }
                #expect(last.upperBound <= text.unicodeScalars.count)
            }
        }
    }

    @Test func rangesSliceToTextThatNormalizesToTheToken() throws {
        let definition = try Fixtures.smallDefinition()
        let tokenizer = try Tokenizer(definition)
        let normalizer = NormalizationPipeline(definition.normalizers)
        let parts = [
            "Été", "e\u{301}", "THE", "ing", " ", "中文", "\u{200D}", "😀", "né", "(", "...", "\u{0}",
            "Ångström", "7",
            "[MASK]", "\r\n", "a",
        ]
        var random = SplitMix(seed: 11)
        var pieces = 0
        for _ in 0..<500 {
            let text = (0..<random.below(12)).map { _ in parts[random.below(parts.count)] }.joined()
            let tokens = tokenizer.tokenize(text)
            for (id, range) in zip(tokens.ids, tokens.offsets) where id != tokenizer.unknownID {
                let token = try #require(tokenizer.token(forID: id))
                let original = slice(text, range)
                if token == "[MASK]" {
                    #expect(original == "[MASK]")
                    continue
                }
                let normal = normalizer.normalForm(of: original).filter { $0 != 0x20 }
                let piece = token.hasPrefix("##") && token.count > 2 ? String(token.dropFirst(2)) : token
                #expect(normal == Array(piece.utf8), "\(text.debugDescription) \(range)")
                pieces += 1
            }
        }
        #expect(pieces > 1_000)
    }

    @Test func concatenationWithSpacesTokenizesEachTextOnItsOwn() throws {
        let hashes = try GoldenFiles(.module).decode("tokenizer-hashes.json", as: HashFile.self)
        let tokenizer = try Tokenizer(Fixtures.smallDefinition())
        var texts = RandomTexts(hashes, seed: 8)
        for _ in 0..<300 {
            let (first, second) = (texts.next(), texts.next())
            let joined = tokenizer.tokenize(first + " " + second)
            let shift = first.unicodeScalars.count + 1
            let (left, right) = (tokenizer.tokenize(first), tokenizer.tokenize(second))
            #expect(joined.ids == left.ids + right.ids)
            let moved = right.offsets.map { $0.lowerBound + shift..<$0.upperBound + shift }
            #expect(joined.offsets == left.offsets + moved)
        }
    }

    @Test func aMillionScalarsAreNoTrouble() throws {
        let tokenizer = try Tokenizer(Fixtures.smallDefinition())
        let word = tokenizer.tokenize(String(repeating: "a", count: 1_000_000))
        #expect(word == TokenizedText(ids: [tokenizer.unknownID], offsets: [0..<1_000_000]))
        let marks = tokenizer.tokenize("the" + String(repeating: "\u{301}\u{323}", count: 50_000))
        #expect(marks.offsets == [0..<3])
        #expect(tokenizer.tokenize(String(repeating: "! ", count: 100_000)).ids.count == 100_000)
    }

    @Test func emptyAndBlankTextsHaveNoTokens() throws {
        let tokenizer = try Tokenizer(Fixtures.smallDefinition())
        for text in ["", " ", "\r\n\t", "\u{0}", "\u{FFFD}\u{200D}", "\u{301}"] {
            #expect(tokenizer.tokenize(text) == TokenizedText())
        }
    }
}
