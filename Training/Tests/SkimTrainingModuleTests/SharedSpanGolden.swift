import Foundation
import QuestionAnsweringModule
import SafetensorsModule
import TrainingTestSupport

@testable import SkimTrainingModule

/// What `Scripts/golden/shared_span_golden.py` wrote.
struct SharedSpanGolden {
    /// What a case has beside those of ``TrainingGolden``.
    struct Case: Decodable {
        var smoothing: Double
    }

    /// A window of the file.
    private struct Window: Decodable {
        let labelled: LabelledWindow

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            let golden = GoldenWindow(
                tokens: try values.decode(Int.self),
                prefixLength: try values.decode(Int.self)
            )
            let (first, last) = (try values.decode(Int?.self), try values.decode(Int?.self))
            let isCut = try values.decode(Bool.self)
            let tokens = first.flatMap { first in last.map { first...$0 } }
            labelled = LabelledWindow(
                window: LabelledWindow(golden, answer: nil).window,
                answer: isCut ? nil : tokens,
                answerTokens: tokens.map { [$0] } ?? []
            )
        }
    }

    let file: SafetensorsFile
    let cases: [String: Case]
    let models: [String: TrainingGolden.Case]
    /// The windows of each question.
    let questions: [[LabelledWindow]]

    init() throws {
        let path =
            Bundle.module.path(forResource: "Fixtures/shared_span", ofType: "safetensors") ?? "no fixture"
        let file = try SafetensorsFile(path: path)
        func metadata<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
            try JSONDecoder().decode(type, from: Data((file.metadata[name] ?? "").utf8))
        }
        self.file = file
        cases = try metadata([String: Case].self, "cases")
        models = try metadata([String: TrainingGolden.Case].self, "cases")
        questions = try metadata([[Window]].self, "questions").map { $0.map(\.labelled) }
    }

    /// The configuration of a case, on a checkpoint with formula weights.
    func configuration(_ name: String, model: String) throws -> TrainingConfiguration {
        guard let shape = models[name], let entry = cases[name] else { throw CocoaError(.fileNoSuchFile) }
        var configuration = try TrainingGolden.configuration(shape, model: model)
        configuration.spanNormalization = .document
        configuration.windowsPerQuestion = 3
        configuration.labelSmoothing = entry.smoothing
        configuration.batchSize = 9
        return configuration
    }
}
