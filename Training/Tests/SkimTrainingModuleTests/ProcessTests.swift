import Foundation
import Testing
import TrainingTestSupport

@testable import SkimTrainingModule

@Suite(.serialized)
struct ProcessTests {
    private static let torchrun = URL(filePath: #filePath)  // ROOT/Training/Tests/SkimTrainingModuleTests/…
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".venv-train/bin/torchrun").path
    private let run: TinyRun

    init() throws { run = try TinyRun() }

    /// A process of the program; what it says goes to a file.
    private func start(
        _ output: String,
        rank: Int = 0,
        world: Int = 1,
        port: Int = 0,
        log: String,
        extra: [String] = []
    ) throws -> Process {
        let process = Process()
        process.executableURL = TinyRun.program
        // With dropout, windows would lose other parts.
        process.arguments = run.arguments(output: output, dropout: "0") + extra
        var environment = ["BLOCKSKIM_PYTHON": "/bin/true", "PATH": "/usr/bin:/bin"]
        if world > 1 {
            environment["RANK"] = "\(rank)"
            environment["WORLD_SIZE"] = "\(world)"
            environment["MASTER_ADDR"] = "127.0.0.1"
            environment["MASTER_PORT"] = "\(port)"
        }
        process.environment = environment
        try Data().write(to: URL(filePath: log))
        process.standardError = FileHandle(forWritingAtPath: log)
        try process.run()
        return process
    }

    private func losses(_ output: String) throws -> [MetricsLog.Steps] {
        let lines = try String(contentsOfFile: output + "/metrics.jsonl", encoding: .utf8).split(
            separator: "\n"
        )
        return lines.compactMap { try? JSONDecoder().decode(MetricsLog.Steps.self, from: Data($0.utf8)) }
    }

    private func check(_ output: String, against single: String, steps: Int = 8) throws {
        let (ours, theirs) = (try losses(output), try losses(single))
        #expect(ours.count == theirs.count && ours.count == steps)
        for (a, b) in zip(ours, theirs) {
            // Losses around 5; sums in another order. Largest difference seen: 4e-6.
            #expect(abs(a.loss - b.loss) < 5e-5 * b.loss, "step \(a.step): \(a.loss) and \(b.loss)")
            #expect(abs(a.gradientNorm - b.gradientNorm) < 1e-3 * b.gradientNorm)
            #expect(a.blockLosses.count == 2)
        }
    }

    @Test func processThatIsAloneSaysWhomItWaitsFor() throws {
        let port = Int.random(in: 20_000...60_000)
        let log = run.path + "/lone.log"
        let process = try start(run.path + "/lone", rank: 1, world: 2, port: port, log: log)
        // A signal that asks is heard after the first step.
        defer { kill(process.processIdentifier, SIGKILL) }
        let deadline = Date.now + 30
        var said = ""
        while said.isEmpty, Date.now < deadline {
            usleep(50_000)
            said = try String(contentsOfFile: log, encoding: .utf8)
        }
        #expect(said.contains("process 1 of 2 waits for the other process at 127.0.0.1:\(port)"), "\(said)")
    }

    @Test func portThatIsInUseIsNamedWithWhatToDo() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                #expect(bind(listener, pointer, length) == 0 && listen(listener, 1) == 0)
                getsockname(listener, pointer, &length)
            }
            return Int(UInt16(bigEndian: $0.pointee.sin_port))
        }
        let log = run.path + "/port.log"
        let process = try start(run.path + "/port", rank: 0, world: 2, port: port, log: log)
        process.waitUntilExit()
        let said = try String(contentsOfFile: log, encoding: .utf8)
        #expect(process.terminationStatus == 1 && said.contains("set MASTER_PORT"), "\(said)")
    }

    @Test func twoProcessesGiveTheLossesOfOne() throws {
        let (single, double) = (run.path + "/single", run.path + "/double")
        let alone = try start(single, log: run.path + "/single.log")
        alone.waitUntilExit()
        #expect(alone.terminationStatus == 0)
        let port = Int.random(in: 20_000...60_000)
        let pair = try (0..<2).map {
            try start(double, rank: $0, world: 2, port: port, log: run.path + "/\($0).log")
        }
        for (rank, process) in pair.enumerated() {
            process.waitUntilExit()
            let said = try String(contentsOfFile: run.path + "/\(rank).log", encoding: .utf8)
            #expect(process.terminationStatus == 0, "\(said)")
            #expect(rank == 0 || said.isEmpty, "\(said)")
        }
        try check(double, against: single)
    }

    /// Each takes whole questions.
    @Test func twoProcessesNormaliseOverDocumentsAsOneDoes() throws {
        let documents = [
            "--span-normalization", "document", "--windows-per-question", "2", "--max-length", "24",
        ]
        let (single, double) = (run.path + "/single", run.path + "/double")
        let alone = try start(single, log: run.path + "/single.log", extra: documents)
        alone.waitUntilExit()
        #expect(alone.terminationStatus == 0)
        let port = Int.random(in: 20_000...60_000)
        let pair = try (0..<2).map {
            try start(double, rank: $0, world: 2, port: port, log: "\(run.path)/\($0).log", extra: documents)
        }
        for process in pair {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        try check(double, against: single, steps: 14)
    }

    @Test func twoProcessesLearnFromATeacherAsOneDoes() throws {
        let taught = try TaughtRun()
        try taught.teach()
        let teacher = ["--teacher", taught.file]
        let (single, double) = (run.path + "/single", run.path + "/double")
        let alone = try start(single, log: run.path + "/single.log", extra: teacher)
        alone.waitUntilExit()
        #expect(alone.terminationStatus == 0)
        let port = Int.random(in: 20_000...60_000)
        let pair = try (0..<2).map {
            try start(double, rank: $0, world: 2, port: port, log: "\(run.path)/\($0).log", extra: teacher)
        }
        for process in pair {
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        try check(double, against: single)
        let losses = try [single, double].map { try TaughtRun.teachingLosses(of: $0) }
        #expect(losses[0].count == 8)
        for (a, b) in zip(losses[0], losses[1]) { #expect(abs(a - b) < 1e-5 + 1e-4 * b, "\(a) \(b)") }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: torchrun), "torchrun is not installed"))
    func torchrunLaunchesThem() throws {
        let (single, double) = (run.path + "/single", run.path + "/double")
        let alone = try start(single, log: run.path + "/single.log")
        let process = Process()
        process.executableURL = URL(filePath: Self.torchrun)
        process.arguments =
            [
                "--no-python", "--nproc-per-node", "2", "--master-port", "\(Int.random(in: 20_000...60_000))",
                TinyRun.program.path,
            ] + run.arguments(output: double, dropout: "0")
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        alone.waitUntilExit()
        #expect(process.terminationStatus == 0)
        try check(double, against: single)
    }

    @Test func deadProcessEndsTheOthers() throws {
        let port = Int.random(in: 20_000...60_000)
        let long = ["--epochs", "900", "--evaluate-every", "100000", "--checkpoint-every", "100000"]
        let pair = try (0..<2).map {
            try start(
                run.output,
                rank: $0,
                world: 2,
                port: port,
                log: run.path + "/\($0).log",
                extra: long
            )
        }
        let deadline = Date.now + 60
        while (try? losses(run.output).count) ?? 0 < 3, Date.now < deadline { usleep(50_000) }
        kill(pair[1].processIdentifier, SIGKILL)
        pair[1].waitUntilExit()
        pair[0].waitUntilExit()
        #expect(pair[0].terminationReason == .exit && pair[0].terminationStatus == 1)
        let said = try String(contentsOfFile: run.path + "/0.log", encoding: .utf8)
        #expect(said.contains("blockskim-train: libtorch refused"), "\(said)")
    }

    @Test func environmentThatDoesNotFitIsNamed() throws {
        let good = ["RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "host", "MASTER_PORT": "29500"]
        let place = try ProcessPlace(environment: good)
        #expect(place.rank == 1 && place.world == 2 && place.host == "host" && !place.leads)
        #expect(try ProcessPlace(environment: [:]) == ProcessPlace())
        for (name, value) in [
            ("RANK", "2"), ("RANK", nil), ("WORLD_SIZE", "x"), ("MASTER_PORT", "0"), ("MASTER_ADDR", nil),
        ] as [(String, String?)] {
            var environment = good
            environment[name] = value
            let error = #expect(throws: TrainingError.self) { try ProcessPlace(environment: environment) }
            #expect("\(String(describing: error))".contains(name))
        }
    }
}
