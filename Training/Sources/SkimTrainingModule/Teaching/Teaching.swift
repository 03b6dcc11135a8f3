import EncoderModule
import Foundation
import QuestionAnsweringModule
import TensorModule
import TorchModule

/// Writes what a trained model says of the windows of data sets, so that another model can learn from it.
public final class Teaching {
    /// What is asked, of whom, and where the answers go.
    public struct Settings: Sendable {
        /// The checkpoint directory of the teacher.
        public var model = ""
        /// The data sets.
        public var train: [String] = []
        /// The file to write.
        public var output = ""
        /// Whether a file that was begun is continued.
        public var resume = false
        /// Whether what is there is replaced.
        public var overwrite = false
        /// The most tokens of a window.
        public var maximumLength = 384
        /// The context tokens that consecutive windows share.
        public var overlap = 128
        /// The windows that the teacher reads at once.
        public var batchSize = 16
        /// The precision of products.
        public var precision = TrainingConfiguration.Precision.f32
        /// Where the work is done.
        public var device = Device.cpu
        /// How many threads are used.
        public var threads = ThreadBudget.physicalCores

        /// The defaults of the command line.
        public init() {}
    }

    /// How it ended.
    public enum Ending: Sendable, Equatable {
        /// The file is written.
        case finished
        /// It was stopped and can be resumed.
        case interrupted
    }

    private let settings: Settings
    private let report: (String) -> Void
    private let showProgress: (String) -> Void
    private let isInterrupted: () -> Bool

    /// - Parameters:
    ///   - settings: what is asked, of whom.
    ///   - report: called with a line for the user.
    ///   - showProgress: called with a text that replaces the one before.
    ///   - isInterrupted: asked after every batch whether to stop.
    public init(
        _ settings: Settings,
        report: @escaping (String) -> Void = { _ in },
        showProgress: @escaping (String) -> Void = { _ in },
        isInterrupted: @escaping () -> Bool = { false }
    ) {
        self.settings = settings
        self.report = report
        self.showProgress = showProgress
        self.isInterrupted = isInterrupted
    }

    /// Runs to the end, or until it is stopped.
    ///
    /// - Returns: how it ended.
    /// - Throws: `fileTaken`, `nothingToResume`, `teacherNotTrained`, `otherTeaching`, and what loading, reading and writing
    ///   throw; before the first window is read.
    public func run() throws(TrainingError) -> Ending {
        try checkOutput()
        try settings.device.check()
        try TrainingError.wrapping { try Torch.setThreads(settings.threads.threads) }
        let model = try SkimmingModel(configuration())
        if let missing = model.beginning {
            throw .teacherNotTrained(model: settings.model, missing: missing)
        }
        let source = try TeacherSource(model.configuration, encoder: model.encoder.configuration)
        if settings.resume, FileManager.default.fileExists(atPath: settings.output) {
            let before = try TeacherFile.source(ofFile: settings.output)
            guard before == source else {
                throw .otherTeaching(path: settings.output, differences: source.differences(from: before))
            }
            report("\(settings.output) is finished: nothing to resume")
            return .finished
        }
        var windows = try QuestionWindows(
            model.configuration,
            encoder: model.encoder.configuration,
            report: report
        )
        windows.sortByLength()
        let parts = try TeacherParts(
            ofFile: settings.output,
            source: source,
            existing: settings.resume ? .resume : .overwrite
        )
        guard let logits = try logits(of: windows.windows, model, parts) else {
            report("stopped; --resume goes on from there")
            return .interrupted
        }
        try TeacherFile(source: source, placed: windows.placed, logits: logits).write(to: settings.output)
        try parts.remove()
        report("the teacher's logits of \(windows.windows.count) windows are in \(settings.output)")
        return .finished
    }

    private func checkOutput() throws(TrainingError) {
        let isWritten = FileManager.default.fileExists(atPath: settings.output)
        let isBegun = TeacherParts.exist(forFile: settings.output)
        if settings.resume {
            guard isWritten || isBegun else { throw .nothingToResume(directory: settings.output) }
        } else if !settings.overwrite, isWritten || isBegun {
            throw .fileTaken(path: settings.output)
        }
    }

    /// The teacher's settings: its blocks are cut as its `blockskim.json` says, and without that file none are judged.
    private func configuration() throws(TrainingError) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.model = settings.model
        configuration.train = settings.train
        configuration.maximumLength = settings.maximumLength
        configuration.overlap = settings.overlap
        configuration.batchSize = settings.batchSize
        configuration.precision = settings.precision
        configuration.device = settings.device
        var blocks = BlockSettings()
        if try StoredClassifiers(directory: settings.model).skimming == nil {
            blocks.classifier = TrainingConfiguration.BlockClassifier.none
        }
        _ = try blocks.apply(to: &configuration)
        return configuration
    }

    /// What the model says of windows, part by part; nil when it was interrupted.
    private func logits(
        of windows: [ContextWindow],
        _ model: SkimmingModel,
        _ parts: TeacherParts
    ) throws(TrainingError) -> TeacherLogits? {
        let start = ContinuousClock().now
        let tokens = windows.reduce(0) { $0 + $1.tokenCount }
        var (found, done, computed) = (TeacherLogits(), 0, 0)
        for (part, first) in stride(from: 0, to: windows.count, by: TeacherParts.windowCount).enumerated() {
            let some = windows[first..<min(first + TeacherParts.windowCount, windows.count)]
            if let known = parts.logits(ofPart: part, tokenCounts: some.map(\.tokenCount)) {
                found.append(known)
                done += known.start.count
                continue
            }
            var ofPart = TeacherLogits()
            for begin in stride(from: some.startIndex, to: some.endIndex, by: settings.batchSize) {
                if isInterrupted() { return nil }
                let batch = some[begin..<min(begin + settings.batchSize, some.endIndex)]
                ofPart.append(try model.logits(of: Array(batch)))
                computed += batch.reduce(0) { $0 + $1.tokenCount }
                let seconds = (ContinuousClock().now - start) / .seconds(1)
                let left = seconds / Double(computed) * Double(tokens - done - computed)
                showProgress(
                    "window \(batch.endIndex)/\(windows.count)  \(Int(Double(computed) / seconds)) tokens/s"
                        + "  \(TimeText.text(seconds: left)) left"
                )
            }
            try parts.write(ofPart, asPart: part)
            // As it is rounded in the file, whether it was just computed or not.
            guard let kept = parts.logits(ofPart: part, tokenCounts: some.map(\.tokenCount)) else {
                throw .unreadable(
                    path: settings.output,
                    reason: "a logit of the teacher is not a finite number"
                )
            }
            found.append(kept)
        }
        return found
    }
}

extension SkimmingModel {
    /// What the model says of windows at inference, no block dropped.
    ///
    /// - Throws: `torch`.
    func logits(of windows: [ContextWindow]) throws(TrainingError) -> TeacherLogits {
        try TrainingError.wrapping {
            let batch = try WindowBatch(
                windows.map { LabelledWindow(window: $0, answer: nil) },
                encoder: encoder.configuration,
                geometry: geometry,
                on: configuration.device
            )
            let output = try Torch.withoutRecording {
                try Torch.withBFloat16(configuration.precision == .bf16, on: configuration.device) {
                    try self(batch, training: false)
                }
            }
            func ofTokens(_ logits: Tensor) throws -> [Float] {
                let rows = try logits.floats()
                return batch.tokenRows.enumerated().flatMap { window, places in
                    places.map { rows[window * batch.rows + $0] }
                }
            }
            var logits = TeacherLogits()
            logits.start = try ofTokens(output.startLogits)
            logits.end = try ofTokens(output.endLogits)
            logits.blockCounts = windows.indices.map { window in batch.blocks.count { $0.window == window } }
            for layer in configuration.classifierLayers(of: encoder.configuration.layerCount) {
                let values = try output.blockLogits[layer]?.floats() ?? []
                logits.blocks[layer] = stride(from: 0, to: values.count, by: 2).map {
                    values[$0 + 1] - values[$0]
                }
            }
            return logits
        }
    }
}
