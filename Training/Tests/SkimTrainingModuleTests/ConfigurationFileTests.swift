import Foundation
import Testing

@testable import SkimTrainingModule

/// A run's configuration can be read back by the program, and is the same then.
struct ConfigurationFileTests {
    private let run: TinyRun
    init() throws { run = try TinyRun() }

    /// Every setting that has an option is given another value than its default.
    @Test func everySettingComesBack() throws {
        var configuration = run.configuration
        configuration.train = [run.data, run.data]
        // A file of the same data; the model itself is the teacher.
        var settings = Teaching.Settings()
        settings.model = run.path
        settings.train = [run.data]
        (settings.maximumLength, settings.overlap) = (48, 4)
        settings.output = run.path + "/teacher.safetensors"
        #expect(try Teaching(settings).run() == .finished)
        configuration.teacher = settings.output
        configuration.teacherWeight = 0.5
        configuration.teacherSpansOnly = true
        configuration.temperature = 3
        configuration.caps = [5, 6]
        configuration.skippedQuestions = [1, 0]
        configuration.weights = [1, 2]
        configuration.negativeWindows = 3
        configuration.windowsPerQuestion = 2
        configuration.allSpans = true
        configuration.bestBy = .skimmedF1
        configuration.blockSize = 8
        configuration.blockLayout = "absolute"
        configuration.attentionRegion = "diagonal"
        configuration.stateChannels = 4
        configuration.augmentLayers = [1, 2]
        configuration.skimInTraining = 2
        configuration.skipThreshold = 0.75
        configuration.skippedPositions = "forwarded"
        configuration.skimLayers = [1]
        configuration.alpha = 0.5
        configuration.beta = 3
        configuration.blockLoss = .sum
        configuration.spanNormalization = .document
        configuration.labelSmoothing = 0.1
        configuration.freezeLayers = 1
        configuration.epochs = 3
        configuration.accumulation = 2
        configuration.classifierLearningRate = 2e-3
        configuration.layerDecay = 0.9
        configuration.schedule = .cosine
        configuration.warmup = 0.2
        configuration.weightDecay = 0.02
        configuration.clip = 2
        configuration.seed = 7
        let file = run.path + "/configuration.json"
        try JSONEncoder().encode(configuration).write(to: URL(filePath: file))
        let result = try TinyRun.runProgram(
            ["train", "--configuration", file, "--output", run.output, "--stop-after", "1", "--threads", "1"]
        )
        #expect(result.status == 0, "\(result.said)")
        #expect(try TrainingConfiguration(run: run.output) == configuration)
        // The defaults of these alone are what was given.
        let same = Set(configuration.options.map(\.name)).intersection(
            TrainingConfiguration().options.filter { option in
                configuration.options.contains { $0.name == option.name && $0.values == option.values }
            }.map(\.name)
        )
        #expect(same == ["--classifier", "--device", "--precision"])
    }

    @Test func whatIsGivenGoesBeforeTheFile() throws {
        let file = run.path + "/configuration.json"
        try JSONEncoder().encode(run.configuration).write(to: URL(filePath: file))
        let result = try TinyRun.runProgram([
            "train", "--configuration=\(file)", "--epochs", "1", "--alpha=0.25", "--output", run.output,
            "--stop-after", "1", "--log-every", "1",
        ])
        #expect(result.status == 0, "\(result.said)")
        // Without a terminal each line of metrics is said, with the time left.
        #expect(result.said.contains("step 1/4  loss") && result.said.contains(" left\n"), "\(result.said)")
        var expected = run.configuration
        (expected.epochs, expected.alpha) = (1, 0.25)
        #expect(
            try TrainingConfiguration(run: run.output).options.map(\.values) == expected.options.map(\.values)
        )
    }

    @Test func fileThatIsNoConfigurationIsNamed() throws {
        let result = try TinyRun.runProgram(["train", "--configuration", run.data, "--output", run.output])
        #expect(result.status == 1 && result.said.contains("data.json: it is not the configuration of a run"))
    }

    @Test func searchPrintsItsTrials() throws {
        let file = run.path + "/configuration.json"
        try JSONEncoder().encode(run.configuration).write(to: URL(filePath: file))
        let result = try TinyRun.runProgram([
            "search", "--configuration", file, "--learning-rates", "1e-4", "1e-3", "--layers", "1", "1+2",
            "--trials", "2",
            "--reduction", "2", "--output", run.path + "/search",
        ])
        #expect(result.status == 0 && result.said.contains("the model of trial"), "\(result.said)")
    }
}
