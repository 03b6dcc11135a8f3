import EncoderModule
import Foundation
import QuestionAnsweringModule
import TorchModule

/// Measures the steps of a configuration on made-up windows of one length.
public struct StepBenchmark: Sendable {
    /// Tokens a second of each measured step.
    public var tokensPerSecond: [Double]

    /// Warms up and measures.
    ///
    /// - Parameters:
    ///   - configuration: the model and what is trained of it.
    ///   - length: the tokens of every window.
    ///   - runs: how many steps are measured.
    ///   - threads: how many threads are used.
    /// - Throws: any ``TrainingError``.
    public init(
        _ configuration: TrainingConfiguration,
        length: Int,
        runs: Int,
        threads: Int
    ) throws(TrainingError) {
        try TrainingError.wrapping { try Torch.setThreads(threads) }
        let step = try TrainingStep(SkimmingModel(configuration))
        let vocabulary = step.model.encoder.configuration.vocabularySize
        let typeCount = step.model.encoder.configuration.tokenTypeCount
        let windows = (0..<configuration.batchSize).map { window in
            LabelledWindow(
                window: ContextWindow(
                    ids: (0..<length).map { Int32(($0 * 7919 + window * 31) % vocabulary) },
                    tokenTypes: (0..<length).map { $0 < 16 || typeCount < 2 ? 0 : 1 },
                    prefixLength: 16,
                    contextTokens: 0..<length - 16
                ),
                answer: (length / 2)...(length / 2 + 3)
            )
        }
        let most = configuration.spanNormalization == .document ? configuration.windowsOfQuestion ?? 1 : 1
        let questions = stride(from: 0, to: windows.count, by: most).map {
            Array(windows[$0..<min($0 + most, windows.count)])
        }
        let clock = ContinuousClock()
        tokensPerSecond = []
        for run in 0..<runs + 2 {
            let start = clock.now
            _ = try step(questions, step: run, of: runs + 3)
            let seconds = (clock.now - start) / .seconds(1)
            if run >= 2 { tokensPerSecond.append(Double(configuration.batchSize * length) / seconds) }
        }
    }
}
