import EncoderModule
import TensorModule

/// Measures the forward time of an encoder, dense and skimming, on made-up tokens.
///
/// Runs of the different kinds alternate, so that a change of the machine's speed meets all of them alike.
package final class SkimBenchmark {
    /// What is measured.
    package struct Settings: Sendable {
        /// T, the tokens of the window.
        package var length: Int
        /// The tokens that a padding implementation would compute; nil for 384, but at least the window and at most what
        /// the encoder can take.
        package var paddedLength: Int?
        /// The share of the tokens that is kept after the skim layer, from 0 to 1; `nil` to measure no skimming.
        package var keptFraction: Double?
        /// How often each kind is measured.
        package var runs: Int
        /// The tokens of `[CLS] question [SEP]`.
        package var prefixLength: Int

        package init(
            length: Int,
            paddedLength: Int?,
            keptFraction: Double?,
            runs: Int,
            prefixLength: Int = 32
        ) {
            self.length = length
            self.paddedLength = paddedLength
            self.keptFraction = keptFraction
            self.runs = runs
            self.prefixLength = min(prefixLength, length)
        }
    }

    /// Medians, in milliseconds.
    package struct Result: Sendable {
        package var dense: Double
        /// The same without skimming and with the window padded.
        package var densePadded: Double
        package var skim: Double?
        /// The Block Skim Module by itself, on the attention of the whole window.
        package var module: Double?
        /// The share of the tokens that the last skim layer kept.
        package var keptFraction: Double?
    }

    private enum Kind: CaseIterable { case dense, densePadded, skim, module }

    /// What is measured.
    package let settings: Settings
    /// The tokens of the padded window.
    package let paddedLength: Int
    /// l, the layer after which the encoder drops blocks, counted from 1.
    package let skimLayer: Int
    /// The number format of weights and products.
    package let precision: Precision
    private let encode: SkimmingEncoder
    private let attention = FloatBuffer()
    private let hidden = FloatBuffer()
    private let workspace: Workspace

    /// The shape of the encoder.
    package var encoder: EncoderConfiguration { encode.encoder.configuration }

    package init(
        _ encoder: SkimmingEncoder,
        skimLayer: Int,
        settings: Settings,
        precision: Precision = .float32,
        threads: ThreadBudget
    ) {
        encode = encoder
        self.precision = precision
        self.skimLayer = skimLayer
        workspace = Workspace(encoder.encoder.configuration, threads: threads)
        self.settings = settings
        let limit = encoder.encoder.configuration.maximumPositions
        paddedLength = settings.paddedLength ?? max(settings.length, min(384, limit))
    }

    /// Warms up, then measures.
    ///
    /// - Parameter progress: Called after each run with the finished and the wanted number of runs.
    /// - Returns: The medians.
    /// - Throws: `windowTooLong` when the encoder does not take windows of one of the lengths, `safetensors`.
    package func run(progress: (_ finished: Int, _ wanted: Int) -> Void = { _, _ in }) throws(EncoderError)
        -> Result
    {
        var times: [Kind: [Double]] = [:]
        let kinds: [Kind] = settings.keptFraction == nil ? [.dense, .densePadded] : Kind.allCases
        let warmUps = 2
        let wanted = kinds.count * (settings.runs + warmUps)
        for run in 0..<settings.runs + warmUps {
            for (index, kind) in kinds.enumerated() {
                let milliseconds = try measure(kind).milliseconds
                if run >= warmUps { times[kind, default: []].append(milliseconds) }
                progress(run * kinds.count + index + 1, wanted)
            }
        }
        return Result(
            dense: median(times[.dense] ?? []),
            densePadded: median(times[.densePadded] ?? []),
            skim: times[.skim].map(median),
            module: times[.module].map(median),
            keptFraction: settings.keptFraction == nil ? nil : try measure(.skim).keptFraction
        )
    }

    /// One dense forward pass, in milliseconds.
    package func measureDense() throws(EncoderError) -> Double { try measure(.dense).milliseconds }

    private func measure(_ kind: Kind) throws(EncoderError) -> (milliseconds: Double, keptFraction: Double) {
        if kind == .module { do { return (try measureModule(), 1) } catch { throw .tensor(error) } }
        let length = kind == .densePadded ? paddedLength : settings.length
        // Before the window is made: a length can be one that no memory has room for.
        guard length <= encoder.maximumPositions else {
            throw .windowTooLong(tokens: length, maximum: encoder.maximumPositions)
        }
        let window = window(length: length)
        let clock = ContinuousClock()
        let start = clock.now
        let choice = settings.keptFraction.map { ForcedShare(keptFraction: $0, afterLayer: skimLayer) }
        let output = try encode([window], choosing: kind == .skim ? choice : nil, in: workspace)
        return ((clock.now - start) / .milliseconds(1), output.traces[0].keptFraction)
    }

    private func window(length: Int) -> ContextWindow {
        let vocabulary = encoder.vocabularySize
        return ContextWindow(
            ids: (0..<length).map { Int32(($0 &* 7919) % vocabulary) },
            tokenTypes: [Int32](repeating: 0, count: length),
            prefixLength: settings.prefixLength,
            contextTokens: 0..<length - settings.prefixLength
        )
    }

    /// The Block Skim Module by itself, on even attention and states.
    private func measureModule() throws(TensorError) -> Double {
        guard let predict = encode.modules[skimLayer] else { return .nan }
        let tokens = settings.length
        let count = encoder.heads * tokens * tokens
        try attention.reserve(count).update(repeating: 1 / Float(tokens), count: count)
        let width = tokens * encoder.hidden
        try hidden.reserve(width).update(repeating: 0.5, count: width)
        let clock = ContinuousClock()
        let start = clock.now
        _ = try predict(
            attention: attention.start,
            hidden: hidden.start,
            partition: encode.partition(of: window(length: tokens)),
            workspace: workspace.modules,
            on: workspace.team
        )
        return (clock.now - start) / .milliseconds(1)
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }
}

extension EncoderConfiguration {
    /// The floating-point operations of the products of one dense forward pass, a multiplication and an addition
    /// counted as two.
    package func operationCount(tokens: Int) -> Double {
        let perToken = 2.0 * Double(hidden) * Double(4 * hidden + 2 * intermediate)
        let attention = 4.0 * Double(tokens) * Double(hidden)
        return Double(layerCount) * Double(tokens) * (perToken + attention)
    }
}

/// The paper's prediction of the speedup: `1 / (1 − (1 − l/L)(1 − k))`, its equation 6.
///
/// - Parameters:
///   - skimLayer: l, counted from 1.
///   - layerCount: L.
///   - keptFraction: k.
/// - Returns: The dense time over the skimming time.
public func predictedSpeedup(skimLayer: Int, layerCount: Int, keptFraction: Double) -> Double {
    1 / (1 - (1 - Double(skimLayer) / Double(layerCount)) * (1 - keptFraction))
}
