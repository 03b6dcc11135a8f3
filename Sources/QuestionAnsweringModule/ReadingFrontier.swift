import BlockSkimModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What calibration measured of reading long documents best-first: how few tokens for how much F1.
///
/// Stands under `document_calibration` in `blockskim.json`.
public struct ReadingFrontier: Codable, Sendable, Equatable {
    /// A setting, as it was measured.
    public struct Point: Codable, Sendable, Equatable {
        /// The setting.
        public var reading: BestFirstReading
        /// In percent.
        public var f1: Double
        /// The tokens that go through all layers, a question; tokens that go through half of them count half.
        public var tokens: Double
        /// The windows that are read, a question.
        public var windows: Double

        /// A setting that was measured.
        public init(reading: BestFirstReading, f1: Double, tokens: Double, windows: Double) {
            self.reading = reading
            self.f1 = f1
            self.tokens = tokens
            self.windows = windows
        }
    }

    /// The number of questions that were measured.
    public var questions: Int
    /// The settings that no other beats in both tokens and F1, fewest tokens first.
    public var points: [Point]

    /// The names in the file.
    public enum CodingKeys: String, CodingKey {
        case questions
        case points = "frontier"
    }

    /// The frontier of measured settings: those that no other beats.
    public init(questions: Int, measured: [Point]) {
        self.questions = questions
        var kept: [Point] = []
        for point in measured.sorted(by: { ($0.tokens, -$0.f1) < ($1.tokens, -$1.f1) })
        where point.f1 > kept.last?.f1 ?? -1 {
            kept.append(point)
        }
        points = kept
    }

    /// The setting with the fewest tokens that loses at most so much F1 to the best one, in points; nil when there is none.
    public func cheapest(maximumF1Loss: Double) -> Point? {
        guard let best = points.last else { return nil }
        return points.first { best.f1 - $0.f1 <= maximumF1Loss }
    }

    /// Reads the frontier of a checkpoint directory; nil when the model was not calibrated for documents, or has no file.
    ///
    /// - Throws: `checkpoint` with `notJSONObject`; `invalidSetting`.
    public init?(ifPresentIn directory: String) throws(BlockSkimError) {
        struct File: Decodable {
            var frontier: ReadingFrontier?
            enum CodingKeys: String, CodingKey { case frontier = "document_calibration" }
        }
        let path = directory + "/" + SkimConfiguration.fileName
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            guard let frontier = try JSONDecoder().decode(File.self, from: data).frontier else {
                return nil
            }
            self = frontier
        } catch {
            throw .checkpoint(
                .notJSONObject(file: path, reason: "its document_calibration is not as it was written")
            )
        }
        for point in points { try point.reading.check(source: path) }
    }
}
