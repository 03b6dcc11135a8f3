import CTorchShim

extension Tensor {
    /// Asks for the gradient of this tensor in every backward pass.
    public func requireGradient() throws(TorchError) {
        try TorchError.check("requireGradient", [self], ts_require_gradient(raw))
    }

    /// Adds to the gradients of all tensors that this one-element tensor depends on.
    public func backward() throws(TorchError) {
        try TorchError.check("backward", [self], ts_backward(raw))
    }

    /// The gradient that backward passes have added up; nil when there was none.
    public func gradient() throws(TorchError) -> Tensor? {
        var gradient: ts_ref?
        try TorchError.check("gradient", [self], ts_gradient(&gradient, raw))
        return gradient.map { Tensor($0) }
    }

    /// The same elements, cut off from what they were computed from.
    public func detached() throws(TorchError) -> Tensor {
        try Tensor("detached", [self]) { ts_detach($0, raw) }
    }
}

extension [Tensor] {
    private var references: [ts_ref?] { map(\.raw) }

    /// Forgets the gradients.
    public func clearGradients() throws(TorchError) {
        try TorchError.check("clearGradients", ts_clear_gradients(references, Int64(count)))
    }

    /// The Euclidean norm of all gradients together.
    public func gradientNorm() throws(TorchError) -> Double {
        var norm = 0.0
        try TorchError.check("gradientNorm", ts_gradient_norm(references, Int64(count), &norm))
        return norm
    }

    /// Multiplies all gradients.
    public func scaleGradients(by factor: Double) throws(TorchError) {
        try TorchError.check("scaleGradients", ts_scale_gradients(references, Int64(count), factor))
    }

    /// One step of AdamW on the tensors that have a gradient.
    ///
    /// - Parameters:
    ///   - firstMoments: the running means of the gradients, one a tensor.
    ///   - secondMoments: the running means of their squares.
    ///   - step: counted from 1.
    ///   - settings: the rest.
    /// - Throws: what libtorch refuses.
    public func adamWStep(
        firstMoments: [Tensor],
        secondMoments: [Tensor],
        step: Int,
        settings: AdamWSettings
    ) throws(TorchError) {
        precondition(
            count == firstMoments.count && count == secondMoments.count,
            "\(count) tensors with \(firstMoments.count) and \(secondMoments.count) moments"
        )
        let status = ts_adamw(
            references,
            firstMoments.references,
            secondMoments.references,
            Int64(count),
            Int64(step),
            settings.learningRate,
            settings.beta1,
            settings.beta2,
            settings.epsilon,
            settings.weightDecay
        )
        try TorchError.check("adamWStep", self, status)
    }

    /// Sums every gradient over the processes.
    public func sumGradients() throws(TorchError) {
        try TorchError.check("sumGradients", ts_sum_gradients(references, Int64(count)))
    }

    /// The tensors one after the other along a dimension.
    public func concatenated(along dimension: Int) throws(TorchError) -> Tensor {
        try Tensor("concatenated", self) { ts_cat($0, references, Int64(count), Int64(dimension)) }
    }
}

/// The numbers of AdamW; the defaults are PyTorch's.
public struct AdamWSettings: Sendable {
    /// How far a step goes.
    public var learningRate: Double
    /// How much of the first moment stays from step to step.
    public var beta1 = 0.9
    /// How much of the second moment stays from step to step.
    public var beta2 = 0.999
    /// Added to the root of the second moment.
    public var epsilon = 1e-8
    /// The share of a weight that a step takes away, times the learning rate.
    public var weightDecay: Double

    /// Settings with PyTorch's moments.
    public init(learningRate: Double, weightDecay: Double) {
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }
}
