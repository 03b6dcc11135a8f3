import BlockSkimModule
import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule
@testable import TorchModule

@Suite(.serialized)
struct BadInputTests {
    private let run: TinyRun
    init() throws { run = try TinyRun() }

    @Test func settingsOutOfRangeAreNamed() throws {
        let cases: [(String, (inout TrainingConfiguration) -> Void)] = [
            (
                "--block-size",
                {
                    $0.batchSize = 4; $0.blockSize = 129
                }
            ), ("--block-size", { $0.blockSize = 6 }), ("--alpha", { $0.alpha = -1 }),
            ("--beta", { $0.beta = .nan }), ("--epochs", { $0.epochs = 0 }),
            ("--batch-size", { $0.batchSize = 0 }), ("--batch-size", { $0.accumulation = 3 }),
            ("--learning-rate", { $0.learningRate = 0 }), ("--warmup", { $0.warmup = 2 }),
            ("--dropout", { $0.dropout = 1 }), ("--augment-layers", { $0.augmentLayers = [3] }),
            ("--augment-layers", { $0.augmentLayers = [1, 1] }),
            (
                "--skim-in-training",
                {
                    $0.augmentLayers = [2]; $0.skimInTraining = 1
                }
            ),
            (
                "--freeze-encoder",
                {
                    $0.classifier = .none; $0.freezeEncoder = true
                }
            ),
            ("--block-layout", { $0.blockLayout = "sideways" }), ("--train", { $0.train = [] }),
            ("--cap", { $0.caps = [1, 2] }),
            ("--skip-questions", { $0.skippedQuestions = [1, 2] }),
            ("--skip-questions", { $0.skippedQuestions = [-1] }),
            (
                "--skim-layer",
                {
                    $0.augmentLayers = [1]; $0.skimLayers = [2]
                }
            ),
        ]
        for (name, change) in cases {
            var configuration = run.configuration
            change(&configuration)
            let text = "\(try run.error(configuration))"
            #expect(text.contains(name), "\(text)")
            #expect(!FileManager.default.fileExists(atPath: run.output), "\(name) left files behind")
        }
    }

    @Test func blockSizesThatTheRegionCannotHaveAreNamedWithThoseThatItCan() throws {
        var configuration = run.configuration
        var taken: [Int] = []
        for size in 0...129 {
            configuration.blockSize = size
            for region in AttentionRegion.allCases {
                configuration.attentionRegion = region.rawValue
                do throws(TrainingError) {
                    try configuration.check(layerCount: 2)
                    #expect((1...128).contains(size))
                    if region == .full { taken.append(size) }
                } catch {
                    #expect("\(error)".contains("--block-size is \(size); it must be "))
                    guard (1...128).contains(size) else { continue }
                    #expect(region == .full)
                    #expect(
                        "\(error)".contains(
                            "1, 2 or a multiple of 4 with --attention-region full; with diagonal it may be anything from 1 to 128"
                        )
                    )
                }
            }
        }
        #expect(taken == [1, 2] + stride(from: 4, through: 128, by: 4))
    }

    /// Windows of 48 tokens, of which the passage has 32: blocks that fill it several times, once and in part.
    @Test func everyBlockSizeOfTheFullRegionTrains() throws {
        var configuration = run.configuration
        for size in [1, 2] + stride(from: 4, through: 128, by: 4) {
            configuration.blockSize = size
            let steps = try StepBenchmark(configuration, length: 48, runs: 1, threads: 1)
            #expect(steps.tokensPerSecond.allSatisfy { $0 > 0 }, "blocks of \(size)")
        }
    }

    @Test func dataThatAreNotThereOrEmptyAreNamed() throws {
        var configuration = run.configuration
        configuration.train = [run.path + "/nowhere.json"]
        #expect("\(try run.error(configuration))".contains("nowhere.json"))
        let blank = run.path + "/blank.json"
        try "".write(toFile: blank, atomically: true, encoding: .utf8)
        configuration.train = [blank]
        var options = run.options
        options.overwrite = true
        #expect("\(try run.error(configuration, options))".contains("blank.json is empty"))
        configuration.train = [run.data]
        configuration.maximumLength = 5
        #expect("\(try run.error(configuration, options))".contains("overlap"))
    }

    @Test func checkpointsThatDoNotFitAreNamed() throws {
        var configuration = run.configuration
        configuration.model = run.path + "/nowhere"
        #expect("\(try run.error(configuration))".contains("nowhere"))
        let mutilated = try FormulaCheckpoint(change: { tensors in
            tensors.removeAll { $0.name.hasSuffix("layer.1.output.dense.weight") }
        })
        try TinyVocabulary.write(to: mutilated.path)
        configuration.model = mutilated.path
        #expect("\(try run.error(configuration))".contains("layer.1.output.dense.weight"))
    }

    @Test func outputThatIsNotEmptyIsRefused() throws {
        _ = try Trainer(run.configuration, options: run.options).run()
        guard case .outputNotEmpty = try run.error(run.configuration) else {
            Issue.record("another error")
            return
        }
        var options = run.options
        options.overwrite = true
        #expect(try Trainer(run.configuration, options: options).run() == .finished)
    }

    @Test func resumingWithOtherSettingsNamesTheDifference() throws {
        var options = run.options
        options.resume = true
        guard case .nothingToResume = try run.error(run.configuration, options) else {
            Issue.record("another error")
            return
        }
        options.resume = false
        options.stopAfter = 1
        _ = try Trainer(run.configuration, options: options).run()
        options.resume = true
        var configuration = run.configuration
        configuration.learningRate = 0.5
        configuration.seed = 7
        let text = "\(try run.error(configuration, options))"
        #expect(text.contains("learningRate is 0.5 and was 0.001") && text.contains("seed is 7 and was 42"))
    }

    @Test func lossThatIsNoNumberStopsBeforeWeightsMoveAndKeepsTheLastGoodStep() throws {
        var configuration = run.configuration
        // Steps of this size blow the weights up, until the squares of the gradients overflow: with a small alpha never,
        // with a large one at once, and with one between after some steps.
        configuration.learningRate = 1
        configuration.warmup = 0
        configuration.clip = 1e30
        configuration.epochs = 10
        var options = run.options
        // None but the one that the bad step leaves.
        options.checkpointEvery = 1_000_000
        options.evaluateEvery = 1_000_000
        var failedStep = 0
        for exponent in stride(from: 19.0, through: 14, by: -0.5) where failedStep == 0 {
            configuration.alpha = pow(10, exponent)
            options.output = run.output + "-\(exponent)"
            do {
                _ = try Trainer(configuration, options: options).run()
            } catch {
                guard case .lossNotFinite(let step, _, _) = error else { throw error }
                #expect("\(error)".contains("--learning-rate"))
                failedStep = step
            }
        }
        #expect(failedStep > 0)
        #expect(TrainingCheckpoint.steps(in: options.output + "/checkpoints").last == failedStep)
    }

    @Test func labelOutsideItsWindowIsAnError() throws {
        var windows = PreparedWindows()
        let labeller = try WindowLabellerFixture.labeller(run.path)
        let document = try labeller.document("apple brook cedar")
        for window in try labeller.windows(question: "where?", answers: [6..<11], document: document) {
            windows.append(window)
        }
        try windows.checkLabels()
        #expect(windows[0].answer != nil)
        let path = run.path + "/windows.safetensors"
        try windows.write(to: path, source: "s")
        #expect(PreparedWindows(path: path, source: "s") == windows)
        #expect(PreparedWindows(path: path, source: "another") == nil)
        let moved = try WindowLabellerFixture.withLastLabel(100, of: path)
        #expect(throws: TrainingError.self) { try moved.checkLabels() }
    }

    @Test func memoryThatIsShortIsNamedWithWhatToDo() {
        let reason = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."
        let error = TrainingError.torch(TorchError(operation: "linear", shapes: [[3]], reason: reason))
        #expect("\(error)".contains("linear of [3]") && "\(error)".contains("--accumulation"))
    }

    @Test func planSaysWhatARunTakes() throws {
        var lines: [String] = []
        let plan = try TrainingPlan(run.configuration, threads: 1) { lines.append($0) }
        #expect(
            plan.windows == 14 && plan.answeredWindows == 14 && plan.steps == 8 && plan.stepsPerEpoch == 4
        )
        #expect(plan.tokens > 14 * plan.longestWindow / 2 && plan.longestWindow <= 48)
        #expect(plan.seconds > 0 && plan.memoryBytes > 16 * plan.weights)
        // The tiny checkpoint has no classifiers.
        #expect(lines == ["begin at random: the block classifiers of the layers 1, 2"])
        #expect(plan.table.files.map(\.questions) == [14] && plan.table.files.map(\.windows) == [14])
        #expect("\(plan)".contains("cut answer") && "\(plan)".contains("steps             8, 4 an epoch"))
        #expect(!FileManager.default.fileExists(atPath: run.output))
    }
}
