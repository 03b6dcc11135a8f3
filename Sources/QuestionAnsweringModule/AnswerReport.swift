import BlockSkimModule
import EncoderModule
import TokenizerModule

/// The answers to one question, and what it took to find them.
///
/// Encodes to the command line's JSON.
public struct AnswerReport: Codable, Sendable, Equatable {
    /// A span of the context.
    public struct Answer: Codable, Sendable, Equatable {
        /// The span as it stands in the context.
        public var text: String
        /// Where it starts, in Unicode scalars.
        public var start: ScalarOffset
        /// Where it ends, in Unicode scalars; half-open.
        public var end: ScalarOffset
        /// The probability that it is right, from 0 to 1, as calibration found it (``ConfidenceMap``); of a model that was not
        /// calibrated for it, its share among the best candidates of all windows.
        public var score: Double
        /// The window that proposed it, from 0.
        public var window: Int
        /// The model's start logit of its first token.
        public var startLogit: Float
        /// The model's end logit of its last token.
        public var endLogit: Float
        /// By how much the sum of both is ahead of that of [CLS], which is no answer, in the same window: what the answers of several
        /// documents are ranked by.
        public var margin: Float
        /// Whether any of its tokens was dropped on the way; its logits are then those of a lower layer.
        public var dropped: Bool
    }

    /// How much of a question was read, where not all of it was: ``WindowSettings/LongQuestion/truncated``.
    public struct Truncation: Codable, Sendable, Equatable {
        /// The tokens that were read, from the front.
        public var keptTokens: Int
        /// The tokens of the whole question.
        public var questionTokens: Int

        init(kept: Int, of questionTokens: Int) {
            keptTokens = kept
            self.questionTokens = questionTokens
        }
    }

    /// What skimming did.
    public struct Skim: Codable, Sendable, Equatable {
        /// A block of one window.
        ///
        /// Windows overlap, so blocks of different windows do.
        public struct Block: Codable, Sendable, Equatable {
            /// The window, from 0.
            public var window: Int
            /// Where its text starts in the context, in Unicode scalars.
            public var start: ScalarOffset
            /// Where its text ends in the context, in Unicode scalars; half-open.
            public var end: ScalarOffset
            /// The predicted probability that it can hold the answer, from 0 to 1; absent for a window that was not read.
            public var relevance: Float?
            /// Whether its tokens went through all layers.
            public var kept: Bool
            /// False for a window that was not read; absent for one that was.
            public var read: Bool?
        }

        /// The layers after which blocks were dropped, counted from 1.
        public var layers: [Int]
        /// The tokens that went through the last layers, over all tokens of the windows that were read.
        public var keptFraction: Double
        /// How many windows were looked at again with all their blocks; absent where none is.
        public var secondLooks: Int?
        /// All blocks of all windows; after several skim layers, each with the last decision on it.
        public var blocks: [Block]
    }

    /// What was read of the document.
    public struct Reading: Codable, Sendable, Equatable {
        /// In what order windows are read.
        public enum Order: String, Codable, Sendable {
            /// As they stand in the text.
            case text
            /// The most promising first.
            case bestFirst = "best-first"
        }

        /// Why nothing more was read.
        public enum End: String, Codable, Sendable {
            /// Every window was read.
            case all
            /// The best span is ahead of what unread windows promise.
            case confident
            /// As many windows as are allowed were read.
            case limit
            /// The time was used up.
            case budget
        }

        /// In what order windows were read.
        public var order: Order
        /// How many windows the document has.
        public var windows: Int
        /// How many of them were read.
        public var read: Int
        /// Why nothing more was read.
        public var stopped: End
    }

    /// Whether the context says nothing, asked with a threshold in logits.
    public struct NoAnswer: Codable, Sendable, Equatable {
        /// The probability that there is no answer, among the best candidates.
        public var score: Double
        /// By how many logits no answer is ahead of the best span; absent when there is no span.
        public var margin: Float?
        /// Whether that is the answer; then ``AnswerReport/answers`` is empty.
        public var chosen: Bool
    }

    /// How long the steps took, in milliseconds.
    public struct Milliseconds: Codable, Sendable, Equatable {
        /// Tokens and windows.
        ///
        /// A document that was made before counts nothing.
        public var tokenize: Double
        /// The model.
        public var encode: Double
        /// Spans from logits.
        public var decode: Double
    }

    /// What a model said of every token, for those who look into it.
    public struct Diagnostics: Codable, Sendable, Equatable {
        /// One window.
        public struct Window: Codable, Sendable, Equatable {
            /// Token ids, special tokens included.
            public var ids: [Int32]
            /// The raw start logit of each token.
            public var startLogits: [Float]
            /// The raw end logit of each token.
            public var endLogits: [Float]
        }

        /// All windows, in order.
        public var windows: [Window]
    }

    /// The question as it was asked.
    public var question: String
    /// How much of the question was read; absent when all of it was.
    public var truncation: Truncation?
    /// Best first; none overlaps another.
    public var answers: [Answer]
    /// False when the answer is that the text does not say.
    ///
    /// With `DecodingSettings.NoAnswer.asConfigured`, the default, ``answers`` holds the best spans all the same.
    public var answerable: Bool
    /// The probability that the text does not say, from 0 to 1; absent unless that was a possible answer.
    public var noAnswerScore: Double?
    /// How many windows the context has.
    public var windows: Int
    /// The tokens of the windows that were read, special tokens and the repeated question included.
    public var tokens: Int
    /// What was read of the context.
    public var reading: Reading
    /// What skimming did; absent for a dense run.
    public var skim: Skim?
    /// Whether the context says nothing; absent unless a threshold in logits was to decide that.
    public var noAnswer: NoAnswer?
    /// How long the steps took.
    public var milliseconds: Milliseconds
    /// Token ids and logits; absent unless they were asked for.
    public var diagnostics: Diagnostics?
}

extension AnswerReport.Answer {
    /// A span with its text.
    init(_ span: DecodedSpan, score: Double, in document: ContextDocument, window result: WindowResult) {
        let window = result.window
        let positions =
            window.position(
                ofContextToken: span.contextTokens.lowerBound
            )...window.position(ofContextToken: span.contextTokens.upperBound)
        self.init(
            text: document[span.offsets],
            start: span.offsets.lowerBound,
            end: span.offsets.upperBound,
            score: score,
            window: span.windowIndex,
            startLogit: span.startLogit,
            endLogit: span.endLogit,
            margin: span.startLogit + span.endLogit - result.nullScore,
            dropped: result.trace.droppedPositions.contains { positions.overlaps($0) }
        )
    }
}

extension AnswerReport.Diagnostics {
    /// What a model said of every token of some windows.
    init(_ results: [WindowResult]) {
        windows = results.map {
            Window(ids: $0.window.ids, startLogits: $0.startLogits, endLogits: $0.endLogits)
        }
    }
}

extension AnswerReport.Skim {
    /// Gathers the decisions on all windows.
    ///
    /// - Parameters:
    ///   - layers: The skim layers.
    ///   - windows: All windows of the document.
    ///   - read: What the model says of those that were read, with their places among all, in order.
    ///   - document: The document.
    init(
        layers: [Int],
        windows: ContextWindows,
        read: [(key: Int, value: WindowResult)],
        document: ContextDocument
    ) {
        self.layers = layers
        let kept = read.reduce(0.0) { $0 + $1.value.trace.keptFraction * Double($1.value.trace.tokens) }
        keptFraction = kept / Double(max(1, read.reduce(0) { $0 + $1.value.trace.tokens }))
        let lookedAgain = read.count { $0.value.firstTrace != nil }
        secondLooks = lookedAgain > 0 ? lookedAgain : nil
        blocks = []
        var results = read[...]
        for index in windows.indices {
            guard let (_, result) = results.first, results.first?.key == index else {
                let text = document.offsets(ofTokens: windows.contextTokens(ofWindow: index))
                blocks.append(
                    Block(
                        window: index,
                        start: text.lowerBound,
                        end: text.upperBound,
                        relevance: nil,
                        kept: false,
                        read: false
                    )
                )
                continue
            }
            results.removeFirst()
            // A block that a later layer looks at again stands there with the decision that counts.
            var last: [Range<Int>: SkimTrace.Block] = [:]
            for block in result.trace.layers.flatMap(\.blocks) { last[block.positions] = block }
            for block in last.values.sorted(by: { $0.positions.lowerBound < $1.positions.lowerBound }) {
                let text = document.offsets(of: block.positions, in: result.window)
                blocks.append(
                    Block(
                        window: index,
                        start: text.lowerBound,
                        end: text.upperBound,
                        relevance: block.relevance,
                        kept: block.kept
                    )
                )
            }
        }
    }
}

extension ContextDocument {
    /// The text between the first and the last context token among positions of a window; empty, at the end of the
    /// window's text, when there is none (a block that only holds the final separator).
    func offsets(of positions: Range<Int>, in window: ContextWindow) -> Range<ScalarOffset> {
        let held = positions.clamped(to: window.contextPositions)
        guard let first = held.first, let last = held.last else {
            let end = tokens.offsets[window.contextTokens.upperBound - 1].upperBound
            return end..<end
        }
        return offsets(
            ofTokens: window.contextToken(atPosition: first)..<window.contextToken(atPosition: last) + 1
        )
    }

    /// The text from the first to the last of some tokens, at least one.
    func offsets(ofTokens range: Range<Int>) -> Range<ScalarOffset> {
        let start = tokens.offsets[range.lowerBound].lowerBound
        return start..<max(start, tokens.offsets[range.upperBound - 1].upperBound)
    }
}

extension AnswerReport.Truncation: CustomStringConvertible {
    /// What was left out, and why.
    public var description: String {
        "cut to the first \(keptTokens) of its \(questionTokens) tokens, so that the text has room beside it"
    }
}
