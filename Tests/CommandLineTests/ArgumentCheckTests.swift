import Testing

/// Slips that would be taken for something else.
@Suite struct ArgumentCheckTests {
    private func expect(_ arguments: [String], _ message: String) throws {
        let run = try CommandRun(arguments)
        #expect(run.status == 64, "\(arguments)")
        #expect(run.output.isEmpty, "\(arguments)")
        #expect(run.errors == "Error: \(message) (see --help)\n", "\(arguments)")
    }

    @Test func aMisspeltCommandIsCorrected() throws {
        for (wrong, right) in [("anwser", "answer"), ("predcit", "predict"), ("evaulate", "evaluate")] {
            try expect([wrong], "\(wrong) is not a command; did you mean \(right)?")
            try expect([wrong, "--help"], "\(wrong) is not a command; did you mean \(right)?")
        }
        let all = "answer, benchmark, evaluate, inspect, predict, tokenize"
        try expect(["frobnicate"], "frobnicate is not a command; the commands are \(all)")
    }

    @Test func helpOnNothingIsAnError() throws {
        try expect(["help", "anwser"], "anwser is not a command; did you mean answer?")
        let run = try CommandRun(["help", "nonsense"])
        #expect(run.status == 64 && run.output.isEmpty && run.errors.contains("nonsense is not a command"))
        try expect(["help", "answer", "more"], "help shows one command; leave out more")
        #expect(try CommandRun(["help", "answer"]).output == CommandRun(["answer", "--help"]).output)
        #expect(try CommandRun(["help"]).output == CommandRun(["--help"]).output)
    }

    /// Also where another option is missing, which the parser would report.
    @Test func aMisspeltOptionIsCorrected() throws {
        for (wrong, right) in [
            ("--questoin", "--question"), ("--context-fiel", "--context-file"), ("--topk", "--top-k"),
        ] {
            let message = "\(wrong) is not an option of this command; did you mean \(right)?"
            try expect(["answer", wrong, "a"], message)
            try expect(["answer", "\(wrong)=a"], message)
        }
        try expect(["inspect", "--foo"], "--foo is not an option of this command")
        // Of another command.
        try expect(["inspect", "--threads", "1"], "--threads is not an option of this command")
    }

    @Test func anOptionIsGivenOnce() throws {
        let answer = ["answer", "--question", "a", "--context", "b"]
        try expect(answer + ["--question", "c"], "--question is given twice; give it once")
        try expect(answer + ["--top-k=1", "--top-k", "1"], "--top-k is given twice; give it once")
        try expect(answer + ["--dense", "--dense"], "--dense is given twice; give it once")
        // Layers are a list, in one option or several.
        let run = try CommandRun(answer + ["--model", "/none", "--skim-layer", "1", "--skim-layer", "2"])
        #expect(run.status == 1 && run.errors.contains("/none"))
        // What stands behind the sign of equality is a value, whatever it looks like.
        let value = try CommandRun(["answer", "--model=/none", "--question=--question", "--context=--dense"])
        #expect(value.status == 1 && value.errors.contains("/none"))
    }

    @Test func theVersionIsPrinted() throws {
        for arguments in [["--version"], ["answer", "--version"]] {
            let run = try CommandRun(arguments)
            #expect(run.status == 0 && run.errors.isEmpty)
            #expect(try run.output.wholeMatch(of: Regex("blockskim [0-9]+\\.[0-9]+\\.[0-9]+\n")) != nil)
        }
    }
}
