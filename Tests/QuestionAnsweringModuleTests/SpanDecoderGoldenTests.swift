import EncoderModule
import TestSupport
import Testing

@testable import QuestionAnsweringModule

/// Decoded spans, from `Scripts/golden/span_decoding_golden.py`.
private struct DecodingGolden: Decodable {
    struct Window: Decodable {
        let contextTokens: [Int]
        let startLogits: [Float]
        let endLogits: [Float]
        let keptPositions: [Int]?
    }

    struct Span: Decodable {
        let score: Float
        let window: Int
        let firstToken: Int
        let lastToken: Int
        let start: Int
        let end: Int
        let probability: Double
    }

    struct Expectation: Decodable {
        let nBest: [Span]
        let spans: [Span]
        let nullScore: Float
        let nullProbability: Double
        let nullMargin: Float?
        let isNoAnswer: Bool
    }

    struct Case: Decodable {
        let name: String
        let prefixLength: Int
        let offsets: [[Int]]
        let windows: [Window]
        let answerCount: Int
        let maximumAnswerLength: Int
        let nBestCount: Int
        let noAnswerThreshold: Float?
        let expected: Expectation
    }

    let cases: [Case]
}

@Suite("Span decoding against an independent program")
struct SpanDecoderGoldenTests {
    private let golden: DecodingGolden

    init() throws {
        golden = try GoldenFiles(.module).decode("span_decoding.json", as: DecodingGolden.self)
    }

    private func decode(_ given: DecodingGolden.Case, order: [Int]) throws -> DecodedAnswers {
        let offsets = given.offsets.map { $0[0]..<$0[1] }
        let text = String(repeating: "字", count: offsets.last?.upperBound ?? 0)
        let document = try ContextDocument(text, offsets: offsets)
        var decoder = try SpanDecoder(
            document: document,
            settings: DecodingSettings(
                answerCount: given.answerCount,
                maximumAnswerLength: given.maximumAnswerLength,
                nBestCount: given.nBestCount,
                noAnswer: given.noAnswerThreshold.map { .above(threshold: $0) } ?? .never
            )
        )
        for index in order {
            let window = given.windows[index]
            let ids = [Int32](repeating: 7, count: window.startLogits.count)
            try decoder.add(
                ContextWindow(
                    ids: ids,
                    tokenTypes: ids,
                    prefixLength: given.prefixLength,
                    contextTokens: window.contextTokens[0]..<window.contextTokens[1]
                ),
                at: index,
                startLogits: window.startLogits,
                endLogits: window.endLogits,
                keptPositions: window.keptPositions
            )
        }
        return decoder.answers()
    }

    private func expectEqual(_ spans: [DecodedSpan], _ expected: [DecodingGolden.Span], _ name: String) {
        #expect(spans.map(\.score) == expected.map(\.score), "\(name)")
        #expect(spans.map(\.windowIndex) == expected.map(\.window), "\(name)")
        #expect(spans.map(\.contextTokens) == expected.map { $0.firstToken...$0.lastToken }, "\(name)")
        #expect(spans.map(\.offsets) == expected.map { $0.start..<$0.end }, "\(name)")
        for (span, expected) in zip(spans, expected) {
            // Observed: at most 2.3e-16.
            #expect(abs(span.probability - expected.probability) <= 1e-14, "\(name)")
        }
    }

    @Test func decodesTheSameSpansInAnyOrderOfWindows() throws {
        #expect(golden.cases.count == 19)
        for given in golden.cases {
            let forwards = try decode(given, order: Array(given.windows.indices))
            expectEqual(forwards.nBest, given.expected.nBest, given.name)
            expectEqual(forwards.spans, given.expected.spans, given.name)
            #expect(forwards.nullScore == given.expected.nullScore, "\(given.name)")
            #expect(abs(forwards.nullProbability - given.expected.nullProbability) <= 1e-14, "\(given.name)")
            #expect(forwards.nullMargin == given.expected.nullMargin, "\(given.name)")
            #expect(forwards.isNoAnswer == given.expected.isNoAnswer, "\(given.name)")
            #expect(try decode(given, order: given.windows.indices.reversed()) == forwards, "\(given.name)")
        }
    }
}
