import TensorModule
import TestSupport
import Testing

@Suite struct WorkerTests {
    private let team: ThreadTeam
    private var worker: Worker { team.workers[0] }

    init() throws {
        team = ThreadTeam(try #require(ThreadBudget(threads: 1)))
    }

    /// The largest error observed is 1.2e-7.
    @Test(arguments: [1, 2, 5, 17], [1, 2, 3, 16, 29, 63, 64, 65, 128, 173, 384])
    func softmaxEqualsTheReference(rows: Int, columns: Int) {
        let logits = FormulaWeights.units("logits", count: rows * columns).map { 20 * $0 }
        #expect(difference(softmax(logits, rows: rows), Reference.softmax(logits, width: columns)) == nil)
    }

    @Test func softmaxOfLargeLogitsDoesNotOverflow() {
        let result = softmax([1000, 1000, 0, 0, 1, -1000], rows: 2)
        #expect(difference(result, [0.5, 0.5, 0, 0.26894142, 0.73105858, 0]) == nil)
    }

    @Test(arguments: [3, 64, 65, 200]) func softmaxFindsTheMaximumWhereverItIs(columns: Int) {
        // Too large for exp: only the largest logit itself may be taken for the maximum.
        for place in 0..<columns {
            var logits = [Float](repeating: -200, count: columns)
            logits[place] = 200
            var expected = [Float](repeating: 0, count: columns)
            expected[place] = 1
            #expect(difference(softmax(logits, rows: 1), expected) == nil, "at \(place)")
        }
    }

    @Test(arguments: [5, 70, 384]) func softmaxOfARowDoesNotDependOnTheOthers(columns: Int) {
        let logits = FormulaWeights.units("logits", count: 7 * columns).map { 20 * $0 }
        let together = softmax(logits, rows: 7)
        for row in 0..<7 {
            let range = row * columns..<(row + 1) * columns
            #expect(softmax(Array(logits[range]), rows: 1) == Array(together[range]))
        }
    }

    @Test func softmaxHidesNoNaN() {
        var logits = [Float](repeating: 1, count: 70)
        logits[66] = .nan
        #expect(softmax(logits, rows: 1)[66].isNaN)
    }

    private func softmax(_ logits: [Float], rows: Int) -> [Float] {
        var values = logits
        worker.softmax(&values, rows: rows, columns: logits.count / rows)
        return values
    }
}
