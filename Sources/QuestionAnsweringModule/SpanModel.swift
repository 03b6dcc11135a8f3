import BlockSkimModule
import EncoderModule
import SafetensorsModule
import Synchronization
import TensorModule

/// Encoder, Block Skim Modules and span head of a checkpoint: from windows to start and end logits.
package final class SpanModel: @unchecked Sendable {
    package let configuration: EncoderConfiguration
    /// How the checkpoint skims, with the caller's adjustments; nil when it runs dense.
    package let skimming: SkimConfiguration?

    private let encode: SkimmingEncoder
    private let head: PackedLinear
    private let team: ThreadTeam
    private let logits = FloatBuffer()
    /// Held while a batch is encoded: the buffers are shared.
    private let lock = Mutex(())

    /// What the model says of one window.
    package struct WindowResult: Sendable {
        /// Raw logits of all tokens, `[tokens]`.
        package var startLogits: [Float]
        /// Raw logits of all tokens, `[tokens]`.
        package var endLogits: [Float]
        /// What was kept where.
        package var trace: SkimTrace
        /// The positions that may be part of an answer, ascending; nil for all.
        package var eligiblePositions: [Int]?
    }

    /// Loads a checkpoint directory.
    ///
    /// - Throws: `encoder`, `blockSkim`, `denseCheckpoint`, `notCalibrated`, `maximumF1LossNegative`.
    package init(directory: String, options: ModelOptions) throws(QuestionAnsweringError) {
        do {
            let checkpoint = try Checkpoint(directory: directory)
            let encoder = try Encoder(
                checkpoint: checkpoint,
                precision: options.precision,
                workers: options.threads.threads
            )
            let head = try SpanHeadWeights(checkpoint: checkpoint)
            let skimming = try Self.skimConfiguration(directory: directory, options.skimming)
            var predictors: [Int: SkimPredictor] = [:]
            if let skimming {
                try skimming.check(layerCount: encoder.configuration.layerCount)
                for layer in skimming.skimLayers {
                    let weights = try BlockSkimWeights(
                        checkpoint: checkpoint,
                        skimLayer: layer,
                        configuration: skimming
                    )
                    predictors[layer] = SkimPredictor(weights: weights, configuration: skimming)
                }
            }
            try checkpoint.rejectUnusedTensors(
                except: skimming.map {
                    BlockSkimWeights.extras(
                        skimLayers: $0.skimLayers,
                        layerCount: encoder.configuration.layerCount
                    )
                } ?? [BlockSkimWeights.denseExtra]
            )
            checkpoint.releasePages()

            configuration = encoder.configuration
            self.skimming = skimming
            self.head = PackedLinear(head.outputs)
            team = ThreadTeam(options.threads)
            encode = SkimmingEncoder(
                encoder: encoder,
                predictors: predictors,
                layout: skimming?.blockLayout ?? .passageAligned,
                blockSize: skimming?.blockSize ?? SkimConfiguration.maximumBlockSize,
                team: team
            )
        } catch let error as QuestionAnsweringError {
            throw error
        } catch let error as BlockSkimError {
            throw .blockSkim(error)
        } catch let error as EncoderError {
            throw .encoder(error)
        } catch {
            preconditionFailure("loading a model threw \(error)")
        }
    }

    private static func skimConfiguration(
        directory: String,
        _ skimming: ModelOptions.Skimming
    ) throws -> SkimConfiguration? {
        switch skimming {
        case .dense: return nil
        case .asConfigured: return try SkimConfiguration(ifPresentIn: directory)
        case .adjusted(let skimLayers, let skipThreshold):
            guard var configuration = try SkimConfiguration(ifPresentIn: directory) else {
                throw QuestionAnsweringError.denseCheckpoint(directory: directory)
            }
            configuration.skimLayers = skimLayers?.sorted() ?? configuration.skimLayers
            configuration.skipThreshold = skipThreshold ?? configuration.skipThreshold
            return configuration
        case .maximumF1Loss(let loss):
            guard loss >= 0 else { throw QuestionAnsweringError.maximumF1LossNegative(loss) }
            guard var configuration = try SkimConfiguration(ifPresentIn: directory) else {
                throw QuestionAnsweringError.denseCheckpoint(directory: directory)
            }
            guard let frontier = try SkimFrontier(directory: directory) else {
                throw QuestionAnsweringError.notCalibrated(directory: directory)
            }
            guard let point = frontier.fastest(maximumF1Loss: loss), point.measuredSpeedup > 1 else {
                return nil
            }
            configuration.skimLayers = point.skimLayers.sorted()
            configuration.skipThreshold = point.skipThreshold
            return configuration
        }
    }

    /// Encodes windows together and scores their tokens.
    ///
    /// - Throws: `encoder`.
    package func callAsFunction(_ windows: [ContextWindow]) throws(QuestionAnsweringError) -> [WindowResult] {
        try lock.withLock { _ in
            Result { () throws(QuestionAnsweringError) in try score(windows) }
        }.get()
    }

    private func score(_ windows: [ContextWindow]) throws(QuestionAnsweringError) -> [WindowResult] {
        let policy = skimming.map {
            SkimPolicy.threshold($0.skipThreshold, minimumKeptBlocks: $0.minimumKeptBlocks)
        }
        let output: SkimmingEncoder.Output
        do {
            output = try encode(
                windows.map { .init(ids: $0.ids, tokenTypes: $0.tokenTypes, prefixLength: $0.prefixLength) },
                policy: policy
            )
        } catch {
            throw .encoder(error)
        }
        let tokens = windows.reduce(0) { $0 + $1.tokenCount }
        let pairs = logits.reserve(tokens * 2)  // [tokens, 2]
        head(output.hidden, rows: tokens, into: pairs, on: team)
        var start = 0
        return zip(windows, output.traces).map { window, trace in
            defer { start += window.tokenCount }
            let rows = start..<start + window.tokenCount
            return WindowResult(
                startLogits: rows.map { pairs[2 * $0] },
                endLogits: rows.map { pairs[2 * $0 + 1] },
                trace: trace,
                eligiblePositions: skimming?.skippedPositions == .excluded ? trace.keptPositions : nil
            )
        }
    }
}
