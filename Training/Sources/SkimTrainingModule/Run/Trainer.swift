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
        try configuration.device.check()
        let place = options.processes
        try TrainingError.wrapping {
            try Torch.setThreads(options.threads.threads)
            guard place.world > 1 else { return }
            let notice = noticeOfWaiting(place)
            defer { notice.cancel() }
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
        if place.leads { try checkDevelopmentFiles() }
        // Only the leading process writes; the others look when it has opened the directory.
        let directory =
            place.leads
            ? try RunDirectory(path: options.output, existing: existing)
            : RunDirectory(existingAt: options.output)
        let session: TrainingSession
        do {
            if place.world > 1 { try TrainingError.wrapping { try ProcessGroup.barrier() } }
            session = try begin(directory)
        } catch {
            directory.abandon()
            throw error
        }
        return try session.run(isInterrupted: isInterrupted)
    }

    /// All that can fail before the first step; what was in the directory changes when nothing else can.
    private func begin(_ directory: RunDirectory) throws(TrainingError) -> TrainingSession {
        let leads = options.processes.leads
        let say = leads ? report : { _ in }
        let before = options.resume && leads ? try configurationOfRun(in: directory) : nil
        let model = try SkimmingModel(configuration)
        if !options.resume, let beginning = model.beginning { say(beginning) }
        let preparation = WindowPreparation(
            configuration: configuration,
            encoder: model.encoder.configuration,
            report: say
        )
        let source = try preparation.source()
        if options.resume, leads { try compare(source, with: directory) }
        let teacher = try Teacher.teacher(
            of: configuration,
            encoder: model.encoder.configuration,
            geometry: model.geometry,
            report: say
        )
        // Every process makes the windows, so that none waits for another; the leading one keeps them.
        let windows = try preparation.windows(cache: directory.windowsFile, keeping: false)
        windows.table.lines.forEach(say)
        try teacher?.check(windows, report: say)
        let step = try TrainingStep(model, teacher: teacher, rank: options.processes.rank)
        var progress = TrainingCheckpoint.Progress()
        if options.resume {
            progress =
                try TrainingCheckpoint.restoreLast(in: directory.checkpoints, step, report: say) ?? progress
        }
        let selection = ModelSelection(
            configuration: configuration,
            options: options,
            directory: directory,
            model: model,
            report: report,
            showProgress: showProgress,
            // The others wait for the end of an evaluation within the next step.
            isInterrupted: options.processes.world == 1 ? isInterrupted : { false }
        )
        if leads {
            if progress.evaluatedStep == nil || progress.evaluatedStep != progress.step {
                try selection.tryOut()
            }
            if let before, before.dev != configuration.dev || before.devLimit != configuration.devLimit,
                progress.best != nil
            {
                report("the development data are others than before: the best model is chosen anew")
                progress.best = nil
                progress.evaluationsSinceBest = 0
            }
            try directory.begin(existing)
            if before != configuration { try keepConfiguration(directory) }
            if PreparedWindows.source(ofFile: directory.windowsFile) != source {
                try windows.write(to: directory.windowsFile, source: source)
            }
            if options.resume { report("resuming after step \(progress.step)") }
        }
        return try TrainingSession(
            configuration: configuration,
            options: options,
            directory: directory,
            windows: windows,
            step: step,
            selection: selection,
            progress: progress,
            report: report,
            showProgress: showProgress
        )
    }

    private func checkDevelopmentFiles() throws(TrainingError) {
        for file in configuration.dev { try DevelopmentSet.check(file, limit: configuration.devLimit) }
    }

    /// Longer than any evaluation, or preparation, that the others wait for; a process that ends is noticed at once.
    private static let collectiveTimeoutSeconds = 4 * 3600

    /// Says whom this process waits for when the others have not come after a few seconds.
    private func noticeOfWaiting(_ place: ProcessPlace) -> DispatchWorkItem {
        // Called only while the thread of the run waits.
        nonisolated(unsafe) let report = report
        let notice = DispatchWorkItem {
            let others = place.world == 2 ? "the other process" : "the \(place.world - 1) other processes"
            report(
                "process \(place.rank) of \(place.world) waits for \(others) at \(place.host):\(place.port)"
            )
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + 3, execute: notice)
        return notice
    }

    private var existing: RunDirectory.Existing {
        options.resume ? .resume : options.overwrite ? .overwrite : .reject
    }

    /// The configuration of the run that is resumed.
    ///
    /// - Throws: `otherSettings` when it would compute something else.
    private func configurationOfRun(in directory: RunDirectory) throws(TrainingError) -> TrainingConfiguration
    {
        let before = try TrainingConfiguration(run: directory.path)
        let differences = configuration.differences(from: before)
        guard differences.isEmpty else {
            throw .otherSettings(directory: directory.path, differences: differences)
        }
        return before
    }

    /// Compares what the windows of the run that is resumed were made of.
    private func compare(_ source: String, with directory: RunDirectory) throws(TrainingError) {
        guard let before = PreparedWindows.source(ofFile: directory.windowsFile), before != source else {
            return
        }
        let (ours, theirs) = (source.split(separator: "\n"), before.split(separator: "\n"))
        if let version = theirs.first, version != ours.first {
            throw .otherVersion(path: directory.windowsFile, differences: ["its layout has \(version)"])
        }
        let differences =
            ours.filter { !theirs.contains($0) }.map { "now \($0)" }
            + theirs.filter { !ours.contains($0) }.map { "before \($0)" }
        throw .otherData(directory: directory.path, differences: differences)
    }

    private func keepConfiguration(_ directory: RunDirectory) throws(TrainingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try TrainingError.wrapping { try encoder.encode(configuration) }
        try RunDirectory.write(data + [UInt8(ascii: "\n")], to: directory.configurationFile)
    }
}

extension Device {
    /// Checks that it is there.
    ///
    /// - Throws: `noDevice`.
    func check() throws(TrainingError) {
        guard self == .cuda else { return }
        let available = try TrainingError.wrapping { try Torch.cudaIsAvailable() }
        guard available else { throw .noDevice("cuda") }
    }
}
