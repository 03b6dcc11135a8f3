import Testing

@Suite struct HelpTests {
    static let commands = ["", "answer", "predict", "evaluate", "benchmark", "inspect", "tokenize"]

    @Test(arguments: commands) func helpIsAsRecorded(command: String) throws {
        let run = try CommandRun([command, "--help"].filter { !$0.isEmpty })
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        try expectSnapshot(run.output, "help\(command.isEmpty ? "" : "-" + command).txt")
    }
}
