import EncoderModule
import TensorModule
import TestSupport
import Testing

@testable import BlockSkimModule

@Suite struct SkimBenchmarkTests {
    /// The examples of the paper's Section 5: l of 12 layers and k.
    @Test func predictsThePapersSpeedups() {
        let third = predictedSpeedup(skimLayer: 4, layerCount: 12, keptFraction: 1 / 3)
        #expect(abs(third - 1.8) < 1e-12)
        let quarter = predictedSpeedup(skimLayer: 3, layerCount: 12, keptFraction: 1 / 4)
        #expect(abs(quarter - 16 / 7) < 1e-12)  // 2.29
        #expect(predictedSpeedup(skimLayer: 4, layerCount: 12, keptFraction: 1) == 1)
        #expect(predictedSpeedup(skimLayer: 12, layerCount: 12, keptFraction: 0.1) == 1)
    }

    /// The last block is whole in all of these, so the kept tokens are within half a block of what was asked for, unless
    /// that would be less than one block.
    @Test(arguments: [(64, 16, 8), (61, 13, 4), (32, 8, 8)])
    func keepsTheForcedFraction(length: Int, prefixLength: Int, blockSize: Int) throws {
        let model = try SkimmingModel(SkimConfiguration(blockSize: blockSize, skimLayers: [1]))
        let threads = try #require(ThreadBudget(threads: 2))
        let encoder = try model.encoder(on: ThreadTeam(threads)).skimming
        for fraction in [0, 0.2, 1.0 / 3, 0.5, 0.75, 1] {
            let benchmark = SkimBenchmark(
                encoder,
                skimLayer: 1,
                settings: SkimBenchmark.Settings(
                    length: length,
                    paddedLength: nil,
                    keptFraction: fraction,
                    runs: 1,
                    prefixLength: prefixLength
                ),
                threads: threads
            )
            var reports: [Int] = []
            let result = try benchmark.run { finished, wanted in
                reports.append(finished)
                #expect(wanted == 12)
            }
            // One run and two to warm up, of four kinds.
            #expect(reports == Array(1...12))
            let least = Double(prefixLength + blockSize) / Double(length)
            let expected = min(max(fraction, least), 1)
            let kept = try #require(result.keptFraction)
            #expect(abs(kept - expected) <= Double(blockSize) / 2 / Double(length) + 1e-9, "\(fraction)")
            let skim = try #require(result.skim)
            let module = try #require(result.module)
            #expect(min(result.dense, result.densePadded, skim, module) > 0)
        }
    }

    /// 100 tokens: a prefix of 32, two blocks of 32 and one of 4, which is the best.
    @Test func aShortBlockAmongTheBestOnesCountsAsShort() {
        let partition = BlockPartition(tokens: 100, prefixLength: 32, layout: .passageAligned, blockSize: 32)
        func kept(_ fraction: Double) -> [Bool] {
            let window = WindowRelevance(logits: [0, 1, 0, 2, 0, 3], partition: partition, tokens: 100)
            return ForcedShare(keptFraction: fraction, afterLayer: 1)
                .select([window, nil], afterLayer: 1)[0]?.kept ?? []
        }
        #expect(kept(0.1) == [false, false, true])
        #expect(kept(0.36) == [false, false, true])
        #expect(kept(0.6) == [false, true, true])
        #expect(kept(1) == [true, true, true])
    }

    @Test func measuresADenseEncoderWithoutAShare() throws {
        let model = try SkimmingModel(SkimConfiguration(blockSize: 8, skimLayers: [1]))
        let threads = try #require(ThreadBudget(threads: 1))
        let encoder = try model.encoder(on: ThreadTeam(threads)).skimming
        let settings = SkimBenchmark.Settings(length: 20, paddedLength: nil, keptFraction: nil, runs: 1)
        let benchmark = SkimBenchmark(encoder, skimLayer: 1, settings: settings, threads: threads)
        // The prefix is never longer than the window, nor padding longer than the encoder can take.
        #expect(benchmark.settings.prefixLength == 20)
        #expect(benchmark.paddedLength == 64)
        let result = try benchmark.run()
        #expect(result.skim == nil && result.module == nil && result.keptFraction == nil)
        #expect(result.dense > 0 && result.densePadded > 0)
    }
}
