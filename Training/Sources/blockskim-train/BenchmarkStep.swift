import ArgumentParser
import Foundation
import SkimTrainingModule

/// `blockskim-train benchmark`: what `Training/Benchmarks/throughput.py` compares with PyTorch.
struct BenchmarkStep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the speed of training steps on random tokens, and print it as JSON."
    )

    @Option(help: "The checkpoint directory of the model to train.")
    var model: String

    @Option(help: "The number of tokens in each window.")
    var length = 160

    @Option(help: "How many steps to measure.")
    var runs = 5

    @OptionGroup var blocks: BlockOptions
    @OptionGroup var schedule: ScheduleOptions
    @OptionGroup var threads: ThreadOption

    func run() throws {
        var configuration = TrainingConfiguration()
        configuration.model = model
        configuration.train = ["made-up windows"]
        _ = try blocks.apply(to: &configuration)
        try schedule.apply(to: &configuration)
        try schedule.applyPrecision(to: &configuration)
        let budget = try threads.budget()
        let result = try StepBenchmark(
            configuration,
            length: length,
            runs: runs,
            threads: budget.threads
        )
        let steps = result.tokensPerSecond.map { String(format: "%.1f", $0) }.joined(separator: ",")
        print("{\"length\":\(length),\"threads\":\(budget.threads),\"tokensPerSecond\":[\(steps)]}")
    }
}
