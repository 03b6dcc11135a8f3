import BlockSkimModule
import EncoderModule
import QuestionAnsweringModule
import TorchModule

/// One step: forward and backward pass of this process's share of a batch, exchange, and the optimiser's move.
final class TrainingStep {
    let model: SkimmingModel
    let optimizer: Optimizer
    private let loss: JointLoss
    private let rank: Int
    /// What is learnt from beside the labels; nil for nothing.
    private let teacher: Teacher?

    /// What a step came to, over all processes.
    struct Result: Codable, Equatable, Sendable {
        var total = 0.0
        var questionAnswering = 0.0
        /// The block loss of each augmented layer, counted from 1, before α.
        var blocks: [Int: Double] = [:]
        /// The loss against the teacher, before w; nil without one.
        var teaching: Double?
        var gradientNorm = 0.0
        var learningRate = 0.0
        /// The tokens of all windows, padding not counted.
        var tokens = 0
    }

    init(_ model: SkimmingModel, teacher: Teacher? = nil, rank: Int = 0) throws(TrainingError) {
        self.model = model
        optimizer = try Optimizer(model)
        loss = JointLoss(model.configuration)
        self.teacher = teacher
        self.rank = rank
    }

    /// Runs a step over windows that each stand for themselves.
    func callAsFunction(
        _ windows: [LabelledWindow],
        step: Int,
        of steps: Int
    ) throws(TrainingError) -> Result {
        try self(windows.map { [$0] }, step: step, of: steps)
    }

    /// Runs a step.
    ///
    /// - Parameters:
    ///   - questions: all questions of the step, of which this process takes its share, each with its windows.
    ///   - step: counted from 0.
    ///   - steps: of the whole run.
    /// - Returns: the losses of the whole step.
    /// - Throws: `lossNotFinite`, before any weight has moved; `torch`.
    func callAsFunction(
        _ questions: [[LabelledWindow]],
        step: Int,
        of steps: Int
    ) throws(TrainingError) -> Result {
        let configuration = model.configuration
        let lessons = teacher.map { teacher in
            questions.map { $0.map { teacher.lesson(for: $0.window) } }
        }
        let denominators = denominators(of: questions, lessons)
        let layers = configuration.classifierLayers(of: model.encoder.configuration.layerCount)
        // Total, question answering, one a layer, and the teacher's; sums over parts and processes.
        var losses = [Double](repeating: 0, count: 2 + layers.count + (lessons == nil ? 0 : 1))
        let parts = StepParts.share(
            questionsOfWindows: questions.map(\.count),
            among: configuration.processes * configuration.accumulation
        )
        try TrainingError.wrapping {
            try optimizer.clearGradients()
            for part in 0..<configuration.accumulation {
                let index = rank * configuration.accumulation + part
                try Torch.seed(Self.seed(configuration.seed, step: step, part: index))
                let share = parts[index]
                let batch = try WindowBatch(
                    share.flatMap { questions[$0] },
                    encoder: model.encoder.configuration,
                    geometry: model.geometry,
                    on: configuration.device
                )
                let found = try Torch.withBFloat16(
                    configuration.precision == .bf16,
                    on: configuration.device
                ) {
                    let output = try model(batch, training: true)
                    let taught = try lessons.map { lessons in
                        try TeacherBatch(
                            share.flatMap { lessons[$0] },
                            batch,
                            reached: output.blocks,
                            temperature: loss.teaching.temperature,
                            on: configuration.device
                        )
                    }
                    let shared =
                        configuration.spanNormalization == .document
                        ? try SharedSpanLoss(
                            questions: share.map { questions[$0].count },
                            batch,
                            on: configuration.device
                        ) : nil
                    return try loss(
                        output,
                        batch,
                        shared: shared,
                        lessons: taught,
                        denominators,
                        on: configuration.device
                    )
                }
                let values =
                    try [found.total, found.questionAnswering]
                    + layers.map { layer in
                        try found.blocks[layer] ?? Tensor([0], shape: [], on: configuration.device)
                    } + [found.teaching].compactMap(\.self)
                for (index, value) in values.enumerated() { losses[index] += Double(try value.item()) }
                try found.total.backward()
            }
            if configuration.processes > 1 {
                try optimizer.sumGradientsOverProcesses()
                let sum = try Tensor(losses.map(Float.init), shape: [losses.count], on: configuration.device)
                try sum.allReduce()
                losses = try sum.floats().map(Double.init)
            }
        }
        func fault() -> TrainingError {
            let blocks = losses.dropFirst(2).prefix(layers.count).reduce(0, +)
            return .lossNotFinite(step: step, questionAnswering: Float(losses[1]), blocks: Float(blocks))
        }
        guard losses.allSatisfy({ $0.isFinite }) else { throw fault() }
        let norm = try TrainingError.wrapping { try optimizer.step(step, of: steps) }
        guard norm.isFinite else { throw fault() }
        return Result(
            total: losses[0],
            questionAnswering: losses[1],
            blocks: Dictionary(uniqueKeysWithValues: zip(layers, losses.dropFirst(2))),
            teaching: lessons == nil ? nil : losses.last,
            gradientNorm: norm,
            learningRate: Optimizer.learningRate(ofStep: step, steps: steps, configuration),
            tokens: questions.joined().reduce(0) { $0 + $1.window.tokenCount }
        )
    }

    /// Every part of every step has random numbers of its own, so that a resumed run goes on with the right ones.
    static func seed(_ seed: UInt64, step: Int, part: Int) -> UInt64 {
        var generator = SeededGenerator(seed: seed, name: "step \(step), part \(part)")
        return generator.next()
    }

    /// All processes see all windows, so none has to ask the others.
    private func denominators(
        of questions: [[LabelledWindow]],
        _ lessons: [[Lesson?]]?
    ) -> JointLoss.Denominators {
        var (with, without) = (0, 0)
        for labelled in questions.joined() {
            let partition = BlockPartition(
                tokens: labelled.window.tokenCount,
                prefixLength: labelled.window.prefixLength,
                layout: model.geometry.layout,
                blockSize: model.geometry.blockSize
            )
            for block in partition.blocks {
                if labelled.holdsAnswerToken(in: block) { with += 1 } else { without += 1 }
            }
        }
        var denominators = loss.denominators(
            windows: questions.reduce(0) { $0 + $1.count },
            // A window that stands for itself takes part by the same rule as a question.
            spanWindows: questions.count(where: SharedSpanLoss.takesPart),
            blocksWithAnswer: with,
            blocksWithout: without
        )
        for lesson in (lessons ?? []).joined().compactMap(\.self) {
            denominators.taughtWindows += lesson.saysSpans ? 1 : 0
            denominators.taughtBlocks += lesson.blocks.values.first?.count ?? 0
        }
        return denominators
    }
}
