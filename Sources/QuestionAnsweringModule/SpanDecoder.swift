import EncoderModule
import TokenizerModule

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Finds the answer spans of one question from the logits of its windows.
///
/// From each window the `nBestCount` best starts × the `nBestCount` best ends, over all tokens of the window; pairs
/// outside the context, with the end before the start, longer than `maximumAnswerLength` tokens or without text drop out.
/// Of several with the same text at the same place, as consecutive windows propose them, the first counts.
/// Score = start logit + end logit, and what its window counts for more (``BestFirstReading``). Order: higher score, earlier window, smaller start, shorter.
/// The order in which windows are added does not matter.
package struct SpanDecoder: Sendable {
    private struct ScoredPosition: Sendable {
        let logit: Float
        let position: Int

        @inline(__always)
        static func precedes(_ one: ScoredPosition, _ other: ScoredPosition) -> Bool {
            one.logit != other.logit ? one.logit > other.logit : one.position < other.position
        }
    }

    private let settings: DecodingSettings
    private let document: ContextDocument
    private var bestStarts: BestList<ScoredPosition>
    private var bestEnds: BestList<ScoredPosition>
    private var nBest: BestList<SpanCandidate>
    /// The best span of each window that has one.
    private var bestOfWindows: [Int: SpanCandidate] = [:]
    /// What answers beyond the first are chosen from; the n-best list may hold too few that do not overlap.
    private var allCandidates: [SpanCandidate] = []
    private var nullScore: Float?

    /// Starts decoding the windows of one question over a document.
    ///
    /// - Throws: `answerCountNotPositive`, `maximumAnswerLengthNotPositive`, `nBestCountNotPositive`,
    ///   `noAnswerThresholdNotANumber`.
    package init(
        document: ContextDocument,
        settings: DecodingSettings
    ) throws(QuestionAnsweringError) {
        try settings.validate()
        self.document = document
        self.settings = settings
        bestStarts = BestList(capacity: settings.nBestCount)
        bestEnds = BestList(capacity: settings.nBestCount)
        nBest = BestList(capacity: settings.nBestCount)
    }

    /// Takes in the logits of one window.
    ///
    /// - Parameters:
    ///   - window: The window that was encoded.
    ///   - windowIndex: The window's place among the question's windows.
    ///   - startLogits: Raw logits of all tokens, `[tokens]`.
    ///   - endLogits: Raw logits of all tokens, `[tokens]`.
    ///   - keptPositions: The positions that were not skipped, ascending, where skipped ones are excluded; nil
    ///     where all have logits that count. The logits of other positions are not read.
    ///   - prior: By how many logits its spans count for more than what the model says of them.
    /// - Throws: `unusableLogit`.
    package mutating func add(
        _ window: ContextWindow,
        at windowIndex: Int,
        startLogits: [Float],
        endLogits: [Float],
        keptPositions: [Int]? = nil,
        prior: Float = 0
    ) throws(QuestionAnsweringError) {
        precondition(
            startLogits.count == window.tokenCount && endLogits.count == window.tokenCount,
            "\(startLogits.count) start and \(endLogits.count) end logits for \(window.tokenCount) tokens"
        )
        precondition(
            keptPositions.map { $0.first == ContextWindow.classifierPosition } ?? true,
            "the prefix is always kept"
        )
        try Self.select(&bestStarts, from: startLogits, at: keptPositions, windowIndex: windowIndex)
        try Self.select(&bestEnds, from: endLogits, at: keptPositions, windowIndex: windowIndex)

        let windowNullScore =
            startLogits[ContextWindow.classifierPosition] + endLogits[ContextWindow.classifierPosition]
        nullScore = min(nullScore ?? windowNullScore, windowNullScore)
        pairBest(window, at: windowIndex, prior: prior)
    }

    private mutating func pairBest(_ window: ContextWindow, at windowIndex: Int, prior: Float) {
        let contextPositions = window.contextPositions
        let maximumAnswerLength = settings.maximumAnswerLength
        var best: SpanCandidate?
        for start in bestStarts.elements where contextPositions.contains(start.position) {
            let firstToken = window.contextToken(atPosition: start.position)
            for end in bestEnds.elements
            where end.position >= start.position && end.position < contextPositions.upperBound
                && end.position - start.position < maximumAnswerLength
            {
                let lastToken = window.contextToken(atPosition: end.position)
                let offsets = document.answerBounds.range(
                    of: firstToken...lastToken,
                    maximumLength: maximumAnswerLength
                )
                guard !offsets.isEmpty else { continue }
                let candidate = SpanCandidate(
                    startLogit: start.logit,
                    endLogit: end.logit,
                    prior: prior,
                    windowIndex: windowIndex,
                    firstToken: firstToken,
                    lastToken: lastToken,
                    offsets: offsets
                )
                nBest.offer(candidate) {
                    $0.precedes($1)
                } isSame: {
                    $0.offsets == $1.offsets
                }
                if best.map({ candidate.precedes($0) }) ?? true { best = candidate }
                if settings.answerCount > 1 { allCandidates.append(candidate) }
            }
        }
        bestOfWindows[windowIndex] = best
    }

    /// The score of the best span so far; nil when there is none.
    package var bestScore: Float? { nBest.elements.first?.score }

    /// Start logit + end logit of the best span so far; nil when there is none.
    var bestLogits: Float? { nBest.elements.first.map { $0.startLogit + $0.endLogit } }

    /// Compares the spans of all windows that were added.
    ///
    /// - Returns: Answers with probabilities by a softmax over the kept candidates. Where no answer is a possible
    ///   answer, it is one of those candidates, as in Hugging Face's script.
    package func answers() -> DecodedAnswers {
        guard let nullScore else { preconditionFailure("no window was added to the decoder") }

        var kept = nBest.elements
        // What the window of the best span counts for more, no answer does too.
        let prior = kept.first?.prior ?? 0
        var nullRivals: [Float] = []
        let spans = chosen()
        let nullMargin = spans.first.map { nullScore + prior - $0.score }
        var isNoAnswer = false
        if case .above(let threshold) = settings.noAnswer {
            nullRivals = [nullScore + prior]
            isNoAnswer = nullMargin.map { $0 > threshold } ?? true
            // The null candidate takes the place of the last span if it beats it, else it is kept in addition.
            if kept.count == nBest.capacity, let last = kept.last, nullScore + prior > last.score {
                kept.removeLast()
            }
        }
        let softmax = KeptSoftmax(scores: kept.map(\.score) + nullRivals)

        func decoded(_ candidate: SpanCandidate) -> DecodedSpan {
            DecodedSpan(
                windowIndex: candidate.windowIndex,
                contextTokens: candidate.firstToken...candidate.lastToken,
                offsets: candidate.offsets,
                startLogit: candidate.startLogit,
                endLogit: candidate.endLogit,
                prior: candidate.prior,
                probability: softmax.probability(of: candidate.score)
            )
        }
        return DecodedAnswers(
            nBest: kept.map(decoded),
            bestOfWindows: bestOfWindows.mapValues(decoded),
            spans: spans.map(decoded),
            nullScore: nullScore,
            nullProbability: nullRivals.isEmpty ? 0 : softmax.probability(of: nullScore + prior),
            nullMargin: nullMargin,
            isNoAnswer: isNoAnswer
        )
    }

    /// How a span stands among the best of all windows.
    struct Standing {
        /// By how much its score is ahead of the best span that shares no scalar with it; nil when there is none.
        var lead: Float?
        /// ln(p / (1 − p)) of its share p of the softmax over the spans of the n-best list; infinite when it is alone.
        var logOdds: Double
    }

    /// Compares a span with the best of all windows; whether no answer is one has no part in it.
    func standing(of span: DecodedSpan) -> Standing {
        let others = nBest.elements.filter { $0.offsets != span.offsets }
        let rival = others.first { !$0.offsets.overlaps(span.offsets) }
        let odds = others.reduce(0) { $0 + exp(Double($1.score) - Double(span.score)) }
        return Standing(lead: rival.map { span.score - $0.score }, logOdds: -log(odds))
    }

    /// Chooses greedily, best first, among all candidates of all windows.
    private func chosen() -> [SpanCandidate] {
        guard settings.answerCount > 1 else { return Array(nBest.elements.prefix(1)) }
        var chosen: [SpanCandidate] = []
        for candidate in allCandidates.sorted(by: { $0.precedes($1) }) {
            guard !chosen.contains(where: { $0.offsets.overlaps(candidate.offsets) }) else { continue }
            chosen.append(candidate)
            if chosen.count == settings.answerCount { break }
        }
        return chosen
    }

    private static func select(
        _ best: inout BestList<ScoredPosition>,
        from logits: [Float],
        at keptPositions: [Int]?,
        windowIndex: Int
    ) throws(QuestionAnsweringError) {
        best.removeAll()
        func offer(_ position: Int) throws(QuestionAnsweringError) {
            let logit = logits[position]
            // False for NaN, too.
            guard logit.magnitude <= Self.largestUsableLogit else {
                throw .unusableLogit(windowIndex: windowIndex, position: position)
            }
            best.offer(ScoredPosition(logit: logit, position: position), precedes: ScoredPosition.precedes)
        }
        if let keptPositions {
            for position in keptPositions { try offer(position) }
        } else {
            for position in logits.indices { try offer(position) }
        }
    }

    /// Sums of two and differences of two sums of such logits are finite.
    private static let largestUsableLogit = Float.greatestFiniteMagnitude / 4
}

/// The softmax over the scores of the kept candidates.
private struct KeptSoftmax {
    private let maximum: Float
    private let sum: Double

    init(scores: [Float]) {
        let maximum = scores.max() ?? 0
        self.maximum = maximum
        sum = scores.reduce(0) { $0 + exp(Double($1) - Double(maximum)) }
    }

    /// Also for a candidate outside the kept ones, on the same scale.
    func probability(of score: Float) -> Double {
        exp(Double(score) - Double(maximum)) / sum
    }
}
