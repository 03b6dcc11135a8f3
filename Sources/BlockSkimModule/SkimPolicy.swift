/// How blocks are dropped: the paper's threshold, after one layer or several.
///
/// Equation: block i is dropped after layer l when `P(irrelevant | A_l, i) > τ_l`.
public struct SkimPolicy: Sendable, Equatable {
    /// τ of each skim layer, by the layer counted from 1: a block is dropped when its predicted probability of irrelevance
    /// exceeds it.
    public var thresholds: [Int: Double]
    /// At least this many of a window's best blocks are kept, whatever the thresholds say.
    ///
    /// At 0, a window without a kept block goes through no further layer.
    public var minimumKeptBlocks: Int
    /// What becomes of dropped tokens.
    public var skippedPositions: SkippedPositions
    /// The *second look*: when start logit + end logit of the best span are less than this, dropped blocks go on after all, from
    /// the states they were left with; nil for never.
    public var secondLookScore: Double?

    /// A policy with a threshold for each layer.
    public init(
        thresholds: [Int: Double],
        minimumKeptBlocks: Int = 1,
        skippedPositions: SkippedPositions = .forwarded,
        secondLookScore: Double? = nil
    ) {
        self.thresholds = thresholds
        self.minimumKeptBlocks = minimumKeptBlocks
        self.skippedPositions = skippedPositions
        self.secondLookScore = secondLookScore
    }

    /// A policy with one threshold for all its layers.
    public init(
        layers: [Int],
        threshold: Double,
        minimumKeptBlocks: Int = 1,
        skippedPositions: SkippedPositions = .forwarded
    ) {
        self.init(
            thresholds: Dictionary(layers.map { ($0, threshold) }) { first, _ in first },
            minimumKeptBlocks: minimumKeptBlocks,
            skippedPositions: skippedPositions
        )
    }

    /// The layers after which blocks are dropped, counted from 1, ascending.
    public var layers: [Int] { thresholds.keys.sorted() }

    /// What skim layers must be, for errors.
    static let allowedLayers = "distinct layers from 1 on, at least one"

    /// Checks the policy against an encoder.
    ///
    /// - Parameter layerCount: L.
    /// - Throws: `invalidSetting`.
    package func check(layerCount: Int) throws(BlockSkimError) {
        try check(source: "skim settings")
        guard layers.allSatisfy({ $0 <= layerCount }) else {
            throw .invalidSetting(
                source: "skim settings",
                name: "skim_layers",
                value: "\(layers)",
                allowed: "layers from 1 to \(layerCount), the encoder's last"
            )
        }
    }

    /// Checks what can be wrong whatever the encoder is.
    func check(source: String) throws(BlockSkimError) {
        func invalid(_ name: String, _ value: String, _ allowed: String) -> BlockSkimError {
            .invalidSetting(source: source, name: name, value: value, allowed: allowed)
        }
        guard let first = layers.first, first >= 1 else {
            throw invalid("skim_layers", "\(layers)", Self.allowedLayers)
        }
        for threshold in thresholds.values where !(0...1).contains(threshold) {
            throw invalid("skip_threshold", "\(threshold)", "from 0 to 1")
        }
        guard minimumKeptBlocks >= 0 else {
            throw invalid("minimum_kept_blocks", "\(minimumKeptBlocks)", "0 or more")
        }
        if let secondLookScore, secondLookScore.isNaN {
            throw invalid("second_look_score", "\(secondLookScore)", "a number of logits")
        }
    }
}

extension SkimPolicy: BlockChoice {
    package func select(_ windows: [WindowRelevance?], afterLayer layer: Int) -> [BlockSelection?] {
        guard let threshold = thresholds[layer] else {
            preconditionFailure("no threshold for layer \(layer)")
        }
        return windows.map { window in
            window.map {
                BlockSelection(
                    logits: $0.logits,
                    threshold: threshold,
                    minimumKeptBlocks: minimumKeptBlocks
                )
            }
        }
    }
}
