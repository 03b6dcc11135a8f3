import Foundation
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

    /// What the kernel says that an x86-64 processor can do.
    private static let processorFlags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
        .split(separator: "\n").first { $0.hasPrefix("flags") }
        .map { Set($0.split(separator: " ")) }

    /// On processors that can, a product and a sum are rounded once: then the code for AVX2 or more runs, and not that for
    /// the first x86-64.
    @Test(.enabled(if: processorFlags != nil)) func kernelsRunTheBestCodeForTheProcessor() throws {
        let fuses = try #require(Self.processorFlags).isSuperset(of: ["avx2", "bmi2", "f16c", "fma", "movbe"])
        let exponents = (1...1_000).map { -Float($0) / 64 }
        let logits = exponents.flatMap { [Float(0), $0] }
        let results = softmax(logits, rows: exponents.count)
        let expected = exponents.map { softmaxOfTwo($0, fuses: fuses) }
        let isSame = areBitwiseEqual((0..<exponents.count).map { results[2 * $0 + 1] }, expected)
        #expect(isSame, "fused: \(fuses)")
        let others = exponents.map { softmaxOfTwo($0, fuses: !fuses) }
        #expect(!areBitwiseEqual(expected, others))
    }

    /// `exp(x) / (1 + exp(x))` for x from -87 to 0, in the order of `vector.h`.
    private func softmaxOfTwo(_ x: Float, fuses: Bool) -> Float {
        func sum(_ product: (Float, Float), _ term: Float) -> Float {
            fuses ? term.addingProduct(product.0, product.1) : product.0 * product.1 + term
        }
        let shift: Float = 12_582_912
        let n = sum((x, 1.44269504), shift) - shift
        let r = sum((n, 2.12194440e-4), sum((n, -0.693359375), x))
        let coefficients: [Float] = [
            1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
            5.0000001201e-1,
        ]
        let p = coefficients.dropFirst().reduce(coefficients[0]) { sum(($0, r), $1) }
        let power = (sum((p, r * r), r) + 1) * Float(sign: .plus, exponent: Int(n), significand: 1)
        return power * (1 / (1 + power))
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
