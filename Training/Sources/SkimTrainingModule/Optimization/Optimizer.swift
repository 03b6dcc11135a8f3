import TorchModule

/// AdamW with a learning rate that follows a schedule, without decay on biases and normalisations.
final class Optimizer {
    /// The weights that learn, those with the same weight decay and learning rate together.
    private let groups: [Group]
    private let configuration: TrainingConfiguration

    private struct Group {
        var weightDecay: Double
        /// What the learning rate of the schedule is multiplied with.
        var rateFactor: Double
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
        let classifierFactor =
            (configuration.classifierLearningRate ?? configuration.learningRate) / configuration.learningRate
        let rates = LayerRates(configuration, model.encoder.configuration)
        var groups: [Group] = []
        do {
            for entry in model.parameters.entries where entry.role != .statistic {
                guard !configuration.freezeEncoder || SkimmingModel.isClassifierWeight(entry.name),
                    let depthFactor = rates.factor(of: entry.name)
                else { continue }
                let factor = SkimmingModel.isClassifierWeight(entry.name) ? classifierFactor : depthFactor
                let decay = entry.role == .decayed ? configuration.weightDecay : 0
                let index = groups.firstIndex { $0.weightDecay == decay && $0.rateFactor == factor }
                if index == nil { groups.append(Group(weightDecay: decay, rateFactor: factor)) }
                try groups[index ?? groups.count - 1].append(entry, on: model.parameters.device)
            }
        } catch {
            throw .torch(error)
        }
        self.groups = groups
    }

    private var weights: [Tensor] { groups.flatMap(\.weights) }

    /// The moments of all weights under `first.` and `second.` and the weight's name.
    var moments: [(name: String, tensor: Tensor)] {
        groups.flatMap { group in
            zip(group.names, group.first).map { ("first." + $0, $1) }
                + zip(group.names, group.second).map { ("second." + $0, $1) }
        }
    }

    /// The learning rate of a step, counted from 0.
    static func learningRate(
        ofStep step: Int,
        steps: Int,
        _ configuration: TrainingConfiguration
    ) -> Double {
        configuration.learningRate
            * configuration.schedule.share(ofStep: step, of: steps, warmup: configuration.warmup)
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
        for group in groups where !group.weights.isEmpty {
            try group.weights.adamWStep(
                firstMoments: group.first,
                secondMoments: group.second,
                step: step + 1,
                settings: AdamWSettings(
                    learningRate: rate * group.rateFactor,
                    weightDecay: group.weightDecay
                )
            )
        }
        return norm
    }
}
