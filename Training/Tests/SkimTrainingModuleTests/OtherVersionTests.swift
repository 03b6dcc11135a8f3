import Foundation
import Testing

@testable import SkimTrainingModule

/// A run that another version of the program wrote is not gone on with: that is said, and what to do.
@Suite(.serialized)
struct OtherVersionTests {
    private let run: TinyRun
    private var file: String { run.output + "/configuration.json" }

    init() throws {
        run = try TinyRun()
        var options = run.options
        options.stopAfter = 1
        #expect(try Trainer(run.configuration, options: options).run() == .interrupted(step: 1))
    }

    /// What resuming the run ends with, after its configuration was changed.
    private func error(changing change: (inout [String: Any]) -> Void) throws -> String {
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file))) as? [String: Any]
        )
        change(&object)
        try JSONSerialization.data(withJSONObject: object).write(to: URL(filePath: file))
        var options = run.options
        options.resume = true
        let error = try run.error(run.configuration, options)
        guard case .otherVersion(let path, _) = error else {
            Issue.record("another error: \(error)")
            return "\(error)"
        }
        #expect(path == file)
        #expect("\(error)".contains("another version of blockskim-train wrote"))
        #expect("\(error)".contains("Go on with that version, or start anew in another output directory"))
        return "\(error)"
    }

    @Test func settingThatAnEarlierVersionLackedIsNamed() throws {
        let text = try error { $0["minimumKeptBlocks"] = nil }
        #expect(text.contains("minimumKeptBlocks is missing"), "\(text)")
    }

    @Test func settingsThatALaterVersionAddedAreNamed() throws {
        let text = try error {
            $0["warmupp"] = 0.1
            $0["curriculum"] = "long"
        }
        #expect(text.contains("curriculum is unknown here; warmupp is unknown here"), "\(text)")
    }

    @Test func valueThatIsUnknownIsNamedWithItsSetting() throws {
        let text = try error { $0["schedule"] = "polynomial" }
        #expect(text.contains("schedule has a value that is unknown here"), "\(text)")
    }

    @Test func windowsOfAnotherLayoutAreNoOtherData() throws {
        let path = run.output + "/windows.safetensors"
        let source = try #require(PreparedWindows.source(ofFile: path))
        let windows = try #require(PreparedWindows(path: path, source: source))
        let earlier = source.replacingOccurrences(of: "version 3", with: "version 2")
        #expect(earlier != source)
        try windows.write(to: path, source: earlier)
        var options = run.options
        options.resume = true
        let text = "\(try run.error(run.configuration, options))"
        #expect(text.contains("another version") && text.contains("its layout has version 2"), "\(text)")
    }

    /// The program reads the run's configuration first, for its number format.
    @Test func theProgramSaysIt() throws {
        _ = try error { $0["curriculum"] = "long" }
        let usual = Array(run.arguments(output: run.output).dropLast(2))
        for arguments in [usual + ["--resume"], ["export", run.output, "--output", run.path + "/exported"]] {
            let (status, said) = try TinyRun.runProgram(arguments)
            #expect(status == 1 && said.contains("curriculum is unknown here"), "\(said)")
        }
        // Neither is a misspelt setting of a file passed over.
        let (status, said) = try TinyRun.runProgram([
            "train", "--configuration", file, "--output", run.path + "/anew",
        ])
        #expect(status == 1 && said.contains("curriculum is unknown here"), "\(said)")
        #expect(!FileManager.default.fileExists(atPath: run.path + "/anew"))
    }
}
