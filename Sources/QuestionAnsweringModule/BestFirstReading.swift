import BlockSkimModule

/// How a document of many windows is read best-first.
///
/// Windows are ordered by their *promise*: BM25 of the question's tokens and of pairs of them, with the frequencies of the
/// document itself. They go through the layers in rounds. A span counts for
///
/// s = start logit + end logit + λ · promise of its window
///
/// and reading stops when the best span is ahead of what the next window promises, or enough windows were read:
///
/// s − λ · promise of the next window ≥ θ
public struct BestFirstReading: Sendable, Equatable {
    /// The most tokens of a window, question and special tokens included; shorter windows than for reading all can be ordered
    /// better.
    public var windowLength: Int
    /// The context tokens that consecutive windows share.
    public var overlap: Int
    /// How many windows go through the layers before it is decided whether to read on; their blocks compete with each other.
    public var windowsPerRound: Int
    /// At most this many windows are read.
    public var maximumWindows: Int
    /// λ: how many logits a point of BM25 is worth.
    public var promiseWeight: Double
    /// θ, in logits; nil to read on until ``maximumWindows``.
    public var stopMargin: Double?
    /// How blocks are dropped; nil for a dense run.
    ///
    /// Its least number of kept blocks holds for a round, not for a window: a window of which nothing is kept goes no further.
    public var policy: SkimPolicy?

    /// Settings; the defaults are those of a model that was not calibrated for documents.
    public init(
        windowLength: Int = 256,
        overlap: Int = 64,
        windowsPerRound: Int = 2,
        maximumWindows: Int = 8,
        promiseWeight: Double = 0.6,
        stopMargin: Double? = nil,
        policy: SkimPolicy? = nil
    ) {
        self.windowLength = windowLength
        self.overlap = overlap
        self.windowsPerRound = windowsPerRound
        self.maximumWindows = maximumWindows
        self.promiseWeight = promiseWeight
        self.stopMargin = stopMargin
        self.policy = policy
    }

    /// How much two neighbours of the question count that stand side by side in the text, beside one term.
    static let pairWeight = 0.25

    /// How documents are cut into windows.
    ///
    /// - Parameter settings: What holds for reading all, which the windows are not to exceed.
    /// - Returns: The same with windows of at most ``windowLength`` tokens.
    func windows(within settings: WindowSettings) -> WindowSettings {
        var windows = settings
        windows.maximumLength = min(windowLength, settings.maximumLength)
        if settings.advance == .automatic { windows.advance = .overlap(overlap) }
        return windows
    }
}
