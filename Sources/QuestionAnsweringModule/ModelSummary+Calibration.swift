import BlockSkimModule

extension ModelSummary {
    /// A way to skim that calibration measured.
    public struct Setting: Codable, Sendable, Equatable {
        /// The layers after which blocks are dropped, counted from 1.
        public var skimLayers: [Int]
        /// τ of each of them.
        public var skipThresholds: [Double]
        /// F1 of the dense model less that of this setting, in points.
        public var f1Loss: Double
        /// Time of the dense encoder over that of the skimming one.
        public var measuredSpeedup: Double
    }

    /// How documents of several windows are read best-first; ``BestFirstReading`` says what the numbers mean.
    public struct Documents: Codable, Sendable, Equatable {
        /// The most tokens of a window.
        public var windowLength: Int
        /// The context tokens that consecutive windows share.
        public var overlap: Int
        /// How many windows go through the layers together.
        public var windowsPerRound: Int
        /// At most this many windows are read.
        public var maximumWindows: Int
        /// λ.
        public var promiseWeight: Double
        /// θ, in logits; absent where reading goes on to the limit.
        public var stopMargin: Double?
        /// The layers after which blocks are dropped, counted from 1; none for a dense run.
        public var skimLayers: [Int]
        /// τ of each of them.
        public var skipThresholds: [Double]
    }

    /// What scores mean.
    public struct Confidence: Codable, Sendable, Equatable {
        /// The answer is that the text has none above this probability of it; absent where that was not learnt.
        public var noAnswerThreshold: Double?
        /// How many questions the calibration error was measured on; absent where it was not.
        public var questions: Int?
        /// How far scores are from the share of right answers, from 0 to 1.
        public var calibrationError: Double?
    }
}

extension ModelSummary.Setting {
    init(_ point: SkimFrontier.Point) {
        let thresholds = point.skipThresholds.byLayer(point.skimLayers)
        skimLayers = point.skimLayers
        skipThresholds = point.skimLayers.compactMap { thresholds[$0] }
        f1Loss = point.f1Loss
        measuredSpeedup = point.measuredSpeedup
    }
}

extension ModelSummary.Documents {
    init(_ reading: BestFirstReading) {
        windowLength = reading.windowLength
        overlap = reading.overlap
        windowsPerRound = reading.windowsPerRound
        maximumWindows = reading.maximumWindows
        promiseWeight = reading.promiseWeight
        stopMargin = reading.stopMargin
        skimLayers = reading.policy?.layers ?? []
        skipThresholds = skimLayers.compactMap { reading.policy?.thresholds[$0] }
    }
}

extension ModelSummary.Confidence {
    init(_ map: ConfidenceMap) {
        noAnswerThreshold = map.noAnswer?.threshold
        questions = map.measured?.questions
        calibrationError = map.measured?.calibrationError
    }
}
