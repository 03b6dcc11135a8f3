import Foundation
import TestSupport
import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

@Suite("Span decoder")
struct SpanDecoderTests {
    /// Windows of 4 prefix tokens, up to 20 letters and a separator, with random logits on a grid of ties.
    private struct Example {
        let document: ContextDocument
        let windows: ContextWindows
        var logits: [(start: [Float], end: [Float])] = []

        init(letters: Int, seed: UInt64) throws {
            document = try .letters(letters)
            windows = try ContextWindows(
                question: .tokens(2),
                document: document,
                settings: WindowSettings(maximumLength: 25, advance: .overlap(7)),
                layout: .bertUncased
            )
            var generator = SplitMix(seed: seed)
            for window in windows {
                let random = { (_: Int) in Float(Int.random(in: -12...12, using: &generator)) / 4 }
                let start = window.ids.indices.map(random)
                logits.append((start, window.ids.indices.map(random)))
            }
        }

        func answers(_ settings: DecodingSettings) throws -> DecodedAnswers {
            var decoder = try SpanDecoder(document: document, settings: settings)
            for (index, window) in windows.enumerated() {
                try decoder.add(
                    window,
                    at: index,
                    startLogits: logits[index].start,
                    endLogits: logits[index].end
                )
            }
            return decoder.answers()
        }

        /// All spans of all windows by full search; `nBestCount` here reaches beyond every window.
        func allSpans(maximumAnswerLength: Int) -> [SpanCandidate] {
            var spans: [SpanCandidate] = []
            for (index, window) in windows.enumerated() {
                for first in window.contextTokens {
                    for last in first..<min(first + maximumAnswerLength, window.contextTokens.upperBound) {
                        let start = logits[index].start[window.position(ofContextToken: first)]
                        let end = logits[index].end[window.position(ofContextToken: last)]
                        spans.append(
                            SpanCandidate(
                                startLogit: start,
                                endLogit: end,
                                windowIndex: index,
                                firstToken: first,
                                lastToken: last,
                                offsets: first..<last + 1
                            )
                        )
                    }
                }
            }
            return spans.sorted {
                ($1.score, $0.windowIndex, $0.firstToken, $0.lastToken)
                    < ($0.score, $1.windowIndex, $1.firstToken, $1.lastToken)
            }
        }
    }

    /// Of spans at one place, which consecutive windows propose, the first.
    private static func distinct(_ spans: [SpanCandidate]) -> [SpanCandidate] {
        var places: Set<Range<Int>> = []
        return spans.filter { places.insert($0.offsets).inserted }
    }

    @Test func equalsSearchOfAllSpansWhenTheListIsLong() throws {
        for seed in 0..<40 {
            let example = try Example(letters: 1 + seed * 2, seed: UInt64(seed))
            let all = Self.distinct(example.allSpans(maximumAnswerLength: 6))
            let answers = try example.answers(
                DecodingSettings(answerCount: 1, maximumAnswerLength: 6, nBestCount: 100_000)
            )
            #expect(answers.nBest.map(\.score) == all.map(\.score))
            #expect(answers.nBest.map(\.contextTokens) == all.map { $0.firstToken...$0.lastToken })
            #expect(answers.nBest.map(\.windowIndex) == all.map(\.windowIndex))
            #expect(answers.spans.first == answers.nBest.first)
        }
    }

    @Test func answersShareNoScalarAndEachIsTheBestLeft() throws {
        for seed in 200..<230 {
            let example = try Example(letters: 90, seed: UInt64(seed))
            let all = example.allSpans(maximumAnswerLength: 5)
            let spans = try example.answers(
                DecodingSettings(answerCount: 7, maximumAnswerLength: 5, nBestCount: 25)
            ).spans
            #expect(spans.count == 7)
            for (rank, span) in spans.enumerated() {
                let better = spans[..<rank]
                #expect(better.allSatisfy { !$0.offsets.overlaps(span.offsets) })
                let left = all.first { candidate in
                    better.allSatisfy {
                        $0.contextTokens.upperBound < candidate.firstToken
                            || candidate.lastToken < $0.contextTokens.lowerBound
                    }
                }
                #expect(left?.score == span.score)
            }
        }
    }

    @Test func moreAnswersNeverChangeTheFirstOnes() throws {
        let example = try Example(letters: 90, seed: 7)
        let many = try example.answers(DecodingSettings(answerCount: 50)).spans
        for count in 1...10 {
            #expect(
                try example.answers(DecodingSettings(answerCount: count)).spans == Array(many.prefix(count))
            )
        }
    }

    @Test func findsMoreAnswersThanTheListOfCandidatesHolds() throws {
        // One high start and 20 ends after it fill the list with spans that all overlap.
        let document = try ContextDocument.letters(40)
        let window = try ContextWindows(
            question: .tokens(1),
            document: document,
            settings: WindowSettings(),
            layout: .bertUncased
        )[0]
        var start = [Float](repeating: -9, count: window.tokenCount)
        var end = start
        start[3] = 50
        start[30] = 1
        for position in 3..<22 { end[position] = 10 + Float(position) / 100 }
        end[31] = 2
        var decoder = try SpanDecoder(document: document, settings: DecodingSettings(answerCount: 2))
        try decoder.add(window, at: 0, startLogits: start, endLogits: end)
        let answers = decoder.answers()
        #expect(answers.nBest.allSatisfy { $0.contextTokens.lowerBound == 0 })
        #expect(answers.spans.map(\.offsets) == [0..<19, 27..<29])
        #expect(answers.spans.map(\.score) == [60.21, 3])
    }

    @Test func probabilitiesOfAllCandidatesSumToOne() throws {
        let example = try Example(letters: 90, seed: 8)
        let answerable = try example.answers(DecodingSettings())
        #expect(abs(answerable.nBest.map(\.probability).reduce(0, +) - 1) < 1e-12)
        #expect(answerable.nullProbability == 0 && !answerable.isNoAnswer)
        let withNull = try example.answers(DecodingSettings(noAnswer: .above(threshold: 0)))
        #expect(abs(withNull.nBest.map(\.probability).reduce(0, +) + withNull.nullProbability - 1) < 1e-12)
    }

    /// However many windows propose a span, its probability is that of one.
    @Test(arguments: [0, 10, 40, 47]) func spanInTheOverlapOfWindowsIsOneCandidate(overlap: Int) throws {
        let document = try ContextDocument.letters(150)
        let windows = try ContextWindows(
            question: .tokens(2),
            document: document,
            settings: WindowSettings(maximumLength: 53, advance: .overlap(overlap)),
            layout: .bertUncased
        )
        var decoder = try SpanDecoder(document: document, settings: DecodingSettings())
        for (index, window) in windows.enumerated() {
            var start = [Float](repeating: -5, count: window.tokenCount)
            var end = start
            for (token, logit) in [(44, Float(4)), (100, 1)] where window.contextTokens.contains(token) {
                start[window.position(ofContextToken: token)] = logit
                end[window.position(ofContextToken: token)] = logit
            }
            try decoder.add(window, at: index, startLogits: start, endLogits: end)
        }
        let nBest = decoder.answers().nBest
        #expect(Set(nBest.map(\.offsets)).count == nBest.count)
        // All others together: one of 2, and 18 of -1 or less.
        let others = exp(2.0) + 18 * exp(-1.0)
        let probability = try #require(nBest.first?.probability)
        #expect(nBest.first?.offsets == 44..<45)
        #expect(probability > exp(8) / (exp(8) + others) - 1e-6 && probability < 1)
    }

    @Test func takesNoAnswerOnlyAboveTheThreshold() throws {
        let example = try Example(letters: 60, seed: 9)
        let margin = try #require(try example.answers(DecodingSettings()).nullMargin)
        for (threshold, isNoAnswer) in [(margin, false), (margin.nextDown, true), (margin.nextUp, false)] {
            let answers = try example.answers(DecodingSettings(noAnswer: .above(threshold: threshold)))
            #expect(answers.isNoAnswer == isNoAnswer)
        }
    }

    @Test func largeLogitsDoNotOverflow() throws {
        var example = try Example(letters: 10, seed: 10)
        example.logits[0].start[5] = 8e37
        example.logits[0].end[5] = 8e37
        let answers = try example.answers(DecodingSettings())
        #expect(answers.spans.first?.probability == 1)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func rejectsUnusableLogits(logit: Float) throws {
        // In a prefix token, too, which can never be an answer.
        for position in [0, 1, 7, 24] {
            var example = try Example(letters: 60, seed: 11)
            example.logits[1].end[position] = logit
            #expect(throws: QuestionAnsweringError.unusableLogit(windowIndex: 1, position: position)) {
                try example.answers(DecodingSettings())
            }
        }
    }

    @Test func doesNotReadLogitsOfSkippedPositions() throws {
        let document = try ContextDocument.letters(6)
        let window = try ContextWindows(
            question: .tokens(1),
            document: document,
            settings: WindowSettings(),
            layout: .bertUncased
        )[0]
        var logits = [Float](repeating: 1, count: window.tokenCount)
        logits[4] = .nan
        var decoder = try SpanDecoder(document: document, settings: DecodingSettings(answerCount: 9))
        try decoder.add(
            window,
            at: 0,
            startLogits: logits,
            endLogits: logits,
            keptPositions: [0, 1, 2, 3, 5, 6]
        )
        let answers = decoder.answers()
        #expect(
            answers.nBest.allSatisfy {
                ![$0.contextTokens.lowerBound, $0.contextTokens.upperBound].contains(1)
            }
        )
        #expect(answers.spans.map(\.contextTokens) == [0...0, 2...2, 3...3])
    }

    @Test(arguments: [
        (DecodingSettings(answerCount: 0), QuestionAnsweringError.answerCountNotPositive(0)),
        (DecodingSettings(answerCount: .min), .answerCountNotPositive(.min)),
        (DecodingSettings(maximumAnswerLength: 0), .maximumAnswerLengthNotPositive(0)),
        (DecodingSettings(nBestCount: -1), .nBestCountNotPositive(-1)),
        (DecodingSettings(noAnswer: .above(threshold: .nan)), .noAnswerThresholdNotANumber),
    ])
    func rejectsImpossibleSettings(settings: DecodingSettings, error: QuestionAnsweringError) {
        #expect(throws: error) { try SpanDecoder(document: .letters(3), settings: settings) }
    }
}
