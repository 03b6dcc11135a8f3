import Synchronization

/// The weights of a checkpoint directory, read strictly.
///
/// Every tensor that the model asks for must be there with the shape that the configuration implies, and
/// `rejectUnusedTensors` reports what nobody asked for. Which names are asked for stands beside the properties
/// that they fill, in `EncoderWeights` and `BlockSkimWeights`, and nowhere else.
package final class Checkpoint: Sendable {
    /// The checkpoint directory as given.
    package let directory: String
    /// The encoder's shape.
    package let configuration: EncoderConfiguration
    /// What stands before the names of the encoder's tensors: the family's prefix in the checkpoint of a
    /// question-answering model, nothing in that of a bare encoder.
    package let encoderPrefix: String

    private let tensors: CheckpointTensors
    private let usedNames = Mutex<Set<String>>([])

    /// Opens a checkpoint: reads the configuration and validates the weights files as such.
    ///
    /// - Throws: the errors of `EncoderConfiguration.init(directory:)` and of `CheckpointTensors.init(directory:)`.
    package init(directory: String) throws(EncoderError) {
        self.directory = directory
        configuration = try EncoderConfiguration(directory: directory)
        tensors = try CheckpointTensors(directory: directory)
        let familyPrefix = WeightNames(configuration.family).prefix
        encoderPrefix = tensors.names.contains { $0.hasPrefix(familyPrefix) } ? familyPrefix : ""
    }

    /// The names of all tensors.
    package var tensorNames: [String] { tensors.names }

    /// The elements of all tensors whose names begin with a prefix.
    package func elementCount(prefix: String = "") -> Int {
        shapes(prefix: prefix).reduce(0) { $0 + $1.reduce(1, *) }
    }

    /// The shapes of all tensors whose names begin with a prefix.
    package func shapes(prefix: String) -> [[Int]] {
        tensorNames.filter { $0.hasPrefix(prefix) }.compactMap { tensors.shape(of: $0) }
    }

    /// Whether there is a tensor of this name.
    package func contains(_ name: String) -> Bool {
        tensors.shape(of: name) != nil
    }

    /// What stands before the names of the layers' tensors.
    package var layersPrefix: String { encoderPrefix + WeightNames(configuration.family).layers }

    /// All elements of a tensor, row-major.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package func floats(_ name: String, shape: [Int]) throws(EncoderError) -> [Float] {
        try use(name, shape: shape)
        return try tensors.floats(name)
    }

    /// A table `[rows, width]` that stays in the mapped file.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package func table(_ name: String, rows: Int, width: Int) throws(EncoderError) -> EmbeddingTable {
        try use(name, shape: [rows, width])
        return try EmbeddingTable(file: tensors.file(of: name), tensor: name, rowCount: rows, width: width)
    }

    /// `name.weight` `[outputs, inputs]` and `name.bias` `[outputs]`.
    package func linear(_ name: String, inputs: Int, outputs: Int) throws(EncoderError) -> LinearWeights {
        LinearWeights(
            weight: try floats(name + ".weight", shape: [outputs, inputs]),
            bias: try floats(name + ".bias", shape: [outputs]),
            inputs: inputs,
            outputs: outputs
        )
    }

    /// MPNet's `[buckets, heads]`; nil for families whose attention has no such bias.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`.
    package func relativeBias() throws(EncoderError) -> [Float]? {
        guard let name = WeightNames(configuration.family).relativeBias else { return nil }
        return try floats(encoderPrefix + name, shape: [DistanceBuckets.count, configuration.heads])
    }

    /// `name.weight` and `name.bias`, both `[width]`.
    ///
    /// Checkpoints converted from TensorFlow, the original BERT ones among them, call them `gamma` and `beta`.
    package func norm(_ name: String, width: Int) throws(EncoderError) -> NormWeights {
        let old = contains(name + ".gamma") && !contains(name + ".weight")
        return NormWeights(
            weight: try floats(name + (old ? ".gamma" : ".weight"), shape: [width]),
            bias: try floats(name + (old ? ".beta" : ".bias"), shape: [width])
        )
    }

    /// Reports tensors that nothing has read, but for the known extras.
    ///
    /// Known extras are position ids, the pooler and other heads, which question answering does not use, and what the
    /// caller names.
    ///
    /// - Parameter extraPrefixes: tensors with such a prefix are passed over: `block_skim.` in a dense load.
    /// - Throws: `unknownTensors`.
    package func rejectUnusedTensors(except extraPrefixes: [String]) throws(EncoderError) {
        let extras = WeightNames.extras.map { encoderPrefix + $0 } + WeightNames.otherHeads + extraPrefixes
        let used = usedNames.withLock { $0 }
        let unknown = tensors.names.filter { name in
            !used.contains(name) && !extras.contains { name.hasPrefix($0) }
        }
        guard let first = unknown.first else { return }
        throw .unknownTensors(file: tensors.path, first: first, count: unknown.count)
    }

    /// Makes sure that the checkpoint is that of a whole model.
    ///
    /// - Parameter name: A head's name, without `.weight` and `.bias`.
    /// - Throws: `missingHead` when it has neither.
    func checkHead(_ name: String) throws(EncoderError) {
        guard contains(name + ".weight") || contains(name + ".bias") else {
            throw .missingHead(file: tensors.path, head: name)
        }
    }

    /// Lets the system reclaim the memory of the weights read so far; they come back when read again.
    package func releasePages() {
        tensors.releasePages()
    }

    private func use(_ name: String, shape: [Int]) throws(EncoderError) {
        guard let found = tensors.shape(of: name) else {
            throw .missingTensor(file: tensors.path, tensor: name)
        }
        guard found == shape else {
            throw .wrongShape(file: tensors.path, tensor: name, found: found, expected: shape)
        }
        usedNames.withLock { _ = $0.insert(name) }
    }
}
