import Foundation
import SafetensorsModule
import TorchModule

/// All that a run needs to go on exactly: weights, running statistics, moments and where it is.
///
/// A checkpoint is a directory `step-N` of the run. It is written under a temporary name and renamed, so that what has
/// its name is whole. Random numbers need no state: those of a step depend on the seed and the step alone.
struct TrainingCheckpoint {
    /// Where a run is.
    struct Progress: Codable, Equatable {
        /// The steps done.
        var step = 0
        /// The best evaluation so far.
        var best: Best?
        /// The evaluations since the best.
        var evaluationsSinceBest = 0
        /// The last evaluation.
        var evaluation: ModelEvaluation.Scores?
        /// The step after which it was made.
        var evaluatedStep: Int?
        /// The steps since the last line of metrics.
        var recent: [TrainingStep.Result] = []
        /// The time that they took, in seconds.
        var recentSeconds = 0.0
        /// The time spent in steps so far, in seconds.
        var trainingSeconds = 0.0
        /// The tokens seen so far.
        var tokens = 0
    }

    /// The evaluation whose model is kept.
    struct Best: Codable, Equatable {
        /// The steps done.
        var step: Int
        /// By what it was chosen.
        var value: Double
        /// Its dense F1, in percent.
        var f1: Double
    }

    private static let prefix = "step-"
    private static let tensorsFile = "/state.safetensors"
    private static let progressFile = "/progress.json"

    /// Writes a checkpoint and removes those that are older than the last few, but for the best.
    ///
    /// - Throws: `unwritable`, `safetensors`, `torch`.
    static func write(
        _ step: TrainingStep,
        _ progress: Progress,
        to directory: String,
        keeping count: Int
    ) throws(TrainingError) {
        let path = "\(directory)/\(prefix)\(progress.step)"
        let partial = path + RunDirectory.partialSuffix
        if FileManager.default.fileExists(atPath: partial) { try RunDirectory.remove(partial) }
        try RunDirectory.make(partial)
        var writer = SafetensorsWriter()
        try TrainingError.wrapping {
            for entry in step.model.parameters.entries { writer.append(entry.name, entry.tensor) }
            for (name, tensor) in step.optimizer.moments { writer.append(name, tensor) }
            try writer.write(to: partial + tensorsFile)
            try RunDirectory.write(JSONEncoder().encode(progress), to: partial + progressFile)
        }
        // After an interrupted run the step may be there already, with the same content.
        if FileManager.default.fileExists(atPath: path) {
            try RunDirectory.remove(partial)
        } else {
            try RunDirectory.rename(partial, path)
        }
        try write(progress, to: directory, keeping: count)
    }

    /// Writes anew where a run is, when an evaluation of the checkpoint's weights has been added; removes older checkpoints.
    ///
    /// - Throws: `unwritable`.
    static func write(
        _ progress: Progress,
        to directory: String,
        keeping count: Int
    ) throws(TrainingError) {
        let data = try TrainingError.wrapping { try JSONEncoder().encode(progress) }
        try RunDirectory.write(data, to: "\(directory)/\(prefix)\(progress.step)\(progressFile)")
        for old in steps(in: directory).dropLast(count) where old != progress.best?.step {
            try RunDirectory.remove("\(directory)/\(prefix)\(old)")
        }
    }

    /// The progress of the last whole checkpoint, read into a step; nil when there is no checkpoint.
    ///
    /// One that is damaged is put aside, and the one before is taken.
    ///
    /// - Parameters:
    ///   - directory: the checkpoints.
    ///   - step: what is restored.
    ///   - report: called with a line for each that is damaged.
    /// - Returns: where the run is.
    /// - Throws: `unreadable`, `safetensors`, `torch` when none is whole; the reason of the last.
    static func restoreLast(
        in directory: String,
        _ step: TrainingStep,
        report: (String) -> Void
    ) throws(TrainingError) -> Progress? {
        var damage: TrainingError?
        for number in steps(in: directory).reversed() {
            do {
                let progress = try restore(number, in: directory, step.model, step.optimizer)
                // So that the same step can be written again.
                for later in steps(in: directory) where later > number {
                    let path = "\(directory)/\(prefix)\(later)"
                    try? RunDirectory.rename(path, path + ".damaged")
                }
                return progress
            } catch {
                report("the checkpoint of step \(number) is damaged: \(error)")
                damage = damage ?? error
            }
        }
        if let damage { throw damage }
        return nil
    }

    /// Reads a checkpoint into a model and, when there is one, its optimiser.
    ///
    /// - Returns: where the run was.
    /// - Throws: `unreadable`, `safetensors`, `torch`.
    static func restore(
        _ number: Int,
        in directory: String,
        _ model: SkimmingModel,
        _ optimizer: Optimizer? = nil
    ) throws(TrainingError) -> Progress {
        let path = "\(directory)/\(prefix)\(number)"
        let text = try RunDirectory.read(path + progressFile)
        guard let progress = try? JSONDecoder().decode(Progress.self, from: text) else {
            throw .unreadable(path: path + progressFile, reason: "it does not say where a run was")
        }
        try TrainingError.wrapping {
            let file = try SafetensorsFile(path: path + tensorsFile)
            func restore(_ name: String, _ tensor: Tensor) throws {
                let shape = file.info(named: name)?.shape
                guard shape == tensor.shape else {
                    throw TrainingError.unreadable(
                        path: path + tensorsFile,
                        reason: "\(name) has the shape \(shape ?? []), the model asks for \(tensor.shape)"
                    )
                }
                let device = model.configuration.device
                try tensor.assign(Tensor(file.floats(named: name), shape: tensor.shape, on: device))
            }
            for entry in model.parameters.entries { try restore(entry.name, entry.tensor) }
            for (name, tensor) in optimizer?.moments ?? [] { try restore(name, tensor) }
        }
        return progress
    }

    /// The steps of all whole checkpoints, ascending.
    static func steps(in directory: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }.sorted()
    }
}
