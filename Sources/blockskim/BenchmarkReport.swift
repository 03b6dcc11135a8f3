import BlockSkim
import BlockSkimModule

/// The figures of a benchmark; times are medians.
struct BenchmarkReport: Encodable {
    let architecture: String
    /// Tokens of the window.
    let length: Int
    /// Tokens that the padded baseline computes.
    let paddedLength: Int
    let threads: Int
    let precision: String
    let denseMilliseconds: Double
    let densePaddedMilliseconds: Double
    /// Floating-point operations of the dense products a second, in billions.
    let gflops: Double

    // Absent with --dense.
    var skimLayer: Int?
    var keptFraction: Double?
    var skimMilliseconds: Double?
    /// The Block Skim Module by itself, which is part of the time for skimming.
    var blockSkimModuleMilliseconds: Double?
    /// Against the dense encoder without padding.
    var measuredSpeedup: Double?
    /// Against the dense encoder with padding.
    var measuredSpeedupOverPadded: Double?
    /// The paper's prediction of the speedup.
    var predictedSpeedup: Double?

    init(
        _ benchmark: SkimBenchmark,
        _ result: SkimBenchmark.Result,
        architecture: String,
        threads: Int,
        precision: Precision
    ) {
        self.architecture = architecture
        length = benchmark.settings.length
        paddedLength = benchmark.paddedLength
        self.threads = threads
        self.precision = precision.rawValue
        denseMilliseconds = result.dense
        densePaddedMilliseconds = result.densePadded
        gflops = benchmark.encoder.operationCount(tokens: length) / result.dense / 1e6
        guard let skim = result.skim, let kept = result.keptFraction else { return }
        skimLayer = benchmark.skimLayer
        keptFraction = kept
        skimMilliseconds = skim
        blockSkimModuleMilliseconds = result.module
        measuredSpeedup = result.dense / skim
        measuredSpeedupOverPadded = result.densePadded / skim
        predictedSpeedup = BlockSkimModule.predictedSpeedup(
            skimLayer: benchmark.skimLayer,
            layerCount: benchmark.encoder.layerCount,
            keptFraction: kept
        )
    }

    /// The same for people.
    var text: String {
        var rows = [
            ("encoder", "\(architecture), \(threads) threads, \(precision)"),
            (
                "dense, \(length) tokens",
                "\(denseMilliseconds.formatted(digits: 2)) ms, \(gflops.formatted(digits: 0)) GFLOP/s"
            ),
            ("dense, padded to \(paddedLength)", "\(densePaddedMilliseconds.formatted(digits: 2)) ms"),
        ]
        if let skimLayer, let keptFraction, let skimMilliseconds, let blockSkimModuleMilliseconds,
            let measuredSpeedup,
            let measuredSpeedupOverPadded,
            let predictedSpeedup
        {
            rows += [
                (
                    "skimming",
                    "\(skimMilliseconds.formatted(digits: 2)) ms, "
                        + "\((100 * keptFraction).formatted(digits: 1)) % kept after layer \(skimLayer)"
                ),
                (
                    "  of which the module",
                    "\(blockSkimModuleMilliseconds.formatted(digits: 2)) ms, "
                        + "\((100 * blockSkimModuleMilliseconds / denseMilliseconds).formatted(digits: 1)) % of dense"
                ),
                (
                    "speedup",
                    "\(measuredSpeedup.formatted(digits: 2)), Eq. 6 predicts \(predictedSpeedup.formatted(digits: 2))"
                ),
                ("speedup over padded", measuredSpeedupOverPadded.formatted(digits: 2)),
            ]
        }
        return TextTable.aligned(rows)
    }
}
