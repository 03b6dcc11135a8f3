import Testing

@testable import SkimTrainingModule

@Suite struct StepPartsTests {
    @Test func questionsOfOneWindowGoRoundInTurns() {
        let parts = StepParts.share(questionsOfWindows: [Int](repeating: 1, count: 10), among: 4)
        #expect(parts == (0..<4).map { Array(stride(from: $0, to: 10, by: 4)) })
    }

    @Test func partsAreEvenAndNoneIsEmpty() {
        let windows = [1, 8, 1, 1, 5, 3, 1, 8, 4]
        let parts = StepParts.share(questionsOfWindows: windows, among: 4)
        #expect(parts.flatMap(\.self).sorted() == Array(windows.indices))
        let loads = parts.map { $0.reduce(0) { $0 + windows[$1] } }
        #expect(loads == [8, 8, 8, 8])
        let few = StepParts.share(questionsOfWindows: [8, 8, 1], among: 3)
        #expect(few == [[0], [1], [2]])
    }
}
