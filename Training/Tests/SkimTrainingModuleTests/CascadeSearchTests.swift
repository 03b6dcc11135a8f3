import QuestionAnsweringModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct CascadeSearchTests {
    /// Four blocks of ten tokens behind a prefix of ten; the first candidate stands in the first block, the next in the second.
    private func trace(_ irrelevance: [[Double]], f1: [Double] = [1, 0.5]) -> RelevanceTrace {
        RelevanceTrace(
            windows: [.init(prefixTokens: 10, blockTokens: [10, 10, 10, 10], irrelevance: irrelevance)],
            candidates: f1.enumerated().map { index, f1 in
                .init(f1: f1, places: [(window: 0, blocks: index..<index + 1)])
            }
        )
    }

    private func cascade(_ thresholds: [Double], minimum: Int = 1) -> Cascade {
        Cascade(layers: [1, 2], thresholds: thresholds, layerCount: 4, minimumKeptBlocks: minimum)
    }

    @Test func droppingCostsTheAnswersThatStoodThere() {
        let trace = trace([[0.1, 0.3, 0.6, 0.8], [0.7, 0.2, 0.1, 0.9]])
        #expect(trace.outcome(cascade([1, 1])) == (1, 4 * 50))
        // 40 tokens after layer 1: what is equal to the threshold stays.
        #expect(trace.outcome(cascade([0.6, 1])) == (1, 50 + 3 * 40))
        // The first block goes after layer 2: the next candidate is the answer.
        #expect(trace.outcome(cascade([1, 0.5])) == (0.5, 2 * 50 + 2 * 30))
        #expect(trace.outcome(cascade([0.6, 0.5])) == (0.5, 50 + 40 + 2 * 30))
        // Nothing is left of the candidates: the best block stays, and holds none.
        #expect(trace.outcome(cascade([1, 0])) == (0, 2 * 50 + 2 * 20))
        // Only what went through layer 1 can be kept after layer 2.
        #expect(trace.outcome(cascade([0.1, 0])) == (1, 50 + 3 * 20))
        #expect(trace.outcome(cascade([0, 0], minimum: 2)) == (1, 50 + 3 * 30))
        #expect(trace.outcome(cascade([0, 0], minimum: 0)) == (0, 50 + 3 * 10))
    }

    @Test func noAnswerCannotBeDropped() {
        var trace = trace([[0.1, 0.3, 0.6, 0.8], [0.7, 0.2, 0.1, 0.9]])
        trace.candidates = [.init(f1: 1, places: [])]
        #expect(trace.outcome(cascade([0, 0], minimum: 0)).f1 == 1)
    }

    /// Layer 1 tells the last two blocks from the others, layer 2 the first from the second.
    @Test func givesEachLayerItsThreshold() throws {
        let traces = (0..<40).map { index in
            let shift = Double(index) / 1_000
            return trace([[0.2, 0.1, 0.6 + shift, 0.7], [0.1, 0.3 + shift, 0.05, 0.9]])
        }
        let search = CascadeSearch(traces, layers: [1, 2], layerCount: 4, minimumKeptBlocks: 1)
        let dense = search.estimate(cascade([1, 1]))
        #expect(dense.work == 1 && dense.loss == 0)
        let found = try #require(search.run(count: 9).first)
        // 50 tokens, then 30, then the prefix and the block with the answer.
        #expect(found.loss == 0 && found.work == Double(50 + 30 + 2 * 20) / 200)
        #expect((0.2..<0.6).contains(found.cascade.thresholds[0]))
        #expect((0..<0.3).contains(found.cascade.thresholds[1]))
        let (layers, thresholds) = found.cascade.skimming
        #expect(layers == [1, 2] && thresholds == found.cascade.thresholds)
        #expect(cascade([1, 0.5]).skimming == ([2], [0.5]))

        let safer = search.safer(than: found, count: 2)
        #expect(safer.map(\.cascade) == [found.cascade.safer(by: 1), found.cascade.safer(by: 0.5)])
        #expect(safer[0].work >= safer[1].work && safer[1].work >= found.work && safer[0].work < 1)
        #expect(search.safer(than: found, count: 0).isEmpty && search.safer(than: found, count: -3).isEmpty)
        // So far that nothing is dropped.
        #expect(search.safer(than: found, count: 40).count < 40)
    }

    @Test func saferThresholdsAreNearerToOne() {
        let moved = cascade([0.5, 0.9]).safer(by: 1).thresholds
        #expect(abs(moved[0] - 0.7311) < 1e-4 && abs(moved[1] - 0.9607) < 1e-4)
        #expect(cascade([0, 1]).safer(by: 2).thresholds == [0, 1])
    }

    @Test func losesMoreOnlyWhereItSavesMore() throws {
        // Of one question the classifiers take the answer's block for hardly relevant.
        let traces = (0..<40).map { index in
            let shift = Double(index) / 1_000
            let blocks = [index == 9 ? 0.65 : 0.05 + shift, 0.5, 0.6, 0.7 + shift]
            return trace([blocks, blocks], f1: [1])
        }
        let search = CascadeSearch(traces, layers: [1, 2], layerCount: 4, minimumKeptBlocks: 1)
        let all = search.run(count: 100)
        try #require(all.count > 1)
        for (safer, faster) in zip(all, all.dropFirst()) {
            #expect(faster.work < safer.work && faster.loss >= safer.loss)
        }
        #expect(all.first?.loss == 0 && all.last?.loss == 2.5)
        #expect(search.run(count: 2) == [all[0], all[all.count - 1]])
        #expect(search.run(count: 1) == [all[0]])
    }

    /// What follows from the pass that drops nothing is what a run that drops after one layer goes through.
    @Test func tokensAreThoseOfARun() throws {
        let run = try TinyRun()
        var configuration = run.configuration
        configuration.epochs = 0.25
        _ = try Trainer(configuration, options: run.options).run()
        let answerer = try QuestionAnswerer(model: run.output + "/model")
        let evaluation = ModelEvaluation(files: [run.data], windows: configuration.windowSettings)
        let sets = try evaluation.sets(answerer)
        let layerCount = answerer.model.encoder.layerCount
        var traces: [RelevanceTrace] = []
        let looking = Skimming.adjusted(skimLayers: [1, 2], skipThresholds: [1])
        for set in sets {
            try evaluation.answer(set.items, set.rules, answerer, looking) { _, answered in
                if let answered { traces.append(RelevanceTrace(answered)) }
            }
        }
        let values = traces.flatMap { $0.windows.flatMap { $0.irrelevance[0] } }.sorted()
        for threshold in [0, values[values.count / 2] + 1e-6, 1] {
            let measured = try evaluation.measure(
                sets,
                answerer,
                .adjusted(skimLayers: [1], skipThresholds: [threshold])
            )
            let cascade = Cascade(layers: [1, 2], thresholds: [threshold, 1], layerCount: layerCount)
            let outcomes = traces.map { $0.outcome(cascade) }
            #expect(outcomes.reduce(0) { $0 + $1.layerTokens } == measured.layerTokens)
        }
        let dense = try evaluation.measure(sets, answerer, .dense)
        let search = CascadeSearch(traces, layers: [1, 2], layerCount: layerCount, minimumKeptBlocks: 1)
        let f1 = traces.reduce(0) { $0 + ($1.candidates.first?.f1 ?? 0) } / Double(traces.count)
        #expect(abs(100 * f1 - dense.f1) < 1e-9)
        #expect(search.run(count: 3).allSatisfy { $0.work < 1 })
    }
}
