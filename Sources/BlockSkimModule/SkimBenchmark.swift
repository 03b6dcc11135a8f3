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
        /// The tokens that a padding implementation would compute.
        package var paddedLength: Int
        /// How blocks are chosen; `nil` for a dense encoder.
        package var policy: SkimPolicy?
        /// How often each kind is measured.
        package var runs: Int
        /// The tokens of `[CLS] question [SEP]`.
        package var prefixLength: Int

        package init(length: Int, paddedLength: Int, policy: SkimPolicy?, runs: Int, prefixLength: Int = 32) {
            self.length = length
            self.paddedLength = paddedLength
            self.policy = policy
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
        /// The share of the tokens that the last skim layer kept.
        package var keptFraction: Double?
    }

    private enum Kind: CaseIterable { case dense, densePadded, skim }

    private let encode: SkimmingEncoder
    private let settings: Settings

    package init(_ encoder: SkimmingEncoder, settings: Settings) {
        encode = encoder
        self.settings = settings
    }

    /// Warms up, then measures.
    ///
    /// - Parameter progress: Called after each run with the finished and the wanted number of runs.
    package func run(progress: (_ finished: Int, _ wanted: Int) -> Void = { _, _ in }) throws(EncoderError)
        -> Result
    {
        var times: [Kind: [Double]] = [:]
        let kinds: [Kind] = settings.policy == nil ? [.dense, .densePadded] : Kind.allCases
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
            keptFraction: settings.policy == nil ? nil : try measure(.skim).keptFraction
        )
    }

    /// One forward of the configured kind (skimming if there is a policy), in milliseconds.
    package func measureOnce() throws(EncoderError) -> Double {
        try measure(settings.policy == nil ? .dense : .skim).milliseconds
    }

    private func measure(_ kind: Kind) throws(EncoderError) -> (milliseconds: Double, keptFraction: Double) {
        let vocabulary = encode.encoder.configuration.vocabularySize
        let length = kind == .densePadded ? settings.paddedLength : settings.length
        let window = SkimmingEncoder.Window(
            ids: (0..<length).map { Int32(($0 &* 7919) % vocabulary) },
            tokenTypes: [Int32](repeating: 0, count: length),
            prefixLength: settings.prefixLength
        )
        let clock = ContinuousClock()
        let start = clock.now
        let output = try encode([window], policy: kind == .skim ? settings.policy : nil)
        return ((clock.now - start) / .milliseconds(1), output.traces[0].keptFraction)
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

/// The paper's prediction of the speedup, Eq. 6: `1 / (1 − (1 − l/L)(1 − k))`.
///
/// - Parameters:
///   - skimLayer: l, counted from 1.
///   - layerCount: L.
///   - keptFraction: k.
public func predictedSpeedup(skimLayer: Int, layerCount: Int, keptFraction: Double) -> Double {
    1 / (1 - (1 - Double(skimLayer) / Double(layerCount)) * (1 - keptFraction))
}
