import Foundation
import QuestionAnsweringModule
import SafetensorsModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct TeachingTests {
    /// The bytes of a file.
    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test func fileSaysWhatTheInferenceEngineSays() throws {
        let taught = try TaughtRun()
        try taught.teach()
        let file = try TeacherFile(path: taught.file)
        #expect(file.placed.windows.count == 14 && file.logits.blocks.keys.sorted() == [1, 2])
        #expect(!FileManager.default.fileExists(atPath: taught.file + ".parts"))

        let answerer = try QuestionAnswerer(model: taught.model)
        let lines = try JSONSerialization.jsonObject(with: bytes(taught.run.data)) as? [String: Any]
        let article = try #require((lines?["data"] as? [[String: Any]])?.first)
        var (seen, token, block) = (0, 0, 0)
        for (window, blocks) in zip(file.placed.windows, file.logits.blockCounts) {
            defer {
                token += window.tokenCount
                block += blocks
            }
            // The window's own text tells its question.
            for paragraph in article["paragraphs"] as? [[String: Any]] ?? [] {
                let context = try #require(paragraph["context"] as? String)
                let asked = try #require(
                    (paragraph["qas"] as? [[String: Any]])?.first?["question"] as? String
                )
                let answered = try answerer.answers(
                    [.init(question: asked, document: answerer.document(context))],
                    settings: .init(
                        windows: taught.run.configuration.windowSettings,
                        skimming: .adjusted(skimLayers: [1, 2], skipThresholds: [1])
                    )
                )[0].get()
                let result = try #require(answered.windows.first)
                guard PlacedWindows.hash(result.window.ids) == window.tokens else { continue }
                seen += 1
                // 11 bits of logits below 8.
                let tokens = token..<token + window.tokenCount
                let start = difference(
                    Array(file.logits.start[tokens]),
                    result.startLogits,
                    absolute: 4e-3,
                    relative: 1e-3
                )
                let end = difference(
                    Array(file.logits.end[tokens]),
                    result.endLogits,
                    absolute: 4e-3,
                    relative: 1e-3
                )
                #expect(start == nil && end == nil, "\(start ?? "") \(end ?? "")")
                for (index, layer) in [1, 2].enumerated() {
                    let logits = try #require(file.logits.blocks[layer])[block..<block + blocks]
                    let fault = difference(
                        logits.map { 1 / (1 + exp(-$0)) },
                        result.trace.layers[index].blocks.map(\.relevance),
                        absolute: 2e-3
                    )
                    #expect(fault == nil, "layer \(layer): \(fault ?? "")")
                }
                break
            }
        }
        #expect(seen == 14)
    }

    @Test func anyBlockClassifierTeaches() throws {
        let taught = try TaughtRun(classifier: .handCrafted)
        try taught.teach()
        let logits = try TeacherFile(path: taught.file).logits
        #expect(logits.blocks.keys.sorted() == [1, 2] && Set(logits.blocks[1] ?? []).count > 1)
        // Its student has modules.
        var options = taught.run.options
        options.stopAfter = 1
        var said: [String] = []
        _ = try Trainer(taught.configuration, options: options, report: { said.append($0) }).run()
        #expect(!said.contains { $0.contains("learn from labels alone") })
    }

    @Test func placesSliceTheText() throws {
        let taught = try TaughtRun()
        let windows = try QuestionWindows(
            taught.run.configuration,
            encoder: SkimmingModel(taught.run.configuration).encoder.configuration,
            report: { _ in }
        )
        let contexts = try String(contentsOfFile: taught.run.data, encoding: .utf8)
            .split(separator: "\"context\": \"").dropFirst().compactMap { $0.split(separator: "\"").first }
        #expect(contexts.count == 14)
        for (context, places) in zip(contexts, windows.placed.documents) {
            let scalars = Array(context.unicodeScalars)
            let text = places.map { String(String.UnicodeScalarView(scalars[$0])) }.joined()
            #expect(text == context.filter { $0 != " " })
        }
        #expect(windows.placed.isConsistent && windows.placed.windows.count == windows.windows.count)
        #expect(Set(windows.placed.windows.map(\.question)).count == 14)
    }

    @Test func resumingEqualsNotStopping() throws {
        let taught = try TaughtRun(questions: 150)
        var whole = taught.settings
        whole.output = taught.run.path + "/whole.safetensors"
        #expect(try Teaching(whole).run() == .finished)
        var settings = taught.settings
        // In the middle of the second part, and in the last.
        for last in [20, 18] {
            var batches = 0
            let ending = try Teaching(
                settings,
                isInterrupted: {
                    batches += 1
                    return batches > last
                }
            ).run()
            #expect(ending == .interrupted)
            settings.resume = true
        }
        // A part that was cut off is computed anew.
        let part = taught.file + ".parts/part-0.safetensors"
        try bytes(part).prefix(500).write(to: URL(filePath: part))
        var progress: [String] = []
        #expect(try Teaching(settings, showProgress: { progress.append($0) }).run() == .finished)
        #expect(
            progress.first?.hasPrefix("window 4/150") == true
                && progress.last?.contains("0:00:00 left") == true
        )
        let isEqual = try bytes(taught.file) == bytes(whole.output)
        #expect(isEqual)
        var said: [String] = []
        #expect(try Teaching(settings, report: { said.append($0) }).run() == .finished)
        #expect(said.last?.contains("nothing to resume") == true)
    }

    @Test func programWritesTheFileAndTrainsWithIt() throws {
        let taught = try TaughtRun()
        let taughtBy = try TinyRun.runProgram([
            "teach", "--model", taught.model, "--train", taught.run.data, "--output", taught.file,
            "--max-length",
            "48", "--overlap", "4", "--precision", "f32",
        ])
        #expect(taughtBy.status == 0 && taughtBy.said.contains("of 14 windows"), "\(taughtBy.said)")
        let trained = try TinyRun.runProgram(
            taught.run.arguments(output: taught.run.output) + [
                "--teacher", taught.file, "--teacher-weight", "0.5",
            ]
        )
        #expect(trained.status == 0, "\(trained.said)")
        let losses = try TaughtRun.teachingLosses(of: taught.run.output)
        #expect(losses.count == 8 && losses.allSatisfy { $0 > 0 })
        let table = try String(contentsOfFile: taught.run.output + "/metrics.csv", encoding: .utf8)
        #expect(table.split(separator: "\n")[0].contains(",block_loss_2,teaching_loss,learning_rate"))
    }

    // MARK: Bad input

    /// The error that teaching ends with.
    private func error(_ settings: Teaching.Settings) throws -> String {
        "\(try #require(throws: TrainingError.self) { try Teaching(settings).run() })"
    }

    @Test func teacherWithoutHeadIsToBeTrainedFirst() throws {
        let taught = try TaughtRun()
        let headless = try FormulaCheckpoint(change: { $0.removeAll { $0.name.hasPrefix("qa_outputs") } })
        try TinyVocabulary.write(to: headless.path)
        var settings = taught.settings
        settings.model = headless.path
        let text = try error(settings)
        #expect(text.contains("the span head") && text.contains("Fine-tune it first"), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: taught.file + ".parts"))
    }

    @Test func teacherWithoutClassifiersTeachesSpansAlone() throws {
        let taught = try TaughtRun()
        var settings = taught.settings
        settings.model = taught.run.path
        #expect(try Teaching(settings).run() == .finished)
        #expect(try TeacherFile(path: taught.file).logits.blocks.isEmpty)
        var said: [String] = []
        var options = taught.run.options
        options.stopAfter = 1
        _ = try Trainer(taught.configuration, options: options, report: { said.append($0) }).run()
        #expect(said.contains { $0.contains("the teacher has no block classifier") })
    }

    @Test func fileThatIsThereIsNotReplacedUnasked() throws {
        let taught = try TaughtRun()
        var settings = taught.settings
        settings.resume = true
        #expect(try error(settings).contains("Start without --resume"))
        try taught.teach()
        #expect(try error(taught.settings).contains("--overwrite"))
        settings = taught.settings
        settings.overwrite = true
        #expect(try Teaching(settings).run() == .finished)
    }

    @Test func secondProcessOnAFileIsRefused() throws {
        let taught = try TaughtRun()
        #expect(try Teaching(taught.settings, isInterrupted: { true }).run() == .interrupted)
        let lock = try RunLock(directory: taught.file + ".parts")
        var settings = taught.settings
        settings.resume = true
        #expect(try error(settings).contains("another run works in"))
        withExtendedLifetime(lock) {}
    }

    @Test func resumingWithSomethingElseNamesIt() throws {
        let taught = try TaughtRun()
        #expect(try Teaching(taught.settings, isInterrupted: { true }).run() == .interrupted)
        #expect(try error(taught.settings).contains("was begun"))
        var resumed = taught.settings
        resumed.resume = true
        let other = taught.run.path + "/other.json"
        try TinyRun.squad(questions: 15).write(toFile: other, atomically: true, encoding: .utf8)
        let cases: [(String, (inout Teaching.Settings) -> Void)] = [
            ("the teacher is another", { $0.model = taught.run.path }),
            ("the data are others", { $0.train = [other] }),
            ("now length 40; before length 48", { $0.maximumLength = 40 }),
            ("now overlap 5; before overlap 4", { $0.overlap = 5 }),
        ]
        for (isWritten, begin) in [(false, {}), (true, taught.teachResumed)] as [(Bool, () throws -> Void)] {
            try begin()
            for (text, change) in cases {
                var settings = resumed
                change(&settings)
                let said = try error(settings)
                #expect(said.contains(text), "written: \(isWritten): \(said)")
            }
        }
    }
}

extension TaughtRun {
    /// Finishes what was begun.
    fileprivate func teachResumed() throws {
        var settings = settings
        settings.resume = true
        #expect(try Teaching(settings).run() == .finished)
    }
}
