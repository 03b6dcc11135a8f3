import BlockSkimModule
import Foundation
import QuestionAnsweringModule
import TestSupport
import Testing

@testable import BlockSkimDefaultModel

@Suite struct DefaultModelTests {
    private static let beside = "bin/block-skim_BlockSkimDefaultModel.resources/Model"
    private static let installed = "share/blockskim/default-model"

    /// A directory with a program in `bin` and such files.
    private func scratch(_ files: String...) throws -> ScratchDirectory {
        let scratch = try ScratchDirectory()
        for file in ["bin/program"] + files {
            let folder = URL(filePath: scratch.file(file)).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try scratch.write([], to: file)
        }
        return scratch
    }

    /// The model of the program in a directory, links and `..` followed, within that directory.
    private func found(in scratch: ScratchDirectory, named name: String? = nil) throws -> String {
        let path = try DefaultModel.directory(forProgram: scratch.file("bin/program"), named: name)
        let root = URL(filePath: scratch.path).resolvingSymlinksInPath().path
        return String(URL(filePath: path).resolvingSymlinksInPath().path.dropFirst(root.count + 1))
    }

    @Test func findsTheModelBesideTheProgram() throws {
        #expect(try found(in: scratch("\(Self.beside)/model.safetensors")) == Self.beside)
    }

    @Test func findsTheInstalledModel() throws {
        #expect(try found(in: scratch("\(Self.installed)/model.safetensors")) == Self.installed)
    }

    @Test func prefersTheModelBesideTheProgram() throws {
        let both = try scratch("\(Self.beside)/model.safetensors", "\(Self.installed)/model.safetensors")
        #expect(try found(in: both) == Self.beside)
    }

    @Test func passesOverADirectoryWithoutWeights() throws {
        let partial = try scratch("\(Self.beside)/config.json", "\(Self.installed)/model.safetensors")
        #expect(try found(in: partial) == Self.installed)
    }

    @Test func prefersTheNamedModel() throws {
        let all = try scratch("\(Self.beside)/model.safetensors", "elsewhere/config.json")
        #expect(try found(in: all, named: all.file("elsewhere")) == "elsewhere")
        #expect(try found(in: all, named: "") == Self.beside)
    }

    @Test func rejectsANameWithoutACheckpoint() throws {
        let beside = try scratch("\(Self.beside)/model.safetensors")
        let name = beside.file("elsewhere")
        let expected = DefaultModelError.notACheckpoint(
            directory: name,
            variable: "BLOCKSKIM_DEFAULT_MODEL",
            missingFile: "config.json"
        )
        #expect(throws: expected) { try found(in: beside, named: name) }
        #expect(["BLOCKSKIM_DEFAULT_MODEL", name, "config.json"].allSatisfy(expected.description.contains))
        #expect(!expected.description.contains("\n"))
    }

    @Test func saysWhereItLooked() throws {
        let bare = try scratch()
        let places = [bare.file(Self.beside), bare.file("bin/../\(Self.installed)")]
        let expected = DefaultModelError.notFound(weightsFile: "model.safetensors", places: places)
        #expect(throws: expected) { try found(in: bare) }
        let parts = places + ["BLOCKSKIM_DEFAULT_MODEL", "--model DIR"]
        #expect(parts.allSatisfy(expected.description.contains))
        #expect(!expected.description.contains("\n"))
    }

    @Test func namesWhatIsWrongWithTheModel() {
        #expect(throws: DefaultModelError.unusable(.batchSizeNotPositive(0))) {
            try QuestionAnswerer(options: ModelOptions(batchSize: 0))
        }
    }

    @Test func isCalibrated() throws {
        let frontier = try #require(try SkimFrontier(directory: DefaultModel.directory()))
        let fastest = try #require(frontier.fastest(maximumF1Loss: .infinity))
        #expect(fastest.measuredSpeedup > 1)
        let policy = try QuestionAnswerer().model.policy(for: .maximumF1Loss(.infinity))
        #expect(policy?.thresholds == fastest.skipThresholds.byLayer(fastest.skimLayers))
    }

    /// What it says of a question about Examples/lighthouses.txt.
    private func report(_ question: String) throws -> AnswerReport {
        let text = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Examples/lighthouses.txt")
        return try QuestionAnswerer().answer(
            question: question,
            context: String(contentsOf: text, encoding: .utf8)
        )
    }

    @Test func answersAndSkims() throws {
        let report = try report("Where was the first Fresnel lens lit?")
        #expect(report.answerable)
        #expect(try #require(report.answers.first).text.contains("Cordouan"))
        let blocks = try #require(report.skim).blocks
        #expect(blocks.contains { $0.kept } && blocks.contains { !$0.kept })
    }

    @Test(arguments: [
        "What did keepers burn on towers?", "What hid the flame on stormy nights?",
        "Who was dismissed from his post in 1815?", "When did Fresnel show the Commission a lens?",
        "Where is Cordouan?", "From how far away could the first lens be seen?",
        "When did the United States put lenses into its lights?", "What were the sizes of lenses called?",
        "What did builders float the heaviest lenses in?", "What poisoned the keepers?",
    ])
    func doesNotRefuseWhatTheTextSays(question: String) throws {
        #expect(try report(question).answerable)
    }

    @Test(arguments: ["Who painted the Mona Lisa?", "What is the capital of Peru?"])
    func saysThatATextHasNoAnswer(question: String) throws {
        let report = try report(question)
        #expect(!report.answerable)
        #expect(try #require(report.noAnswerScore) > 0.5)
    }
}
