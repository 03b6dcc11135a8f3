import BlockSkimModule
import EncoderModule
import TensorModule

/// What a checkpoint directory holds, and how this processor runs it.
///
/// Encodes to the command line's JSON.
public struct ModelSummary: Codable, Sendable, Equatable {
    /// The encoder's family, such as `bert`.
    public var family: String
    /// L, the encoder layers.
    public var layers: Int
    /// The width of a token's hidden state.
    public var hidden: Int
    /// H, the attention heads of a layer.
    public var heads: Int
    /// The width between the feed-forward products.
    public var intermediate: Int
    /// The rows of the word embeddings.
    public var vocabulary: Int
    /// The longest window in tokens.
    public var positions: Int
    /// The numbers that encoder and span head are made of.
    public var parameters: Int
    /// The numbers that the Block Skim Modules are made of.
    public var blockSkimParameters: Int
    /// The layers, counted from 1, that have a Block Skim Module.
    public var blockSkimLayers: [Int]
    /// The bytes that the weights of the encoder's layers take at run time, by number format, computed from their
    /// shapes.
    ///
    /// `f32` has four bytes a number, `bf16` two a number of a matrix, `int8` one and four for the scale of each of
    /// its outputs; biases and normalisations have four in all of them. A layer that is used several times counts once.
    /// The embeddings are not among them: they stay in the file, which the system maps into memory as far as it is read.
    public var weightBytes: [String: Int]
    /// The number format that the layers were loaded in: what was asked for, or what calibration and processor choose.
    public var precision: String
    /// The bytes that the layers' products take in it, as they are packed.
    public var loadedBytes: Int
    /// Which library computes which products, and how.
    public var products: [Product]
    /// How the checkpoint skims; absent for a dense one.
    public var skim: Skim?
    /// The ways to skim that a permitted loss of F1 chooses from, slowest first; empty where none was found faster than dense.
    public var settings: [Setting]
    /// How documents of several windows are read; absent where all of them are.
    public var documents: Documents?
    /// How scores were calibrated; absent where they are a softmax.
    public var confidence: Confidence?

    /// A kind of products on this processor.
    public struct Product: Codable, Sendable, Equatable {
        /// What is multiplied: `weights`, `attention` or `convolutions`.
        public var kind: String
        /// What multiplies it.
        public var library: String
        /// What the library generates code for.
        public var instructionSet: String
        /// The number format of the factors.
        public var precision: String
    }

    /// The settings of `blockskim.json`.
    public struct Skim: Codable, Sendable, Equatable {
        /// What predicts whether blocks still matter; absent for the Block Skim Module.
        public var classifier: String?
        /// b, the tokens of a block.
        public var blockSize: Int
        /// Where blocks start.
        public var blockLayout: String
        /// What the Block Skim Module sees.
        public var attentionRegion: String
        /// The channels of hidden states that it pools beside attention; 0 for the paper's module.
        public var stateChannels: Int
        /// The layers after which blocks are dropped, counted from 1.
        public var skimLayers: [Int]
        /// τ of each of them.
        public var skipThresholds: [Double]
        /// What becomes of dropped tokens.
        public var skippedPositions: String
        /// As many blocks are always kept.
        public var minimumKeptBlocks: Int
        /// ``SkimPolicy/secondLookScore``; absent where dropped blocks never go on.
        public var secondLookScore: Double?
    }

    /// Loads the model as answering does, so that what passes here answers, and reads the names and shapes of its weights.
    ///
    /// - Parameters:
    ///   - directory: A checkpoint directory in Hugging Face's layout.
    ///   - wanted: The number format; nil for the one that ``QuestionAnsweringModel`` takes by itself.
    /// - Throws: The errors of ``QuestionAnsweringModel/init(directory:precision:threads:)``, and `blockSkim` for a calibration
    ///   that cannot be read.
    public init(directory: String, precision wanted: Precision? = nil) throws(QuestionAnsweringError) {
        let model = try QuestionAnsweringModel(directory: directory, precision: wanted)
        let checkpoint: Checkpoint
        let frontier: SkimFrontier?
        do {
            frontier = try model.skimming == nil ? nil : SkimFrontier(directory: directory)
            checkpoint = try Checkpoint(directory: directory)
        } catch let error as EncoderError {
            throw .encoder(error)
        } catch let error as BlockSkimError {
            throw .blockSkim(error)
        } catch {
            preconditionFailure("reading a checkpoint threw \(error)")
        }
        precision = model.precision.rawValue
        loadedBytes = model.encode.encoder.weightByteCount
        products = ProductChoice.all(precision: model.precision).map {
            Product(
                kind: $0.kind.rawValue,
                library: $0.library,
                instructionSet: $0.instructionSet,
                precision: $0.precision.rawValue
            )
        }
        let shape = checkpoint.configuration
        family = shape.family.rawValue
        layers = shape.layerCount
        hidden = shape.hidden
        heads = shape.heads
        intermediate = shape.intermediate
        vocabulary = shape.vocabularySize
        positions = shape.maximumPositions
        blockSkimParameters = checkpoint.elementCount(prefix: BlockSkimWeights.denseExtra)
        parameters = checkpoint.elementCount() - blockSkimParameters
        blockSkimLayers = (1...shape.layerCount).filter {
            checkpoint.elementCount(prefix: BlockSkimWeights.modulePrefix(skimLayer: $0)) > 0
        }
        weightBytes = Self.weightBytes(checkpoint.shapes(prefix: checkpoint.layersPrefix))
        skim = model.skimming.map(Skim.init)
        settings = (frontier?.points ?? []).filter(\.isFaster).sorted {
            $0.measuredSpeedup < $1.measuredSpeedup
        }
        .map(Setting.init)
        documents = model.documents.map(Documents.init)
        confidence = model.confidence.map(Confidence.init)
    }
}

extension ModelSummary {
    /// The bytes of tensors of these shapes by number format; those of two dimensions are matrices.
    fileprivate static func weightBytes(_ shapes: [[Int]]) -> [String: Int] {
        let matrices = shapes.filter { $0.count == 2 }
        let numbers = matrices.reduce(0) { $0 + $1[0] * $1[1] }
        let outputs = matrices.reduce(0) { $0 + $1[0] }
        let others = shapes.filter { $0.count != 2 }.reduce(0) { $0 + $1.reduce(1, *) }
        return [
            "f32": 4 * (numbers + others), "bf16": 2 * numbers + 4 * others,
            "int8": numbers + 4 * (outputs + others),
        ]
    }
}

extension ModelSummary.Skim {
    init(_ configuration: SkimConfiguration) {
        self.init(
            classifier: configuration.classifier == .module ? nil : configuration.classifier.rawValue,
            blockSize: configuration.blockSize,
            blockLayout: configuration.blockLayout.rawValue,
            attentionRegion: configuration.attentionRegion.rawValue,
            stateChannels: configuration.stateChannels,
            skimLayers: configuration.skimLayers,
            skipThresholds: configuration.skimLayers.compactMap { configuration.policy.thresholds[$0] },
            skippedPositions: configuration.policy.skippedPositions.rawValue,
            minimumKeptBlocks: configuration.policy.minimumKeptBlocks,
            secondLookScore: configuration.policy.secondLookScore
        )
    }
}
