import Foundation
import Testing

@testable import SkimTrainingModule

struct SettingSearchTests {
    private let run: TinyRun
    init() throws { run = try TinyRun() }

    private var axes: SettingSearch.Axes {
        var axes = SettingSearch.Axes()
        axes.learningRates = [1e-4, 1e-3]
        axes.alphas = [0.5, 1]
        axes.layers = [[1], []]
        return axes
    }

    private func search(
        _ output: String,
        resume: Bool = false,
        isInterrupted: @escaping () -> Bool = { false }
    ) throws -> [SettingSearch.Trial]? {
        var options = run.options
        options.output = run.path + "/" + output
        options.resume = resume
        return try SettingSearch(
            run.configuration,
            options: options,
            axes: axes,
            trialCount: 4,
            reduction: 2,
            isInterrupted: isInterrupted
        ).run()
    }

    @Test func halfOfTheTrialsGoOnForTwiceTheSteps() throws {
        let trials = try #require(try search("search"))
        #expect(trials.map(\.scores.count) == [3, 2, 1, 1])
        #expect(Set(trials.map { "\($0)" }).count == 4)
        let steps = trials.map {
            TrainingCheckpoint.steps(in: "\(run.path)/search/trial-\($0.number)/checkpoints").last
        }
        #expect(steps == [8, 4, 2, 2])
        // Whoever went on was no worse than whoever did not.
        let first = trials.map { $0.scores[0] }
        #expect(min(first[0], first[1]) >= max(first[2], first[3]))
        #expect(trials[0].scores[1] >= trials[1].scores[1])
    }

    @Test func interruptedSearchGoesOnToTheSameEnd() throws {
        let whole = try search("whole")
        var asked = 0
        var found: [SettingSearch.Trial]?
        for attempt in 0..<20 where found == nil {
            asked = 0
            found = try search(
                "parts",
                resume: attempt > 0,
                isInterrupted: {
                    asked += 1; return asked > 3 + attempt
                }
            )
        }
        #expect(found != nil && found == whole)
    }

    @Test func roundsGrowToTheWholeRun() throws {
        let search = SettingSearch(
            run.configuration,
            options: run.options,
            axes: axes,
            trialCount: 9,
            reduction: 3
        )
        let rounds = search.rounds(of: 9, steps: 900)
        #expect(rounds.map(\.trials) == [9, 3, 1] && rounds.map(\.steps) == [100, 300, 900])
        #expect(search.rounds(of: 9, steps: 2).map(\.steps) == [1, 1, 2])
    }

    @Test func settingsThatNoTrialCanHaveAreNamedBeforeTheFirst() throws {
        var axes = axes
        axes.layers = [[7]]
        var options = run.options
        options.output = run.path + "/bad"
        let error = try #require(throws: TrainingError.self) {
            _ = try SettingSearch(
                run.configuration,
                options: options,
                axes: axes,
                trialCount: 4,
                reduction: 2
            ).run()
        }
        #expect("\(error)".contains("--augment-layers"))
        #expect(!FileManager.default.fileExists(atPath: options.output))
    }
}
