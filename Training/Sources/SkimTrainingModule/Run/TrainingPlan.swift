import Foundation
import TorchModule

/// What a run would take: what `--plan` prints.
public struct TrainingPlan: Sendable {
    /// What goes in.
    public var table: DataTable
    /// The windows of the training files.
    public var windows: Int
    /// Those that hold their answer.
    public var answeredWindows: Int
    /// The tokens of all windows.
    public var tokens: Int
    /// The tokens of the longest window.
    public var longestWindow: Int
    /// The steps of the run.
    public var steps: Int
    /// The steps of an epoch.
    public var stepsPerEpoch: Int
    /// The weights of the model, those of the block classifiers included.
    public var weights: Int
    /// What weights, gradients, moments and the activations of the longest batch take.
    public var memoryBytes: Int
    /// The time that the steps take, going by a few that were tried.
    public var seconds: Double

    /// Makes the windows and tries a few steps, whose weights are thrown away.
    ///
    /// - Parameters:
    ///   - configuration: the run.
    ///   - threads: how many threads it may use.
    ///   - report: called with a line about each file.
    /// - Throws: any ``TrainingError``.
    public init(
        _ configuration: TrainingConfiguration,
        threads: Int,
        report: @escaping (String) -> Void
    ) throws(TrainingError) {
        for file in configuration.dev { try DevelopmentSet.check(file, limit: configuration.devLimit) }
        let model = try SkimmingModel(configuration)
        if let beginning = model.beginning { report(beginning) }
        let teacher = try Teacher.teacher(
            of: configuration,
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            report: report
        )
        let windows = try WindowPreparation(
            configuration: configuration,
            encoder: model.encoder.configuration,
            report: report
        ).windows(cache: "", keeping: false)
        try teacher?.check(windows, report: report)
        var plan = BatchPlan(windows, configuration)
        table = windows.table
        self.windows = windows.count
        answeredWindows = windows.answeredCount
        tokens = windows.tokenCount
        longestWindow = windows.lengths.max() ?? 0
        steps = plan.steps
        stepsPerEpoch = plan.stepsPerEpoch
        weights = model.parameters.entries.reduce(0) { $0 + $1.tensor.shape.reduce(1, *) }
        memoryBytes = Self.memory(configuration, model, weights: weights, longest: longestWindow)

        try TrainingError.wrapping { try Torch.setThreads(threads) }
        // All processes of the run work at once, each on its share of a step.
        var alone = configuration
        alone.processes = 1
        let step = try TrainingStep(SkimmingModel(alone), teacher: teacher)
        let clock = ContinuousClock()
        var (seconds, seen) = (0.0, 0)
        for index in 0..<min(4, plan.steps) {
            let batch = plan.batch(ofStep: index).map { $0.map { windows[$0] } }
            let share = Array(batch.prefix(max(1, batch.count / configuration.processes)))
            let start = clock.now
            let result = try step(
                share,
                step: 0,
                of: max(2, plan.steps)
            )
            // The first step also makes what later ones find made.
            guard index > 0 || plan.steps == 1 else { continue }
            seconds += (clock.now - start) / .seconds(1)
            seen += result.tokens * configuration.processes
        }
        let perEpoch = Double(windows.tokenCount) / Double(max(seen, 1)) * seconds
        self.seconds = perEpoch * Double(plan.steps) / Double(plan.stepsPerEpoch)
    }

    /// What the process takes in the steps with the longest windows.
    ///
    /// The numbers of tensors were fitted to peaks that were measured (`Training/README.md` has them): they are what
    /// autograd keeps for the backward pass. States stay in 32 bits for the most part when products are in bf16, as do the
    /// pooled maps of the classifiers on processors.
    private static func memory(
        _ configuration: TrainingConfiguration,
        _ model: SkimmingModel,
        weights: Int,
        longest: Int
    ) -> Int {
        let shape = model.encoder.configuration
        var windows = max(1, configuration.batchSize / configuration.processes / configuration.accumulation)
        // The windows of a part's last question do not part either.
        if configuration.spanNormalization == .document {
            windows += (configuration.windowsOfQuestion ?? 1) - 1
        }
        let elementBytes = configuration.precision == .bf16 ? 2 : 4
        let states = windows * longest * (5 * shape.hidden + 2 * shape.intermediate) * 4
        let map = windows * shape.heads * longest * longest
        // The probabilities, and what dropout left of them.
        let maps = 2 * map * elementBytes
        var perModule = 0
        if configuration.classifier == .module, model.skimming.attentionRegion == .full {
            let firstPool = model.geometry.cells.firstPool
            // What goes into the first convolution and comes out of it, of its normalisation, and half as much behind.
            perModule = map / (firstPool * firstPool) * 4 * 9 / 2
        }
        let layers = shape.layerCount
        let modules = configuration.classifierLayers(of: layers).count
        let kept = layers * (states + maps) + modules * perModule
        // Weight, gradient and two moments; the program and libtorch; and what glibc's heap holds besides, since tensors
        // of many sizes leave holes.
        return weights * 4 * 4 + 330_000_000 + kept * 27 / 20
    }
}

extension TrainingPlan: CustomStringConvertible {
    /// One fact a line.
    public var description: String {
        """
        \(table)

        windows           \(windows), \(answeredWindows) with their answer
        tokens            \(tokens), the longest window has \(longestWindow)
        steps             \(steps), \(stepsPerEpoch) an epoch
        weights           \(weights)
        memory, about     \(memoryBytes / 1_000_000) MB a process
        time, about       \(TimeText.text(seconds: seconds)) without evaluations
        """
    }
}
