import Testing

@testable import TerminalModule

@Suite struct FaultListTests {
    @Test func saysTenOfEachKindAndHowManyMoreThereAre() {
        var said: [String] = []
        let faults = FaultList { said.append($0) }
        for number in 1...12 { faults.add("blank \(number)", kind: "blank") }
        for number in 1...11 { faults.add("cut \(number)", kind: "cut") }
        faults.add("odd", kind: "odd")
        #expect(said.count == 21 && said[9] == "blank 10" && said[10] == "cut 1" && said[20] == "odd")
        faults.finish()
        #expect(said.count == 22 && said.last == "3 more of the same kinds")
        // What was counted is said once.
        faults.finish()
        #expect(said.count == 22)
    }
}
