import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// A tiny model that was trained, by default for two steps, with block classifiers, and what is needed to learn from it.
struct TaughtRun {
    let run: TinyRun
    /// The teacher.
    var model: String { run.path + "/teacher/model" }
    /// What it says of the data, once it was asked.
    var file: String { run.path + "/teacher.safetensors" }

    init(
        questions: Int = 14,
        epochs: Double = 0.5,
        learningRate: Double = 1e-3,
        classifier: TrainingConfiguration.BlockClassifier = .module
    ) throws {
        run = try TinyRun(questions: questions)
        var configuration = run.configuration
        configuration.epochs = epochs
        configuration.classifier = classifier
        configuration.learningRate = learningRate
        configuration.dev = []
        var options = run.options
        options.output = run.path + "/teacher"
        _ = try Trainer(configuration, options: options).run()
    }

    /// Asks the teacher as the student is trained.
    var settings: Teaching.Settings {
        var settings = Teaching.Settings()
        settings.model = model
        settings.train = [run.data]
        settings.output = file
        settings.maximumLength = 48
        settings.overlap = 4
        settings.batchSize = 4
        return settings
    }

    /// Writes the file.
    func teach() throws {
        #expect(try Teaching(settings).run() == .finished)
    }

    /// A student that begins where the teacher began.
    var configuration: TrainingConfiguration {
        var configuration = run.configuration
        configuration.teacher = file
        configuration.teacherWeight = 0.5
        configuration.temperature = 3
        return configuration
    }

    /// The loss against the teacher in each step of a run.
    static func teachingLosses(of output: String) throws -> [Double] {
        try String(contentsOfFile: output + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
            .compactMap { try? JSONDecoder().decode(MetricsLog.Steps.self, from: Data($0.utf8)).teachingLoss }
    }
}
