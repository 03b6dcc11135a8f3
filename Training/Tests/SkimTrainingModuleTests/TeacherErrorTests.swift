import Foundation
import SafetensorsModule
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

/// What a run says of a teacher that it cannot learn from, before it begins.
@Suite(.serialized)
struct TeacherErrorTests {
    private let taught: TaughtRun

    init() throws {
        taught = try TaughtRun()
        try taught.teach()
    }

    private func error(_ configuration: TrainingConfiguration, resume: Bool = false) throws -> String {
        var options = taught.run.options
        options.resume = resume
        return
            "\(try #require(throws: TrainingError.self) { try Trainer(configuration, options: options).run() })"
    }

    @Test func fileOfOtherDataIsNamed() throws {
        let other = taught.run.path + "/other.json"
        try TinyRun.squad(questions: 15).write(toFile: other, atomically: true, encoding: .utf8)
        var configuration = taught.configuration
        configuration.train = [other]
        let text = try error(configuration)
        #expect(text.contains("made of other data than \(other)."), "\(text)")
        #expect(!FileManager.default.fileExists(atPath: taught.run.output))
    }

    @Test func fileThatIsNoneOrCutOffIsNamed() throws {
        let whole = try Data(contentsOf: URL(filePath: taught.file))
        for count in [0, 5, 300, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: URL(filePath: taught.file))
            let text = try error(taught.configuration)
            #expect(text.contains("teacher.safetensors"), "\(count): \(text)")
        }
        var configuration = taught.configuration
        configuration.teacher = taught.run.path + "/model.safetensors"
        #expect(try error(configuration).contains("it is not a teacher's file"))
        configuration.teacher = taught.run.path + "/nowhere"
        #expect(try error(configuration).contains("nowhere"))
        #expect(!FileManager.default.fileExists(atPath: taught.run.output))
    }

    /// Numbers that contradict each other are an error, and never a trap.
    @Test func fileThatContradictsItselfIsNamed() throws {
        let file = try SafetensorsFile(path: taught.file)
        for name in file.tensorNames where file.info(named: name)?.elementType == .i64 {
            if ["windows.questions"].contains(name) { continue }
            for change in [-1, 1 << 40, .max] as [Int64] {
                var writer = SafetensorsWriter(metadata: file.metadata)
                for other in file.tensorNames {
                    let shape = file.info(named: other)?.shape ?? []
                    if file.info(named: other)?.elementType == .i64 {
                        var values = try file.integers(named: other)
                        if other == name { values[0] = values[0] == change ? change - 1 : change }
                        writer.append(other, shape: shape, integers: values)
                    } else {
                        writer.append(other, shape: shape, floats: try file.floats(named: other), as: .f16)
                    }
                }
                var configuration = taught.configuration
                let damaged = taught.run.path + "/damaged.safetensors"
                configuration.teacher = damaged
                try writer.write(to: damaged)
                // An end of a token may be anywhere behind its start.
                if name == "documents.tokenEnds", change > 0 { continue }
                let text = try error(configuration)
                #expect(text.contains("damaged.safetensors"), "\(name) \(change): \(text)")
            }
        }
    }

    @Test func logitThatIsNoNumberIsNamed() throws {
        var file = try TeacherFile(path: taught.file)
        file.logits.end[3] = .nan
        try file.write(to: taught.file)
        #expect(try error(taught.configuration).contains("a logit in it is not a finite number"))
    }

    /// The file knows its data sets, and not the windows that the run makes of them.
    @Test func windowsThatAreNotInTheFileAreCounted() throws {
        var file = try TeacherFile(path: taught.file)
        file.placed.windows[0].tokens ^= 1
        file.placed.windows[5].tokens ^= 1
        try file.write(to: taught.file)
        #expect(try error(taught.configuration).contains("says nothing of 2 of the 14 windows"))
    }

    @Test func anotherTeacherOnResumeIsNamed() throws {
        var options = taught.run.options
        options.stopAfter = 1
        _ = try Trainer(taught.configuration, options: options).run()
        var settings = taught.settings
        settings.model = taught.run.path
        settings.output = taught.run.path + "/another.safetensors"
        #expect(try Teaching(settings).run() == .finished)
        var configuration = taught.configuration
        configuration.teacher = settings.output
        let text = try error(configuration, resume: true)
        #expect(text.contains("learns from other data: now teacher's logits"), "\(text)")
        configuration = taught.run.configuration
        configuration.teacher = nil
        #expect(try error(configuration, resume: true).contains("teacherWeight is nil and was Optional(0.5)"))
        // Nor can a run without a teacher get one.
        var plain = taught.run.configuration
        options.output = taught.run.path + "/plain"
        _ = try Trainer(plain, options: options).run()
        plain.teacher = taught.file
        options.resume = true
        let refused = try #require(throws: TrainingError.self) { try Trainer(plain, options: options).run() }
        #expect("\(refused)".contains("now teacher's logits"))
        configuration = taught.configuration
        configuration.temperature = 1
        #expect(try error(configuration, resume: true).contains("temperature"))
    }

    @Test func settingsWithoutATeacherAreNamed() throws {
        for (name, change) in [
            ("--teacher-weight", { $0.teacherWeight = 1 }), ("--temperature", { $0.temperature = 1 }),
            ("--teacher-spans-only", { $0.teacherSpansOnly = true }),
        ] as [(String, (inout TrainingConfiguration) -> Void)] {
            var configuration = taught.run.configuration
            change(&configuration)
            #expect(try error(configuration).contains("given with --teacher"), "\(name)")
        }
        for (name, change) in [
            ("--teacher-weight", { $0.teacherWeight = -1 }), ("--temperature", { $0.temperature = 0 }),
        ] as [(String, (inout TrainingConfiguration) -> Void)] {
            var configuration = taught.configuration
            change(&configuration)
            #expect(try error(configuration).contains(name))
        }
    }
}
