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
        /// The best F1 of the evaluations so far, in percent.
        var bestF1: Double?
        /// The step after which it was measured.
        var bestStep: Int?
        /// The time spent in steps so far, in seconds.
        var trainingSeconds = 0.0
        /// The tokens seen so far.
        var tokens = 0
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
            for entry in step.model.parameters.entries {
                writer.append(entry.name, shape: entry.tensor.shape, floats: try entry.tensor.floats())
            }
            for (name, tensor) in step.optimizer.moments {
                writer.append(name, shape: tensor.shape, floats: try tensor.floats())
            }
            try writer.write(to: partial + tensorsFile)
            try RunDirectory.write(JSONEncoder().encode(progress), to: partial + progressFile)
        }
        // After an interrupted run the step may be there already, with the same content.
        if FileManager.default.fileExists(atPath: path) {
            try RunDirectory.remove(partial)
        } else {
            try RunDirectory.rename(partial, path)
        }
        for old in steps(in: directory).dropLast(count) where old != progress.bestStep {
            try RunDirectory.remove("\(directory)/\(prefix)\(old)")
        }
    }

    /// The last checkpoint's progress, read into a step; nil when there is no checkpoint.
    ///
    /// - Throws: `unreadable`, `safetensors`, `torch`.
    static func restoreLast(in directory: String, _ step: TrainingStep) throws(TrainingError) -> Progress? {
        guard let last = steps(in: directory).last else { return nil }
        let path = "\(directory)/\(prefix)\(last)"
        let progress: Progress
        do {
            progress = try JSONDecoder().decode(
                Progress.self,
                from: RunDirectory.read(path + progressFile)
            )
        } catch {
            throw .unreadable(path: path + progressFile, reason: "\(error)")
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
                let device = step.model.configuration.device
                try tensor.assign(Tensor(file.floats(named: name), shape: tensor.shape, on: device))
            }
            for entry in step.model.parameters.entries { try restore(entry.name, entry.tensor) }
            for (name, tensor) in step.optimizer.moments { try restore(name, tensor) }
        }
        return progress
    }

    /// The steps of all whole checkpoints, ascending.
    static func steps(in directory: String) -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }.sorted()
    }
}
