import Foundation

/// Makes a model of a checkpoint of a run.
public struct CheckpointExport {
    private let run: String
    private let step: Int?
    private let output: String
    private let withoutBlockSkim: Bool
    private let precision: TrainingConfiguration.Precision

    /// - Parameters:
    ///   - run: the directory of the run.
    ///   - step: the step of the checkpoint; nil for the last.
    ///   - output: the directory for the model.
    ///   - withoutBlockSkim: whether the Block Skim Modules are left out.
    ///   - precision: how the encoder's weights are stored.
    public init(
        run: String,
        step: Int?,
        output: String,
        withoutBlockSkim: Bool,
        precision: TrainingConfiguration.Precision
    ) {
        self.run = run
        self.step = step
        self.output = output
        self.withoutBlockSkim = withoutBlockSkim
        self.precision = precision
    }

    /// Writes the model.
    ///
    /// - Returns: the step of the checkpoint.
    /// - Throws: `unreadable` when there is no such checkpoint, with those that there are; `outputNotEmpty`, `unwritable`,
    ///   and what loading throws.
    public func write() throws(TrainingError) -> Int {
        let directory = RunDirectory(existingAt: run)
        var configuration = try TrainingConfiguration(run: run)
        configuration.device = .cpu
        let steps = TrainingCheckpoint.steps(in: directory.checkpoints)
        guard let number = step ?? steps.last, steps.contains(number) else {
            let found = steps.isEmpty ? "none" : steps.map(String.init).joined(separator: ", ")
            throw .unreadable(
                path: directory.checkpoints,
                reason:
                    "there is no checkpoint of step \(step.map(String.init) ?? "1 or later"); there is \(found)"
            )
        }
        if let contents = try? FileManager.default.contentsOfDirectory(atPath: output), !contents.isEmpty {
            throw .outputTaken(directory: output)
        }
        let model = try SkimmingModel(configuration)
        let progress = try TrainingCheckpoint.restore(number, in: directory.checkpoints, model)
        try ModelExport(
            elementType: precision == .bf16 ? .bf16 : .f32,
            withoutBlockSkim: withoutBlockSkim
        ).write(model, to: output)
        let isMeasured = progress.evaluatedStep == number
        try ModelCard(configuration, progress, isMeasured ? progress.evaluation : nil).write(to: output)
        return number
    }
}
