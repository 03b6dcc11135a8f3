import TorchModule

/// AdamW with a learning rate that rises and falls linearly, without decay on biases and normalisations.
final class Optimizer {
    /// The weights that learn, those with decay first.
    private let decayed: Group
    private let undecayed: Group
    private let configuration: TrainingConfiguration

    private struct Group {
        var names: [String] = []
        var weights: [Tensor] = []
        var first: [Tensor] = []
        var second: [Tensor] = []

        mutating func append(_ entry: ModelParameters.Entry, on device: Device) throws(TorchError) {
            names.append(entry.name)
            weights.append(entry.tensor)
            first.append(try Tensor(zeros: entry.tensor.shape, on: device))
            second.append(try Tensor(zeros: entry.tensor.shape, on: device))
        }
    }

    /// An optimiser at the start of a run.
    ///
    /// - Throws: `torch`.
    init(_ model: SkimmingModel) throws(TrainingError) {
        configuration = model.configuration
        var (decayed, undecayed) = (Group(), Group())
        do {
            for entry in model.parameters.entries {
                if configuration.freezeEncoder, !SkimmingModel.isClassifierWeight(entry.name) { continue }
                switch entry.role {
                case .decayed: try decayed.append(entry, on: model.parameters.device)
                case .undecayed: try undecayed.append(entry, on: model.parameters.device)
                case .statistic: break
                }
            }
        } catch {
            throw .torch(error)
        }
        self.decayed = decayed
        self.undecayed = undecayed
    }

    private var weights: [Tensor] { decayed.weights + undecayed.weights }

    /// The moments of all weights under `first.` and `second.` and the weight's name.
    var moments: [(name: String, tensor: Tensor)] {
        [decayed, undecayed].flatMap { group in
            zip(group.names, group.first).map { ("first." + $0, $1) }
                + zip(group.names, group.second).map { ("second." + $0, $1) }
        }
    }

    /// The learning rate of a step, counted from 0: rises over the warm-up, then falls to 0 at the end.
    static func learningRate(
        ofStep step: Int,
        steps: Int,
        _ configuration: TrainingConfiguration
    ) -> Double {
        let warmup = (configuration.warmup * Double(steps)).rounded()
        let step = Double(step)
        let share =
            step < warmup ? step / max(1, warmup) : (Double(steps) - step) / max(1, Double(steps) - warmup)
        return configuration.learningRate * max(0, share)
    }

    func clearGradients() throws(TorchError) { try weights.clearGradients() }

    /// Adds up what the processes found.
    func sumGradientsOverProcesses() throws(TorchError) { try weights.sumGradients() }

    /// Clips the gradients and moves the weights.
    ///
    /// - Parameters:
    ///   - step: counted from 0.
    ///   - steps: of the whole run.
    /// - Returns: the norm of the gradients before clipping; when it is not finite, nothing has moved.
    /// - Throws: what libtorch refuses.
    func step(_ step: Int, of steps: Int) throws(TorchError) -> Double {
        let norm = try weights.gradientNorm()
        guard norm.isFinite else { return norm }
        // PyTorch's clip_grad_norm_.
        let factor = configuration.clip / (norm + 1e-6)
        if factor < 1 { try weights.scaleGradients(by: factor) }
        let rate = Self.learningRate(ofStep: step, steps: steps, configuration)
        for (group, decay) in [(decayed, configuration.weightDecay), (undecayed, 0)] {
            try group.weights.adamWStep(
                firstMoments: group.first,
                secondMoments: group.second,
                step: step + 1,
                settings: AdamWSettings(learningRate: rate, weightDecay: decay)
            )
        }
        return norm
    }
}
