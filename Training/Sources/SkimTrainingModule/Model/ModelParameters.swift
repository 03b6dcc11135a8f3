import EncoderModule
import TorchModule

/// The weights of a model under their names in the checkpoint, and how those that a checkpoint lacks begin.
///
/// The names stand once, where layers ask for their weights.
final class ModelParameters {
    /// How a weight begins.
    enum Beginning {
        /// Only a checkpoint can give it.
        case fromCheckpoint
        /// Normally distributed.
        case normal(deviation: Double)
        /// Evenly distributed, `±1/√inputs`: PyTorch's for linear layers and convolutions.
        case uniform(inputs: Int)
        /// All elements alike.
        case constant(Float)
    }

    /// Whether training changes a weight, and by what.
    enum Role {
        /// By the optimiser, with weight decay.
        case decayed
        /// By the optimiser, without weight decay: biases and normalisations.
        case undecayed
        /// By the forward pass: running statistics.
        case statistic
    }

    /// One weight.
    struct Entry {
        var name: String
        var tensor: Tensor
        var role: Role
        /// Whether the checkpoint did not give it.
        var isNew: Bool
    }

    /// All weights, in the order in which layers asked for them.
    private(set) var entries: [Entry] = []
    private let tensors: CheckpointTensors
    private let prefix: String
    private let seed: UInt64
    /// Whether weights that may begin at random do so, whatever the checkpoint has.
    private var passesOverStored = false
    let device: Device

    /// - Throws: `encoder`.
    init(directory: String, familyPrefix: String, seed: UInt64, device: Device) throws(TrainingError) {
        do {
            tensors = try CheckpointTensors(directory: directory)
        } catch {
            throw .encoder(error)
        }
        // The checkpoint of a bare encoder has no prefix; what is exported has one.
        prefix = tensors.names.contains { $0.hasPrefix(familyPrefix) } ? "" : familyPrefix
        self.seed = seed
        self.device = device
    }

    /// A weight, from the checkpoint or as it begins.
    ///
    /// - Throws: `missingTensor`, `wrongShape`, `safetensors`, `torch`.
    func tensor(
        _ name: String,
        shape: [Int],
        role: Role,
        beginning: Beginning = .fromCheckpoint
    ) throws(TrainingError) -> Tensor {
        let stored = passesOverStored ? nil : try storedElements(name, shape: shape, beginning)
        return try TrainingError.wrapping {
            let tensor = try Tensor(stored ?? begin(name, shape, beginning), shape: shape, on: device)
            if role != .statistic { try tensor.requireGradient() }
            entries.append(Entry(name: name, tensor: tensor, role: role, isNew: stored == nil))
            return tensor
        }
    }

    /// Makes a layer whose weights all come from the checkpoint, or all begin at random.
    ///
    /// - Parameters:
    ///   - isNew: whether they begin at random whatever the checkpoint has.
    ///   - make: asks for the weights; called again when the checkpoint gave only some of them.
    /// - Returns: what `make` returns.
    /// - Throws: what `make` throws.
    func whole<Layer>(
        isNew: Bool,
        _ make: () throws(TrainingError) -> Layer
    ) throws(TrainingError) -> Layer {
        let first = entries.count
        defer { passesOverStored = false }
        passesOverStored = isNew
        let layer = try make()
        let newCount = entries[first...].count(where: \.isNew)
        guard newCount > 0, newCount < entries.count - first else { return layer }
        entries.removeSubrange(first...)
        passesOverStored = true
        return try make()
    }

    /// `name.weight` `[outputs, inputs]` and `name.bias` `[outputs]`.
    func linear(
        _ name: String,
        inputs: Int,
        outputs: Int,
        beginning: Beginning = .fromCheckpoint
    ) throws(TrainingError) -> LinearLayer {
        var biasBeginning = beginning
        if case .normal = beginning { biasBeginning = .constant(0) }
        return LinearLayer(
            weight: try tensor(
                name + ".weight",
                shape: [outputs, inputs],
                role: .decayed,
                beginning: beginning
            ),
            bias: try tensor(name + ".bias", shape: [outputs], role: .undecayed, beginning: biasBeginning)
        )
    }

    /// `name.weight` and `name.bias`, both `[width]`.
    func norm(_ name: String, width: Int) throws(TrainingError) -> LinearLayer {
        LinearLayer(
            weight: try tensor(name + ".weight", shape: [width], role: .undecayed),
            bias: try tensor(name + ".bias", shape: [width], role: .undecayed)
        )
    }

    /// The elements in the checkpoint; nil when it lacks them, or has a block classifier of another shape, and there
    /// is another beginning.
    private func storedElements(
        _ name: String,
        shape: [Int],
        _ beginning: Beginning
    ) throws(TrainingError) -> [Float]? {
        var stored = prefix.isEmpty || !name.hasPrefix(prefix) ? name : String(name.dropFirst(prefix.count))
        if tensors.shape(of: stored) == nil, let old = Self.oldName(stored) { stored = old }
        guard let found = tensors.shape(of: stored) else {
            guard case .fromCheckpoint = beginning else { return nil }
            throw .encoder(.missingTensor(file: tensors.path, tensor: stored))
        }
        guard found == shape else {
            guard case .fromCheckpoint = beginning else { return nil }
            throw .encoder(
                .wrongShape(file: tensors.path, tensor: stored, found: found, expected: shape)
            )
        }
        return try TrainingError.wrapping { try tensors.floats(stored) }
    }

    /// What checkpoints converted from TensorFlow call the parts of a layer normalisation.
    private static func oldName(_ name: String) -> String? {
        for (new, old) in [("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")]
        where name.hasSuffix(new) {
            return String(name.dropLast(new.count)) + old
        }
        return nil
    }

    private func begin(_ name: String, _ shape: [Int], _ beginning: Beginning) -> [Float] {
        let count = shape.reduce(1, *)
        var generator = SeededGenerator(seed: seed, name: name)
        switch beginning {
        case .fromCheckpoint: preconditionFailure("\(name) has no beginning")
        case .normal(let deviation): return generator.normals(count, deviation: deviation)
        case .uniform(let inputs):
            return generator.uniforms(count, bound: 1 / Double(inputs).squareRoot())
        case .constant(let value): return [Float](repeating: value, count: count)
        }
    }
}

/// A weight and a bias: of a linear layer, a convolution or a normalisation.
struct LinearLayer {
    var weight: Tensor
    var bias: Tensor

    /// `input · weightᵀ + bias`.
    func callAsFunction(_ input: Tensor) throws(TorchError) -> Tensor {
        try input.linear(weight: weight, bias: bias)
    }
}
