import EncoderModule
import TestSupport
import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

/// Hugging Face's windows, from `Scripts/golden/windows_golden.py`.
private struct WindowsGolden: Decodable {
    struct Tokens: Decodable {
        let ids: [Int32]
        let offsets: [[Int]]

        var tokenized: TokenizedText { TokenizedText(ids: ids, offsets: offsets.map { $0[0]..<$0[1] }) }
    }

    struct Window: Decodable {
        let ids: [Int32]
        let tokenTypes: [Int32]
        let contextOffsets: [[Int]]
        let labels: [[Int]]
    }

    struct Case: Decodable, CustomTestStringConvertible {
        let name: String
        let question: String
        let strippedQuestion: String
        let context: String
        let maximumLength: Int
        let overlap: Int
        let questionTokens: Tokens
        let contextTokens: Tokens
        let answers: [[Int]]
        let windows: [Window]?

        var testDescription: String { name }
    }

    let classifierID: Int32
    let separatorID: Int32
    let whiteSpace: [UInt32]
    let cases: [Case]
}

@Suite("Windows against Hugging Face")
struct WindowsGoldenTests {
    private let golden: WindowsGolden

    init() throws {
        golden = try GoldenFiles(.module).decode("windows.json", as: WindowsGolden.self)
    }

    private func document(of expected: WindowsGolden.Case) throws -> ContextDocument {
        try ContextDocument(expected.context) { _ in expected.contextTokens.tokenized }
    }

    private func windows(of expected: WindowsGolden.Case, advance: WindowSettings.Advance) throws
        -> ContextWindows
    {
        let question = try Question(expected.question) { text in
            #expect(text == expected.strippedQuestion)
            return expected.questionTokens.tokenized
        }
        return try ContextWindows(
            question: question,
            document: document(of: expected),
            settings: WindowSettings(maximumLength: expected.maximumLength, advance: advance),
            layout: .bert(
                classifierID: golden.classifierID,
                separatorID: golden.separatorID
            )
        )
    }

    @Test func cutsAndLabelsTheSameWindows() throws {
        var windowCount = 0
        for expected in golden.cases {
            guard let expectedWindows = expected.windows else { continue }
            let context = expected.contextTokens.tokenized
            let document = try document(of: expected)
            let windows = try windows(of: expected, advance: .overlap(expected.overlap))
            #expect(windows.map(\.ids) == expectedWindows.map(\.ids), "\(expected.name)")
            #expect(windows.map(\.tokenTypes) == expectedWindows.map(\.tokenTypes), "\(expected.name)")
            #expect(
                windows.map { context.offsets[$0.contextTokens].map { [$0.lowerBound, $0.upperBound] } }
                    == expectedWindows.map(\.contextOffsets),
                "\(expected.name)"
            )
            let labels = windows.map { window in
                expected.answers.map { answer in
                    // Hugging Face's label of a window without the answer is its classifier token.
                    let none = ContextWindow.classifierPosition...ContextWindow.classifierPosition
                    let label = window.positions(of: answer[0]..<answer[1], in: document) ?? none
                    return [label.lowerBound, label.upperBound]
                }
            }
            #expect(labels == expectedWindows.map(\.labels), "\(expected.name)")
            windowCount += windows.count
        }
        #expect(windowCount == 27)
    }

    @Test func sameWindowsByStepAsByOverlap() throws {
        for expected in golden.cases where expected.windows != nil {
            let byOverlap = try windows(of: expected, advance: .overlap(expected.overlap))
            let byStep = try windows(of: expected, advance: .step(byOverlap.room - expected.overlap))
            #expect(Array(byStep) == Array(byOverlap), "\(expected.name)")
        }
    }

    @Test func refusesWhatHuggingFaceRefuses() throws {
        let refused = golden.cases.filter { $0.windows == nil }
        #expect(refused.count == 3)
        for expected in refused {
            #expect(throws: QuestionAnsweringError.self, "\(expected.name)") {
                try windows(of: expected, advance: .overlap(expected.overlap))
            }
        }
    }

    @Test func stripsExactlyTheWhiteSpaceThatPythonStrips() throws {
        let stripped = (0...0x10FFFF).compactMap(Unicode.Scalar.init(_:)).filter {
            !String(String.UnicodeScalarView([$0, "x", $0])).droppingLeadingWhiteSpace().unicodeScalars
                .starts(with: [$0])
        }
        #expect(stripped.map(\.value) == golden.whiteSpace)
    }
}
