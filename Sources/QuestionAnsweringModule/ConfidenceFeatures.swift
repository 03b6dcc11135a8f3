import BlockSkimModule

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What the confidence in a span goes by: how it stands beside the other possible answers to its question.
///
/// All are differences of logits or logarithms, cut off where more would say nothing, so that no text leads far from what
/// calibration has seen. None depends on how many answers were asked for or on whether no answer is one.
public struct ConfidenceFeatures: Sendable, Equatable {
    /// m: start logit + end logit − the null score of the span's window, from -20 to 20.
    public let margin: Double
    /// g: by how much the span's score is ahead of the best one that shares no text with it, from -10 to 10; 10 when there is none
    /// on the n-best list.
    public let lead: Double
    /// o: ln(p / (1 − p)) of the span's share p of the softmax over the spans of the n-best list, from -10 to 10.
    public let logOdds: Double
    /// r: ln(p / (1 − p)) of the relevance p of the block that its first token is in, by the last skim layer that saw it, from
    /// -10 to 10; nil for a dense run.
    public let relevance: Double?
    /// n: ln(windows that were read).
    public let windowsRead: Double
    /// u: ln(1 + windows that were not read).
    public let windowsUnread: Double

    /// Features, cut off at their bounds.
    ///
    /// - Parameters:
    ///   - margin: Start logit + end logit − the null score of the span's window.
    ///   - lead: By how much the span is ahead of the best that shares no text with it; nil when there is none.
    ///   - logOdds: Of its share of the softmax.
    ///   - relevance: The predicted probability that its block is relevant, from 0 to 1; nil for a dense run.
    ///   - windows: How many windows the text has.
    ///   - read: How many of them were read, at least one.
    public init(
        margin: Double,
        lead: Double?,
        logOdds: Double,
        relevance: Double?,
        windows: Int,
        read: Int
    ) {
        func bounded(_ value: Double, _ bound: Double) -> Double { min(max(value, -bound), bound) }
        self.margin = bounded(margin, 20)
        self.lead = bounded(lead ?? .infinity, 10)
        self.logOdds = bounded(logOdds, 10)
        self.relevance = relevance.map { bounded(log($0) - log(1 - $0), 10) }
        windowsRead = log(Double(max(1, read)))
        windowsUnread = log(1 + Double(max(0, windows - read)))
    }
}

extension ConfidenceFeatures {
    /// The features of a span.
    ///
    /// - Parameters:
    ///   - span: The span.
    ///   - standing: How it stands among the best spans of all windows.
    ///   - result: What the model says of the window that proposed it.
    ///   - windows: How many windows the text has.
    ///   - read: How many of them were read.
    init(
        _ span: DecodedSpan,
        standing: SpanDecoder.Standing,
        window result: WindowResult,
        windows: Int,
        read: Int
    ) {
        let position = result.window.position(ofContextToken: span.contextTokens.lowerBound)
        let block = result.trace.layers.reversed().lazy
            .compactMap { $0.blocks.first { $0.positions.contains(position) } }.first
        self.init(
            margin: Double(span.startLogit + span.endLogit - result.nullScore),
            lead: standing.lead.map(Double.init),
            logOdds: standing.logOdds,
            relevance: block.map { Double($0.relevance) },
            windows: windows,
            read: read
        )
    }
}
