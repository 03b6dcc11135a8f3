import EncoderModule
import Foundation
import TorchModule

/// A whole run: prepare, train, evaluate, keep.
public final class Trainer {
    private let configuration: TrainingConfiguration
    private let options: RunOptions
    /// Called with a line for the user.
    private let report: (String) -> Void
    /// Shows the current state in place, with the time left; does nothing where there is no terminal.
    private let showProgress: (String) -> Void
    /// Asked after every step whether to stop.
    private let isInterrupted: () -> Bool

    /// How a run ended.
    public enum Ending: Sendable, Equatable {
        /// All steps are done.
        case finished
        /// It was stopped after `step` steps and can be resumed.
        case interrupted(step: Int)
    }

    /// - Parameters:
    ///   - configuration: what is computed.
    ///   - options: what is done beside it.
    ///   - report: called with a line for the user.
    ///   - showProgress: called with a text that replaces the one before.
    ///   - isInterrupted: asked after every step whether to stop.
    public init(
        _ configuration: TrainingConfiguration,
        options: RunOptions,
        report: @escaping (String) -> Void = { _ in },
        showProgress: @escaping (String) -> Void = { _ in },
        isInterrupted: @escaping () -> Bool = { false }
    ) {
        self.configuration = configuration
        self.options = options
        self.report = report
        self.showProgress = showProgress
        self.isInterrupted = isInterrupted
    }

    /// Runs to the end, or until it is stopped.
    ///
    /// - Returns: how it ended.
    /// - Throws: any ``TrainingError``.
    public func run() throws(TrainingError) -> Ending {
        try checkDevice()
        let place = options.processes
        try TrainingError.wrapping {
            try Torch.setThreads(options.threads.threads)
            guard place.world > 1 else { return }
            try ProcessGroup.join(
                rank: place.rank,
                world: place.world,
                address: (place.host, place.port),
                isServed: place.storeIsServed,
                device: configuration.device,
                timeoutSeconds: Self.collectiveTimeoutSeconds
            )
        }
        defer { if place.world > 1 { try? ProcessGroup.leave() } }
        let model = try SkimmingModel(configuration)
        if !options.resume, place.leads, let beginning = model.beginning { report(beginning) }
        // Only the leading process writes; the others look when it is done.
        let directory: RunDirectory
        if place.leads {
            directory = try RunDirectory(path: options.output, existing: existing)
            try keepConfiguration(directory)
        } else {
            directory = RunDirectory(existingAt: options.output)
        }
        if place.world > 1 { try TrainingError.wrapping { try ProcessGroup.barrier() } }
        let windows = try prepare(model, directory)

        let step = try TrainingStep(model, rank: place.rank)
        let progress = try TrainingCheckpoint.restoreLast(in: directory.checkpoints, step)
        if options.resume, place.leads {
            report("resuming after step \(progress?.step ?? 0)")
        }
        let session = try TrainingSession(
            configuration: configuration,
            options: options,
            directory: directory,
            windows: windows,
            step: step,
            progress: progress ?? TrainingCheckpoint.Progress(),
            report: report,
            showProgress: showProgress
        )
        return try session.run(isInterrupted: isInterrupted)
    }

    /// Longer than any evaluation, or preparation, that the others wait for; a process that ends is noticed at once.
    private static let collectiveTimeoutSeconds = 4 * 3600

    private var existing: RunDirectory.Existing {
        options.resume ? .resume : options.overwrite ? .overwrite : .reject
    }

    private func checkDevice() throws(TrainingError) {
        guard configuration.device == .cuda else { return }
        let available = try TrainingError.wrapping { try Torch.cudaIsAvailable() }
        guard available else { throw .noDevice("cuda") }
    }

    /// Every process makes the windows, so that none waits for another; the leading one keeps them.
    private func prepare(
        _ model: SkimmingModel,
        _ directory: RunDirectory
    ) throws(TrainingError) -> PreparedWindows {
        let windows = try WindowPreparation(
            configuration: configuration,
            encoder: model.encoder.configuration,
            report: options.processes.leads ? report : { _ in }
        ).windows(cache: directory.windowsFile, keeping: options.processes.leads)
        if options.processes.leads { windows.table.lines.forEach(report) }
        return windows
    }

    /// Writes the configuration of a new run, or compares that of the run that is resumed.
    private func keepConfiguration(_ directory: RunDirectory) throws(TrainingError) {
        let path = directory.configurationFile
        guard options.resume else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let data = try TrainingError.wrapping { try encoder.encode(configuration) }
            return try RunDirectory.write(data + [UInt8(ascii: "\n")], to: path)
        }
        let data = try RunDirectory.read(path)
        guard let before = try? JSONDecoder().decode(TrainingConfiguration.self, from: data) else {
            throw .unreadable(path: path, reason: "it is not the configuration of a run")
        }
        let differences = configuration.differences(from: before)
        guard differences.isEmpty else {
            throw .otherSettings(directory: directory.path, differences: differences)
        }
    }
}
