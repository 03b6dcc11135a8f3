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

    /// Rows, columns, inner: heads of small and of real encoders, with windows down to one token.
    static let products = [
        (1, 1, 1), (1, 1, 8), (1, 17, 8), (17, 1, 8), (2, 3, 5), (29, 29, 8), (29, 8, 29), (33, 65, 64),
        (64, 32, 77),
        (1, 64, 100),
    ]

    /// The largest error observed, over results from -2.8 to 3.2, is 9.5e-7.
    @Test(arguments: products, [false, true])
    func multiplyReadsOperandsThroughTheirStrides(
        shape: (rows: Int, columns: Int, inner: Int),
        isRightTransposed: Bool
    ) {
        let (rows, columns, inner) = shape
        // Rows are longer than what is read of them, as those of a buffer that queries, keys and values share.
        let (leftStride, rightStride, resultStride) = (inner + 5, max(inner, columns) + 3, columns + 2)
        let left = FormulaWeights.units("left", count: rows * leftStride)
        let right = FormulaWeights.units("right", count: max(inner, columns) * rightStride)
        func rightElement(_ row: Int, _ column: Int) -> Float {
            isRightTransposed ? right[column * rightStride + row] : right[row * rightStride + column]
        }
        var result = [Float](repeating: 9, count: rows * resultStride)
        worker.multiply(
            MatrixProduct(
                rows: rows,
                columns: columns,
                inner: inner,
                leftStride: leftStride,
                rightRowStride: isRightTransposed ? 1 : rightStride,
                rightColumnStride: isRightTransposed ? rightStride : 1,
                resultStride: resultStride
            ),
            left: left,
            right: right,
            result: &result
        )
        let expected = Reference.linear(
            (0..<rows).flatMap { left[$0 * leftStride..<$0 * leftStride + inner] },
            weight: (0..<columns).flatMap { column in (0..<inner).map { rightElement($0, column) } },
            bias: [Float](repeating: 0, count: columns),
            rows: rows
        )
        let products = (0..<rows).flatMap { result[$0 * resultStride..<$0 * resultStride + columns] }
        #expect(difference(products, expected) == nil)
        let between = (0..<rows).flatMap { result[$0 * resultStride + columns..<($0 + 1) * resultStride] }
        #expect(between.allSatisfy { $0 == 9 }, "what lies between the rows of the result is not touched")
    }

    private func softmax(_ logits: [Float], rows: Int) -> [Float] {
        var values = logits
        worker.softmax(&values, rows: rows, columns: logits.count / rows)
        return values
    }
}
