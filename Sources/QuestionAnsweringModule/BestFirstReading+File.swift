import BlockSkimModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension BestFirstReading: Codable {
    /// The names in `blockskim.json`.
    public enum CodingKeys: String, CodingKey {
        case windowLength = "window_length"
        case overlap
        case windowsPerRound = "windows_per_round"
        case maximumWindows = "maximum_windows"
        case promiseWeight = "promise_weight"
        case stopMargin = "stop_margin"
        case skimLayers = "skim_layers"
        case skipThresholds = "skip_threshold"
        case minimumKeptBlocks = "minimum_kept_blocks"
        case skippedPositions = "skipped_positions"
        case secondLookScore = "second_look_score"
    }

    /// Reads what `blockskim.json` has under `documents`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            windowLength: try values.decode(Int.self, forKey: .windowLength),
            overlap: try values.decode(Int.self, forKey: .overlap),
            windowsPerRound: try values.decode(Int.self, forKey: .windowsPerRound),
            maximumWindows: try values.decode(Int.self, forKey: .maximumWindows),
            promiseWeight: try values.decode(Double.self, forKey: .promiseWeight),
            stopMargin: try values.decodeIfPresent(Double.self, forKey: .stopMargin)
        )
        let layers = try values.decodeIfPresent([Int].self, forKey: .skimLayers) ?? []
        guard !layers.isEmpty else { return }
        let thresholds = try values.decode([Double].self, forKey: .skipThresholds)
        guard thresholds.count == layers.count, Set(layers).count == layers.count else {
            throw DecodingError.dataCorruptedError(
                forKey: .skipThresholds,
                in: values,
                debugDescription: "\(thresholds.count) thresholds for the layers \(layers)"
            )
        }
        policy = SkimPolicy(
            thresholds: Dictionary(uniqueKeysWithValues: zip(layers, thresholds)),
            minimumKeptBlocks: try values.decode(Int.self, forKey: .minimumKeptBlocks),
            skippedPositions: try values.decode(SkippedPositions.self, forKey: .skippedPositions),
            secondLookScore: try values.decodeIfPresent(Double.self, forKey: .secondLookScore)
        )
    }

    /// Writes what `blockskim.json` has under `documents`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(windowLength, forKey: .windowLength)
        try values.encode(overlap, forKey: .overlap)
        try values.encode(windowsPerRound, forKey: .windowsPerRound)
        try values.encode(maximumWindows, forKey: .maximumWindows)
        try values.encode(promiseWeight, forKey: .promiseWeight)
        try values.encodeIfPresent(stopMargin, forKey: .stopMargin)
        guard let policy else { return }
        try values.encode(policy.layers, forKey: .skimLayers)
        try values.encode(policy.layers.compactMap { policy.thresholds[$0] }, forKey: .skipThresholds)
        try values.encode(policy.minimumKeptBlocks, forKey: .minimumKeptBlocks)
        try values.encode(policy.skippedPositions, forKey: .skippedPositions)
        try values.encodeIfPresent(policy.secondLookScore, forKey: .secondLookScore)
    }

    /// Reads the `documents` of a checkpoint's `blockskim.json`; nil when there are none, or no file.
    ///
    /// - Parameter directory: The checkpoint directory.
    /// - Throws: `checkpoint` with `unreadableFile` or `notJSONObject`; `invalidSetting`.
    init?(ifPresentIn directory: String) throws(BlockSkimError) {
        struct File: Decodable { var documents: BestFirstReading? }
        let path = directory + "/" + SkimConfiguration.fileName
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: data)
        } catch {
            throw .checkpoint(
                .notJSONObject(file: path, reason: "its documents are not as calibration writes them")
            )
        }
        guard let reading = file.documents else { return nil }
        self = reading
        try check(source: path)
    }

    /// Checks what no document can be read with.
    ///
    /// - Throws: `invalidSetting`.
    func check(source: String) throws(BlockSkimError) {
        let least = [
            ("window_length", windowLength, 8), ("overlap", overlap, 0),
            ("windows_per_round", windowsPerRound, 1),
            ("maximum_windows", maximumWindows, 1),
        ]
        for (name, value, least) in least where value < least {
            throw .invalidSetting(source: source, name: name, value: "\(value)", allowed: "\(least) or more")
        }
        for (name, value) in [("promise_weight", promiseWeight), ("stop_margin", stopMargin ?? 0)]
        where !value.isFinite {
            throw .invalidSetting(source: source, name: name, value: "\(value)", allowed: "a finite number")
        }
    }
}
