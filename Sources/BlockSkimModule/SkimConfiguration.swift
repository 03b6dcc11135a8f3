import EncoderModule
import FileModule

/// How a checkpoint skims, from `blockskim.json`.
///
/// All keys of version 1 must be there but `classifier`, `state_channels` and `second_look_score`. Other keys are passed over, since
/// calibration may add some; a misspelt key that must be there does not go unnoticed because the right one is then missing.
public struct SkimConfiguration: Sendable, Equatable {
    /// What predicts whether blocks still matter.
    public var classifier: BlockClassifierKind
    /// b, the tokens of a block.
    public var blockSize: Int
    /// Where blocks start.
    public var blockLayout: BlockLayout
    /// What the Block Skim Module sees.
    public var attentionRegion: AttentionRegion
    /// The channels to which the module projects hidden states before it pools them, beside attention.
    ///
    /// 0 for the paper's module, which sees attention alone.
    public var stateChannels: Int
    /// How blocks are dropped unless a request says otherwise.
    public var policy: SkimPolicy

    /// The layers after which blocks are dropped, counted from 1, ascending.
    public var skimLayers: [Int] { policy.layers }

    /// The name of the file in a checkpoint directory.
    ///
    /// A directory without it holds a dense model.
    public static let fileName = "blockskim.json"
    /// The largest block that the paper tries.
    public static let maximumBlockSize = 128
    /// More channels of hidden states than the widest encoder has.
    public static let maximumStateChannels = 1024

    /// Settings made in the program, checked as those of a file are.
    ///
    /// - Throws: `invalidSetting`.
    public init(
        classifier: BlockClassifierKind = .module,
        blockSize: Int = 32,
        blockLayout: BlockLayout = .passageAligned,
        attentionRegion: AttentionRegion = .full,
        stateChannels: Int = 0,
        skimLayers: [Int],
        skipThreshold: Double = 0.9,
        skippedPositions: SkippedPositions = .forwarded,
        minimumKeptBlocks: Int = 1
    ) throws(BlockSkimError) {
        self.classifier = classifier
        self.blockSize = blockSize
        self.blockLayout = blockLayout
        self.attentionRegion = attentionRegion
        self.stateChannels = stateChannels
        policy = SkimPolicy(
            layers: skimLayers,
            threshold: skipThreshold,
            minimumKeptBlocks: minimumKeptBlocks,
            skippedPositions: skippedPositions
        )
        guard policy.layers.count == skimLayers.count else {
            throw .invalidSetting(
                source: "skim settings",
                name: "skim_layers",
                value: "\(skimLayers)",
                allowed: SkimPolicy.allowedLayers
            )
        }
        try check(source: "skim settings")
    }

    /// Reads `blockskim.json` of a checkpoint directory if there is one; nil for a dense checkpoint.
    ///
    /// - Throws: As ``init(directory:)``.
    public init?(ifPresentIn directory: String) throws(BlockSkimError) {
        guard InputFile.exists(at: directory + "/" + Self.fileName) else { return nil }
        try self.init(directory: directory)
    }

    /// Reads `blockskim.json` of a checkpoint directory.
    ///
    /// - Throws: `checkpoint` with `unreadableFile`, `notJSONObject`, `missingKey` or `invalidValue`;
    ///   `unsupportedVersion`, `invalidSetting`.
    public init(directory: String) throws(BlockSkimError) {
        let path = directory + "/" + Self.fileName
        let file: ConfigurationFile
        let version: Int
        do throws(EncoderError) {
            file = try ConfigurationFile(path: path)
            version = try file.integer("version", in: 0...Int.max)
        } catch {
            throw .checkpoint(error)
        }
        guard version == 1 else { throw .unsupportedVersion(file: path, version: version) }
        do throws(EncoderError) {
            classifier = try file.hasContent("classifier") ? file.choice("classifier") : .module
            blockSize = try file.integer("block_size", in: 1...Self.maximumBlockSize)
            blockLayout = try file.choice("block_layout")
            attentionRegion = try file.choice("attention_region")
            stateChannels = try file.integer("state_channels", in: 0...Self.maximumStateChannels, default: 0)
            policy = SkimPolicy(
                thresholds: try Self.thresholds(file),
                minimumKeptBlocks: try file.integer("minimum_kept_blocks", in: 0...Int.max),
                skippedPositions: try file.choice("skipped_positions"),
                secondLookScore: try file.hasContent("second_look_score")
                    ? file.number(
                        "second_look_score",
                        in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
                    ) : nil
            )
        } catch {
            throw .checkpoint(error)
        }
        try check(source: path)
    }

    private func check(source: String) throws(BlockSkimError) {
        func invalid(_ name: String, _ value: String, _ allowed: String) -> BlockSkimError {
            .invalidSetting(source: source, name: name, value: value, allowed: allowed)
        }
        guard (1...Self.maximumBlockSize).contains(blockSize) else {
            throw invalid("block_size", "\(blockSize)", "from 1 to \(Self.maximumBlockSize)")
        }
        // Cells are 4 tokens wide, or one block when that is narrower: blocks must start on cell borders.
        guard
            classifier != .module || attentionRegion == .diagonal
                || BlockCells(blockSize: blockSize).tileBlocks
        else {
            throw invalid(
                "block_size",
                "\(blockSize)",
                "1, 2 or a multiple of 4 with the full attention region"
            )
        }
        guard (0...Self.maximumStateChannels).contains(stateChannels) else {
            throw invalid("state_channels", "\(stateChannels)", "from 0 to \(Self.maximumStateChannels)")
        }
        try policy.check(source: source)
    }

    /// Checks the settings, which may have been changed since they were made, against the encoder too.
    ///
    /// - Throws: `invalidSetting`.
    public func check(layerCount: Int) throws(BlockSkimError) {
        try check(source: "skim settings")
        try policy.check(layerCount: layerCount)
    }

    /// `skim_layers`, and `skip_threshold`: one number for all of them or a list with one for each.
    private static func thresholds(_ file: ConfigurationFile) throws(EncoderError) -> [Int: Double] {
        let layers = try file.integers("skim_layers")
        let thresholds = try file.numbers("skip_threshold", in: 0...1)
        guard Set(layers).count == layers.count else {
            throw .invalidValue(
                file: file.path,
                key: "skim_layers",
                value: "\(layers)",
                allowed: SkimPolicy.allowedLayers
            )
        }
        guard thresholds.count == 1 || thresholds.count == layers.count else {
            throw .invalidValue(
                file: file.path,
                key: "skip_threshold",
                value: "\(thresholds)",
                allowed: "one number, or one for each of the \(layers.count) skim layers"
            )
        }
        return Dictionary(
            uniqueKeysWithValues: layers.enumerated().map { index, layer in
                (layer, thresholds.count == 1 ? thresholds[0] : thresholds[index])
            }
        )
    }
}
