#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What calibration measured: how fast a model can skim for how much F1.
///
/// Stands under `calibration` in `blockskim.json`.
public struct SkimFrontier: Codable, Sendable, Equatable {
    /// One way to skim, as it was measured.
    public struct Point: Codable, Sendable, Equatable {
        /// The layers after which blocks are dropped, counted from 1, ascending.
        public var skimLayers: [Int]
        /// τ after them.
        public var skipThresholds: SkipThresholds
        /// In percent.
        public var exactMatch: Double
        /// In percent.
        public var f1: Double
        /// F1 of the dense model less that of this way to skim, in points.
        public var f1Loss: Double
        /// k: tokens kept after the last of them over all tokens.
        public var keptFraction: Double
        /// The share of the blocks with an answer that were kept, from 0 to 1.
        public var answerBlockRecall: Double
        /// Equation 6; of several skim layers, all layers' tokens over those that go through them.
        public var predictedSpeedup: Double
        /// Time of the dense encoder over that of the skimming one, on the same windows in turns: the median of some rounds.
        public var measuredSpeedup: Double
        /// The largest of these rounds less the smallest; nil where there was one round only.
        public var measuredSpread: Double?

        /// Whether it drops anything, and is faster than the dense encoder by more than the spread of its measurement.
        public var isFaster: Bool { keptFraction < 1 && measuredSpeedup - (measuredSpread ?? 0) > 1 }

        /// The names in the file.
        public enum CodingKeys: String, CodingKey {
            case skimLayers = "skim_layers"
            case skipThresholds = "skip_threshold"
            case exactMatch = "exact_match"
            case f1
            case f1Loss = "f1_loss"
            case keptFraction = "kept_fraction"
            case answerBlockRecall = "answer_block_recall"
            case predictedSpeedup = "predicted_speedup"
            case measuredSpeedup = "measured_speedup"
            case measuredSpread = "measured_spread"
        }

        /// A point made in the program.
        public init(
            skimLayers: [Int],
            skipThresholds: [Double],
            exactMatch: Double,
            f1: Double,
            f1Loss: Double,
            keptFraction: Double,
            answerBlockRecall: Double,
            predictedSpeedup: Double,
            measuredSpeedup: Double,
            measuredSpread: Double? = nil
        ) {
            self.skimLayers = skimLayers
            self.skipThresholds = SkipThresholds(skipThresholds)
            self.exactMatch = exactMatch
            self.f1 = f1
            self.f1Loss = f1Loss
            self.keptFraction = keptFraction
            self.answerBlockRecall = answerBlockRecall
            self.predictedSpeedup = predictedSpeedup
            self.measuredSpeedup = measuredSpeedup
            self.measuredSpread = measuredSpread
        }
    }

    /// What a number format of the weights costs, against f32 on the same questions.
    public struct PrecisionLoss: Codable, Sendable, Equatable {
        /// F1 of the dense model in f32 less that in the format, in points.
        public var denseF1Loss: Double
        /// The same for the model as `blockskim.json` skims.
        public var f1Loss: Double
        /// The share of the blocks with an answer that were kept in f32 less that in the format.
        public var answerBlockRecallLoss: Double
        /// The standard error of the two losses, of the larger one, in points; nil when that was not measured.
        public var standardError: Double?

        /// The names in the file.
        public enum CodingKeys: String, CodingKey {
            case denseF1Loss = "dense_f1_loss"
            case f1Loss = "f1_loss"
            case answerBlockRecallLoss = "answer_block_recall_loss"
            case standardError = "standard_error"
        }

        /// A loss made in the program.
        public init(
            denseF1Loss: Double,
            f1Loss: Double,
            answerBlockRecallLoss: Double,
            standardError: Double? = nil
        ) {
            self.denseF1Loss = denseF1Loss
            self.f1Loss = f1Loss
            self.answerBlockRecallLoss = answerBlockRecallLoss
            self.standardError = standardError
        }
    }

    /// The number of questions that were measured.
    public var questions: Int
    /// F1 of the dense model on them, in percent.
    public var denseF1: Double
    /// The ways to skim that no other beats in both speed and F1, slowest first.
    public var points: [Point]

    /// What other number formats than f32 cost, by their names on the command line; nil when that was not measured.
    public var precisions: [String: PrecisionLoss]?

    /// The names in the file.
    public enum CodingKeys: String, CodingKey {
        case questions
        case denseF1 = "dense_f1"
        case points = "frontier"
        case precisions
    }

    /// The frontier of measured points: those that no other point beats.
    public init(questions: Int, denseF1: Double, measured: [Point]) {
        self.questions = questions
        self.denseF1 = denseF1
        var kept: [Point] = []
        // From the fastest on, each point must lose less than all before it.
        for point in measured.sorted(by: {
            ($0.measuredSpeedup, -$0.f1Loss) > ($1.measuredSpeedup, -$1.f1Loss)
        })
        where kept.last.map({ point.f1Loss < $0.f1Loss }) ?? true {
            kept.append(point)
        }
        points = kept.reversed()
    }

    /// Reads the frontier of a checkpoint directory; nil when the model was not calibrated.
    ///
    /// - Throws: `checkpoint` with `unreadableFile` or `notJSONObject`.
    public init?(directory: String) throws(BlockSkimError) {
        struct File: Decodable { var calibration: SkimFrontier? }
        let path = directory + "/" + SkimConfiguration.fileName
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw .checkpoint(.unreadableFile(file: path, reason: "the system refuses it"))
        }
        do {
            guard let frontier = try JSONDecoder().decode(File.self, from: data).calibration else {
                return nil
            }
            self = frontier
        } catch {
            throw .checkpoint(.notJSONObject(file: path, reason: "its calibration is not as it was written"))
        }
    }

    /// The fastest way to skim that loses at most so much F1, in points; nil when none of them is faster than the dense encoder.
    public func fastest(maximumF1Loss: Double) -> Point? {
        // Not simply the last: a file that was edited may have another order.
        points.filter { $0.f1Loss <= maximumF1Loss && $0.isFaster }
            .max { $0.measuredSpeedup < $1.measuredSpeedup }
    }
}
