import Foundation
import TestSupport
import Testing

@testable import QuestionAnsweringModule

@Suite("Lexical index")
struct LexicalIndexTests {
    /// BM25 as it stands in textbooks, counting every part from scratch.
    ///
    /// A pair of the question's neighbours counts `pair`.
    private func naive(
        _ terms: [Int32],
        _ question: [Int32],
        _ parts: [Range<Int>],
        pair: Double
    ) -> [Double] {
        let mean = Double(parts.reduce(0) { $0 + $1.count }) / Double(parts.count)
        let pairs = Set(zip(question, question.dropFirst()).map { [$0, $1] })
        let sought = Set(question).map { ([$0], 1.0) } + pairs.map { ($0, pair) }
        var scores = [Double](repeating: 0, count: parts.count)
        for (run, weight) in sought {
            let counts = parts.map { Double($0.count { terms[$0...].starts(with: run) }) }
            let holding = Double(counts.count { $0 > 0 })
            let rarity = log(1 + (Double(parts.count) - holding + 0.5) / (holding + 0.5))
            for (index, part) in parts.enumerated() {
                let length = 0.25 + 0.75 * Double(part.count) / mean
                scores[index] += weight * rarity * counts[index] * 2.2 / (counts[index] + 1.2 * length)
            }
        }
        return scores
    }

    @Test("equals BM25 counted from scratch, over parts of any overlap", arguments: [1, 3, 20, 64])
    func equalsNaive(step: Int) {
        var generator = SplitMix(seed: UInt64(step))
        for _ in 0..<20 {
            let terms = (0..<Int.random(in: 1...300, using: &generator)).map { _ in
                Int32.random(in: 0..<40, using: &generator)
            }
            let question = (0..<8).map { _ in Int32.random(in: 0..<60, using: &generator) }
            let parts = stride(from: 0, to: terms.count, by: step).map { $0..<min($0 + 32, terms.count) }
            for pair in [0, 0.25] {
                let scores = LexicalIndex(terms).scores(of: question, in: parts, pairWeight: pair)
                let expected = naive(terms, question, parts, pair: pair)
                for (score, expected) in zip(scores, expected) { #expect(abs(score - expected) < 1e-12) }
            }
        }
    }

    @Test("a question that shares no term with the text scores 0 everywhere")
    func sharesNothing() {
        #expect(LexicalIndex([1, 2, 3]).scores(of: [7, 8], in: [0..<2, 1..<3]) == [0, 0])
        #expect(LexicalIndex([]).scores(of: [7], in: []) == [])
    }

    @Test("the order of the question's terms and how often they stand in it change nothing")
    func questionIsASet() {
        let index = LexicalIndex((0..<200).map { Int32($0 * 7 % 23) })
        let parts = [0..<50, 40..<90, 80..<200]
        #expect(
            index.scores(of: [3, 9, 9, 1], in: parts) == index.scores(of: [1, 3, 3, 9], in: parts)
        )
    }
}
