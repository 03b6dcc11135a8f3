import Foundation
import QuestionAnsweringModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// Runs with `--teacher`.
@Suite(.serialized)
struct LearningFromTeacherTests {
    private let taught: TaughtRun

    init() throws {
        taught = try TaughtRun()
        try taught.teach()
    }

    /// The losses against the teacher of a run.
    private func losses(
        _ configuration: TrainingConfiguration,
        _ name: String,
        steps: Int? = nil,
        report: @escaping (String) -> Void = { _ in }
    ) throws -> [Double] {
        var options = taught.run.options
        options.output = "\(taught.run.path)/\(name)"
        options.stopAfter = steps
        _ = try Trainer(configuration, options: options, report: report).run()
        return try TaughtRun.teachingLosses(of: options.output)
    }

    /// The teacher has nothing to say to itself, in whatever rows its tokens stand.
    @Test(arguments: ["full", "diagonal"])
    func teacherIsNoStudentOfItself(region: String) throws {
        var configuration = taught.configuration
        configuration.model = taught.model
        configuration.attentionRegion = region
        configuration.dropout = 0
        configuration.teacherWeight = 1
        configuration.temperature = 1
        // With modules, batch normalisation would see the batch in training and what it learnt in teaching.
        configuration.alpha = 0
        let first = try losses(configuration, "itself-\(region)", steps: 1)
        // Logits are rounded to 11 bits, and the divergence is of second order in that.
        #expect(first.count == 1 && abs(first[0]) < 1e-5, "\(first)")
        configuration.model = taught.run.path
        let other = try losses(configuration, "other-\(region)", steps: 1)
        #expect(other[0] > 1e-3, "\(other)")
    }

    @Test func studentComesNearToItsTeacher() throws {
        let taught = try TaughtRun(epochs: 8, learningRate: 5e-3)
        try taught.teach()
        var losses: [Double] = []
        for weight in [0, 5] as [Double] {
            var configuration = taught.configuration
            configuration.epochs = 8
            configuration.dropout = 0
            configuration.teacherWeight = weight
            configuration.learningRate = 3e-3
            var options = taught.run.options
            options.output = "\(taught.run.path)/student-\(weight)"
            _ = try Trainer(configuration, options: options).run()
            let found = try TaughtRun.teachingLosses(of: options.output)
            losses += [found.prefix(4).reduce(0, +), found.suffix(4).reduce(0, +)]
        }
        // Nearer than where it began, and than what labels alone come to.
        #expect(losses[3] < 0.3 * losses[2] && losses[3] < 0.5 * losses[1], "\(losses)")
    }

    @Test func resumingEqualsNotStopping() throws {
        var whole = taught.run.options
        whole.output = taught.run.path + "/whole"
        _ = try Trainer(taught.configuration, options: whole).run()
        var parts = taught.run.options
        parts.stopAfter = 3
        _ = try Trainer(taught.configuration, options: parts).run()
        parts.resume = true
        parts.stopAfter = nil
        var configuration = taught.configuration
        // The same file under another name.
        let moved = taught.run.path + "/moved.safetensors"
        try FileManager.default.moveItem(atPath: taught.file, toPath: moved)
        configuration.teacher = moved
        #expect(try Trainer(configuration, options: parts).run() == .finished)
        let isEqual = try TinyRun.state(of: parts.output) == TinyRun.state(of: whole.output)
        #expect(isEqual)
        #expect(try TinyRun.metrics(of: parts.output) == TinyRun.metrics(of: whole.output))
    }

    @Test func accumulationGivesTheSameSums() throws {
        var configuration = taught.configuration
        configuration.dropout = 0
        configuration.classifier = .none
        // Windows are found whichever of them are taken, and however often.
        (configuration.caps, configuration.weights) = ([10], [2])
        let whole = try losses(configuration, "whole-steps")
        configuration.accumulation = 2
        let parts = try losses(configuration, "parts-of-steps")
        #expect(whole.count == 10 && parts.count == 10)
        for (a, b) in zip(whole, parts) { #expect(abs(a - b) < 1e-5 + 1e-4 * b, "\(a) \(b)") }
    }

    /// Without batch normalisation, a step's loss follows from those of its windows alone.
    @Test func stepIsTheMeanOfItsWindowsAndOfTheirBlocks() throws {
        for reduction in TrainingConfiguration.BlockLossReduction.allCases {
            var configuration = taught.configuration
            configuration.dropout = 0
            configuration.classifier = .handCrafted
            configuration.blockLoss = reduction
            // Blocks alone where they are a mean of their own.
            configuration.freezeEncoder = reduction == .mean
            let model = try SkimmingModel(configuration)
            let encoder = model.encoder.configuration
            let teacher = try #require(
                try Teacher.teacher(
                    of: configuration,
                    encoder: encoder,
                    geometry: model.geometry,
                    report: { _ in }
                )
            )
            let prepared = try WindowPreparation(
                configuration: configuration,
                encoder: encoder,
                report: { _ in }
            ).windows(cache: "", keeping: false)
            let windows = (0..<prepared.count).map { prepared[$0] }
            // The learning rate of the first step is 0, so that no weight moves.
            let step = try TrainingStep(model, teacher: teacher)
            func loss(_ some: [LabelledWindow]) throws -> Double {
                try #require(try step(some, step: 0, of: 10).teaching)
            }
            let weights = windows.map { window in
                reduction == .sum ? 1 : Double(teacher.lesson(for: window.window)?.blocks[1]?.count ?? 0)
            }
            var (sum, weight) = (0.0, 0.0)
            for (window, share) in zip(windows, weights) {
                sum += try share * loss([window])
                weight += share
            }
            let whole = try loss(windows)
            // Sums of some 40 terms in another order, which cancel in part.
            #expect(abs(whole - sum / weight) < 1e-4 * whole, "\(reduction): \(whole) \(sum / weight)")
            #expect(Set(weights).count > 1 || reduction == .sum)
        }
    }

    @Test func studentSkimsWhileItLearns() throws {
        var configuration = taught.configuration
        (configuration.skimInTraining, configuration.skipThreshold) = (1, 0.4)
        let losses = try losses(configuration, "skimming")
        #expect(losses.count == 8 && losses.allSatisfy { $0 > 0 && $0.isFinite })
    }

    /// Windows that are cut otherwise learn all the same, and not from tokens that have no counterpart.
    @Test func otherWindowsAreMatchedByTheirPlaceInTheText() throws {
        var configuration = taught.configuration
        configuration.model = taught.model
        configuration.overlap = 5
        configuration.dropout = 0
        configuration.temperature = 1
        var said: [String] = []
        let first = try losses(configuration, "overlap", steps: 1) { said.append($0) }
        #expect(
            said.contains {
                $0.contains("14 of 14 windows learn from the teacher, whose windows are others, matched")
            },
            "\(said)"
        )
        #expect(said.contains { $0.contains("the teacher's blocks are others") })
        // All documents fit into one window: the same tokens of the same model.
        #expect(first.count == 1 && abs(first[0]) < 1e-5, "\(first)")
    }

    /// What a student of this configuration finds in its teacher's file, and the windows that it asks about.
    private func teacherAndWindows(
        _ configuration: TrainingConfiguration
    ) throws -> (teacher: Teacher, windows: QuestionWindows) {
        let model = try SkimmingModel(configuration)
        let encoder = model.encoder.configuration
        let teacher = try #require(
            try Teacher.teacher(
                of: configuration,
                encoder: encoder,
                geometry: model.geometry,
                report: { _ in }
            )
        )
        return (teacher, try QuestionWindows(configuration, encoder: encoder, report: { _ in }))
    }

    /// Whatever the teacher thinks of "no answer", the student learns the same.
    @Test func teacherOfSpansDoesNotSayWhetherThereIsAnAnswer() throws {
        var configuration = taught.configuration
        let (whole, windows) = try teacherAndWindows(configuration)
        configuration.teacherSpansOnly = true
        let (spansOnly, _) = try teacherAndWindows(configuration)
        for window in windows.windows {
            let lesson = try #require(whole.lesson(for: window))
            let found = try #require(spansOnly.lesson(for: window))
            #expect(lesson.start[0] != nil && lesson.end[0] != nil && found.blocks == lesson.blocks)
            for unsure in [-9, 0] as [Float] {
                var other = lesson
                (other.start[0], other.end[0]) = (unsure, unsure)
                // The weights of the tiny teacher are nearly random, and it is sure of nothing.
                #expect(other.spansOnly == found)
            }
            #expect(found.start.first == .some(nil) && found.start.dropFirst() == lesson.start.dropFirst())
            #expect(found.end.first == .some(nil) && found.end.dropFirst() == lesson.end.dropFirst())
            var refusing = lesson
            refusing.end[0] = 30
            #expect(refusing.spansOnly.start.allSatisfy { $0 == nil })
            #expect(refusing.spansOnly.end.allSatisfy { $0 == nil })
            #expect(refusing.spansOnly.blocks == lesson.blocks)
        }
        let both = try losses(taught.configuration, "both", steps: 1)
        let spans = try losses(configuration, "spans", steps: 1)
        #expect(spans[0] > 0 && spans[0].isFinite && spans != both)
    }

    /// Where the student's windows hold less of the text, "no answer" says something else.
    @Test func shorterWindowsTakeTheLogitsOfTheirTokens() throws {
        let taught = try TaughtRun(epochs: 8, learningRate: 5e-3)
        try taught.teach()
        var configuration = taught.configuration
        (configuration.maximumLength, configuration.overlap) = (20, 2)
        let (teacher, windows) = try teacherAndWindows(configuration)
        let file = try TeacherFile(path: taught.file)
        var (compared, shorter) = (0, 0)
        for (window, placed) in zip(windows.windows, windows.placed.windows) {
            guard let lesson = teacher.lesson(for: window) else { continue }
            let index = try #require(file.placed.windows.firstIndex { $0.question == placed.question })
            let theirs = file.placed.windows[index]
            let isWhole = theirs.contextTokens.count == placed.contextTokens.count
            shorter += isWhole ? 0 : 1
            #expect((lesson.start[0] != nil) == isWhole && lesson.start.last == .some(nil))
            let first = file.placed.windows[..<index].reduce(0) { $0 + $1.tokenCount }
            for (offset, token) in placed.contextTokens.enumerated() {
                let found = lesson.start[placed.prefixLength + offset]
                #expect(found == file.logits.start[first + theirs.prefixLength + token])
                compared += 1
            }
        }
        #expect(compared > 20 && shorter > 0, "\(compared) \(shorter) of \(windows.windows.count)")
    }

    @Test func theWindowThatSharesMostTextIsTakenOfSeveral() throws {
        let taught = try TaughtRun(epochs: 8, learningRate: 5e-3)
        var settings = taught.settings
        (settings.maximumLength, settings.overlap) = (20, 2)
        #expect(try Teaching(settings).run() == .finished)
        var configuration = taught.configuration
        (configuration.maximumLength, configuration.overlap) = (19, 3)
        let (teacher, windows) = try teacherAndWindows(configuration)
        let file = try TeacherFile(path: taught.file)
        var notTheFirst = 0
        for (window, placed) in zip(windows.windows, windows.placed.windows) {
            guard let lesson = teacher.lesson(for: window) else { continue }
            func span(_ window: PlacedWindows.Window, of placed: PlacedWindows) -> Range<Int> {
                let places = placed.places(of: window)
                return (places.first?.lowerBound ?? 0)..<(places.last?.upperBound ?? 0)
            }
            let own = span(placed, of: windows.placed)
            let theirs = file.placed.windows.filter { $0.question == placed.question }
            let shared = theirs.map { span($0, of: file.placed).clamped(to: own).count }
            let best = try #require(shared.indices.first { shared[$0] == shared.max() })
            let tokens = theirs[best].contextTokens.clamped(to: placed.contextTokens).count
            let known = lesson.start.dropFirst().count { $0 != nil }
            #expect(known == tokens)
            notTheFirst += best > 0 ? 1 : 0
        }
        #expect(notTheFirst > 0)
    }

    @Test func anotherTokenizerLearnsSpans() throws {
        let student = try TinyRun(family: .roberta)
        var configuration = student.configuration
        configuration.teacher = taught.file
        configuration.epochs = 8
        configuration.dropout = 0
        configuration.learningRate = 3e-3
        configuration.teacherWeight = 5
        var options = student.options
        options.output = student.path + "/student"
        var said: [String] = []
        _ = try Trainer(configuration, options: options, report: { said.append($0) }).run()
        let line = try #require(said.first { $0.contains("matched by places in the text") })
        #expect(!line.contains(" 0 of"), "\(line)")
        let losses = try TaughtRun.teachingLosses(of: options.output)
        let (first, last): (Double, Double) = (losses.prefix(4).reduce(0, +), losses.suffix(4).reduce(0, +))
        #expect(last < 0.7 * first, "\(line) \(first) \(last)")
    }

    /// One data set has a teacher, the other its labels alone.
    @Test(arguments: [4, 5])
    func dataSetsThatTheTeacherDoesNotKnowLearnFromLabels(overlap: Int) throws {
        let other = taught.run.path + "/other.json"
        try TinyRun.squad(questions: 6).replacing("where is", with: "what is").write(
            toFile: other,
            atomically: true,
            encoding: .utf8
        )
        var configuration = taught.configuration
        configuration.train = [taught.run.data, other]
        configuration.overlap = overlap
        var said: [String] = []
        let found = try losses(configuration, "partly-\(overlap)") { said.append($0) }
        #expect(
            said.contains("the teacher knows nothing of \(other): learning from its labels alone"),
            "\(said)"
        )
        #expect(said.contains { $0.hasPrefix("14 of 20 windows learn from the teacher") }, "\(said)")
        #expect(found.count == 10 && found.contains { $0 > 0 } && found.allSatisfy(\.isFinite), "\(found)")
        let (teacher, windows) = try teacherAndWindows(configuration)
        let lessons = windows.windows.map { teacher.lesson(for: $0) != nil }
        #expect(lessons == Array(repeating: true, count: 14) + Array(repeating: false, count: 6))
    }

    @Test func planAndModelCardKnowTheTeacher() throws {
        let plan = try TrainingPlan(taught.configuration, threads: 1, report: { _ in })
        #expect(plan.windows == 14 && plan.seconds > 0)
        _ = try losses(taught.configuration, "card")
        let card = try String(contentsOfFile: taught.run.path + "/card/model/README.md", encoding: .utf8)
        #expect(card.contains("| teacher.safetensors | training, a teacher's logits |"))
        #expect(card.contains("--teacher-weight 0.5"))
    }
}
