import Foundation
import TensorModule
import Testing

@testable import BlockSkimModule

@Suite struct AutomaticPrecisionTests {
    private func frontier(
        _ losses: [String: (dense: Double, skimming: Double)],
        error: Double? = nil
    ) -> SkimFrontier {
        var frontier = SkimFrontier(questions: 1, denseF1: 80, measured: [])
        frontier.precisions = losses.mapValues {
            SkimFrontier.PrecisionLoss(
                denseF1Loss: $0.dense,
                f1Loss: $0.skimming,
                answerBlockRecallLoss: 0,
                standardError: error
            )
        }
        return frontier
    }

    @Test func takesNothingThatWasNotMeasured() {
        #expect(Precision.automatic(nil) == .float32)
        #expect(Precision.automatic(SkimFrontier(questions: 1, denseF1: 80, measured: [])) == .float32)
        #expect(Precision.automatic(frontier([:])) == .float32)
    }

    @Test func takesInt8WhereItLosesLittleDenseAndSkimmingAndTheProcessorHasIt() {
        let expected = Precision.int8.isNative ? Precision.int8 : .float32
        #expect(Precision.automatic(frontier(["int8": (0.1, -1)])) == expected)
        #expect(Precision.automatic(frontier(["int8": (0.11, 0)])) == .float32)
        #expect(Precision.automatic(frontier(["int8": (0, 0.11)])) == .float32)
        #expect(Precision.automatic(frontier(["int8": (.nan, 0)])) == .float32)
    }

    /// What few questions say of such a loss is nothing.
    @Test func takesALossThatItsErrorExplainsWhereThatIsSmall() {
        let expected = Precision.int8.isNative ? Precision.int8 : .float32
        #expect(Precision.automatic(frontier(["int8": (0.3, 0.2)], error: 0.2)) == expected)
        #expect(Precision.automatic(frontier(["int8": (0.31, 0.2)], error: 0.2)) == .float32)
        #expect(Precision.automatic(frontier(["int8": (0, 0)], error: 0.31)) == .float32)
        #expect(Precision.automatic(frontier(["int8": (0, 0)], error: .nan)) == .float32)
    }

    /// Elsewhere its products are in f32, so that it is no faster.
    @Test func takesBFloat16OnlyWhereTheProcessorMultipliesIt() {
        let expected = Precision.bfloat16.isNative ? Precision.bfloat16 : .float32
        #expect(Precision.automatic(frontier(["bf16": (0, 0)])) == expected)
    }

    @Test func frontierKeepsTheLossesInItsFile() throws {
        let written = frontier(["int8": (0.25, 0.5)], error: 0.125)
        let read = try JSONDecoder().decode(SkimFrontier.self, from: JSONEncoder().encode(written))
        #expect(read == written)
    }
}
