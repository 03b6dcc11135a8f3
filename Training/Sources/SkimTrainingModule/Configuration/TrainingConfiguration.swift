import BlockSkimModule
import TorchModule

/// Everything that decides what a run computes: what `configuration.json` of a run directory holds.
public struct TrainingConfiguration: Codable, Equatable, Sendable {
    /// What predicts whether a block matters.
    public enum BlockClassifier: String, Codable, Sendable, CaseIterable {
        /// The Block Skim Module.
        case module
        /// A linear layer on the six features a head of Eq. 2: Table 2, id 4.
        case handCrafted = "hand-crafted"
        /// Nothing: the baseline, Table 2, id 1.
        case none
    }

    /// How the losses of blocks become one.
    public enum BlockLossReduction: String, Codable, Sendable, CaseIterable {
        /// The weighted mean over the passage blocks of the batch a layer, summed over layers.
        ///
        /// Deviation: Eq. 4 sums. Pinned by `GoldenTrainingTests`.
        case mean
        /// Eq. 4 and 5 as printed: the weighted sum over blocks and layers, a mean over the windows of the batch.
        case sum
    }

    /// The precision of products.
    public enum Precision: String, Codable, Sendable, CaseIterable {
        /// 32 bits.
        case f32
        /// bfloat16 where libtorch deems it safe; weights stay in 32 bits.
        case bf16
    }

    // MARK: Data

    /// The checkpoint directory to start from.
    public var model = ""
    /// The files to learn from.
    public var train: [String] = []
    /// The maximum number of questions used of each training file: one number for all files, or one for each.
    ///
    /// Empty for all questions; otherwise those used are chosen at random.
    public var caps: [Int] = []
    /// How many questions of each training file are passed over before ``caps`` takes its choice: one number for all files, or
    /// one for each; nil for none.
    ///
    /// With the cap of an earlier run and its seed they are those which that run has seen.
    public var skippedQuestions: [Int]?
    /// How often the questions of each training file are taken in an epoch: one number for all files, or one for each.
    ///
    /// 2 takes them all twice, 0.5 takes a random half of them. Empty for once.
    public var weights: [Double] = []
    /// At most so many windows without an answer are learnt from, chosen at random, for each one that holds its answer; nil
    /// for all.
    public var negativeWindows: Double?
    /// At most so many windows of a question are learnt from, those with its answer and others chosen at random; nil for
    /// ``windowsOfQuestion``.
    public var windowsPerQuestion: Int?
    /// Whether the tokens of all reference answers make blocks relevant, or those of the first alone, as in the paper.
    public var allSpans = false
    /// The files to measure on.
    public var dev: [String] = []
    /// The maximum number of questions of each file to measure on; nil for all.
    public var devLimit: Int?
    /// What the best evaluation is chosen by; nil for F1, or for block F1 where a frozen encoder's F1 never changes.
    public var bestBy: BestCriterion?
    /// The most tokens of a window.
    public var maximumLength = 384
    /// The context tokens that consecutive windows share.
    public var overlap = 128

    // MARK: Blocks

    /// What predicts whether a block matters.
    public var classifier = BlockClassifier.module
    /// b, the tokens of a block.
    public var blockSize = 32
    /// Where blocks start.
    public var blockLayout = BlockLayout.passageAligned.rawValue
    /// What the Block Skim Module sees.
    public var attentionRegion = AttentionRegion.full.rawValue
    /// The channels of hidden states that classifiers pool beside attention; 0 for the paper's, which see attention alone.
    public var stateChannels = 0
    /// The layers, counted from 1, with a classifier; empty for all.
    ///
    /// Table 2, id 5.
    public var augmentLayers: [Int] = []
    /// The layer after which blocks are dropped in training; nil for none.
    ///
    /// Table 2, id 6.
    public var skimInTraining: Int?
    /// τ of skimming in training and of the exported model.
    public var skipThreshold = 0.9
    /// The layers after which the exported model drops blocks; empty for one, a third of the layers up.
    public var skimLayers: [Int] = []
    /// What becomes of dropped tokens in the exported model.
    ///
    /// The paper's `forwarded` shows the span head states that went through no upper layer, which it never saw in training: in
    /// an encoder of 12 layers they looked like answers, and cost 7 points of F1 (Documentation/Reproduction.md).
    public var skippedPositions = SkippedPositions.excluded.rawValue
    /// How many of a window's best blocks are kept whatever the threshold says, in training and in the exported model.
    public var minimumKeptBlocks = 1

    // MARK: Loss and schedule

    /// α, the weight of the block loss.
    public var alpha = 1.0
    /// β, the weight of blocks with an answer.
    public var beta = 4.0
    /// How the losses of blocks become one.
    public var blockLoss = BlockLossReduction.mean
    /// The file of a teacher's logits, as ``Teaching`` writes it, that is learnt from beside the labels; nil for labels alone.
    public var teacher: String?
    /// w, the weight of the loss against the teacher; nil for 1.
    public var teacherWeight: Double?
    /// Whether the teacher only says where an answer is, and not whether there is one; nil for both.
    ///
    /// For a teacher that never saw a question without an answer.
    public var teacherSpansOnly: Bool?
    /// T, by which the logits of both are divided before they are compared; nil for 2.
    public var temperature: Double?
    /// Over which positions the start, and the end, of an answer are a distribution.
    public var spanNormalization = SpanNormalization.window
    /// ε, the share of a span's target that is spread evenly over the tokens that share a softmax.
    public var labelSmoothing = 0.0
    /// Whether only the classifiers learn, from the block loss alone.
    ///
    /// Table 2, id 3.
    public var freezeEncoder = false
    /// The layers from below that do not learn, and with them the embeddings; 0 for none of either.
    public var freezeLayers = 0
    /// Passes over the data.
    public var epochs = 2.0
    /// Windows of a step, over all processes.
    public var batchSize = 16
    /// In how many parts a process computes its share of a step.
    public var accumulation = 1
    /// The highest learning rate.
    public var learningRate = 3e-5
    /// The same of the block classifiers, which begin at random; nil for that of the rest.
    public var classifierLearningRate: Double?
    /// What a layer's learning rate is multiplied with for each layer above it; 1 for one rate for all.
    public var layerDecay = 1.0
    /// How the learning rate goes on after it has risen.
    public var schedule = LearningRateSchedule.linear
    /// The share of the steps in which the learning rate rises.
    public var warmup = 0.1
    /// The share of a weight that a step takes away, times the learning rate.
    public var weightDecay = 0.01
    /// The largest norm of all gradients together.
    public var clip = 1.0
    /// Dropout of hidden states and attention; nil for the checkpoint's.
    public var dropout: Double?
    /// Where random numbers start.
    public var seed: UInt64 = 42
    /// The precision of products.
    public var precision = Precision.f32
    /// Where the work is done.
    public var device = Device.cpu
    /// The processes that share a step.
    public var processes = 1

    /// The paper's settings for BERT.
    public init() {}

    /// What the best evaluation is chosen by.
    public var bestCriterion: BestCriterion {
        bestBy ?? (freezeEncoder && classifier != .none ? .blockF1 : .f1)
    }

    /// The most windows of a question; nil for all of them.
    public var windowsOfQuestion: Int? {
        windowsPerQuestion ?? (spanNormalization == .document ? 8 : nil)
    }

    /// The layers with a classifier, counted from 1.
    public func classifierLayers(of layerCount: Int) -> [Int] {
        switch classifier {
        case .none: []
        case .module, .handCrafted: augmentLayers.isEmpty ? Array(1...layerCount) : augmentLayers.sorted()
        }
    }

    /// How the exported model skims.
    ///
    /// - Throws: `blockSkim` for a setting that the engine refuses.
    func skimConfiguration(layerCount: Int) throws(TrainingError) -> SkimConfiguration {
        guard let layout = BlockLayout(rawValue: blockLayout) else {
            throw invalid("--block-layout", blockLayout, BlockLayout.allCases.map(\.rawValue))
        }
        guard let region = AttentionRegion(rawValue: attentionRegion) else {
            throw invalid("--attention-region", attentionRegion, AttentionRegion.allCases.map(\.rawValue))
        }
        guard let skipped = SkippedPositions(rawValue: skippedPositions) else {
            throw invalid("--skipped-positions", skippedPositions, SkippedPositions.allCases.map(\.rawValue))
        }
        let layers = classifierLayers(of: layerCount)
        let third = max(1, layerCount / 3)
        let nearest = layers.min { abs($0 - third) < abs($1 - third) } ?? third
        return try TrainingError.wrapping {
            let configuration = try SkimConfiguration(
                classifier: classifier == .handCrafted ? .handCrafted : .module,
                blockSize: blockSize,
                blockLayout: layout,
                attentionRegion: region,
                stateChannels: stateChannels,
                skimLayers: skimLayers.isEmpty ? [nearest] : skimLayers,
                skipThreshold: skipThreshold,
                skippedPositions: skipped,
                minimumKeptBlocks: minimumKeptBlocks
            )
            try configuration.check(layerCount: layerCount)
            return configuration
        }
    }

    private func invalid(_ name: String, _ value: String, _ names: [String]) -> TrainingError {
        .invalidSetting(name: name, value: value, allowed: names.joined(separator: " or "))
    }
}
