import TensorModule
import TestSupport
import Testing

@Suite struct HeadAttentionTests {
    /// Tokens and the size of a head: those of small and of real encoders, with windows down to one token.
    static let shapes = [
        (1, 1), (1, 8), (2, 5), (15, 26), (16, 32), (29, 8), (31, 31), (33, 64), (96, 32), (97, 64),
        (173, 32), (200, 65),
    ]

    private let worker: Worker

    init() throws {
        worker = ThreadTeam(try #require(ThreadBudget(threads: 1))).workers[0]
    }

    @Test(arguments: shapes)
    func equalsTheReferenceInAnyRows(tokens: Int, headSize: Int) {
        let head = Head(tokens: tokens, headSize: headSize)
        let expected = head.reference
        let all = head.run(rows: 0..<tokens, on: worker)
        let tolerance = sumTolerance(terms: tokens, size: 1) + 1e-6
        #expect(difference(all.output, expected.output, absolute: tolerance) == nil)
        #expect(difference(all.map, expected.map, absolute: tolerance) == nil)
        #expect(all.isBetweenUntouched, "what lies between the rows of the result is not touched")
        for rows in [0..<(tokens + 1) / 2, tokens / 2..<tokens, tokens - 1..<tokens] {
            let part = head.run(rows: rows, on: worker)
            let isSame = areBitwiseEqual(
                part.output,
                Array(all.output[rows.lowerBound * headSize..<rows.upperBound * headSize])
            )
            #expect(isSame, "rows \(rows)")
            let isSameMap = areBitwiseEqual(
                part.map,
                Array(all.map[rows.lowerBound * tokens..<rows.upperBound * tokens])
            )
            #expect(isSameMap, "rows \(rows)")
        }
        let withoutMap = head.run(rows: 0..<tokens, keepsMap: false, on: worker)
        let isSame = areBitwiseEqual(withoutMap.output, all.output)
        #expect(isSame, "without a map")
    }

    /// Rounded where the processor multiplies bf16: queries, keys and values, and probabilities by up to 2⁻⁹ of themselves,
    /// whose sum is 1.
    @Test(arguments: shapes, [Precision.bfloat16, .int8])
    func withFewerBitsEqualsTheReferenceOfRoundedInputs(
        shape: (tokens: Int, headSize: Int),
        precision: Precision
    ) {
        let (tokens, headSize) = shape
        let exact = Head(tokens: tokens, headSize: headSize)
        let rounds = HeadAttention.rounds(in: precision) && headSize.isMultiple(of: 2)
        var head = exact
        if rounds { head.inputs = Reference.bfloat16(head.inputs) }
        let expected = head.reference
        let all = exact.rounding(in: precision).run(rows: 0..<tokens, on: worker)
        let tolerance = sumTolerance(terms: tokens, size: 1) + 1e-6
        #expect(difference(all.map, expected.map, absolute: tolerance) == nil)
        let ofProbabilities: Float = rounds ? 3 * 0x1p-9 : 0
        #expect(difference(all.output, expected.output, absolute: tolerance + ofProbabilities) == nil)
        for rows in [0..<(tokens + 1) / 2, tokens / 2..<tokens, tokens - 1..<tokens] {
            let part = exact.rounding(in: precision).run(rows: rows, on: worker)
            let isSame = areBitwiseEqual(
                part.output,
                Array(all.output[rows.lowerBound * headSize..<rows.upperBound * headSize])
            )
            #expect(isSame, "rows \(rows)")
        }
    }

    /// Of 150 places, so that a window needs some of the panels, and not the first.
    @Test(arguments: shapes)
    func addsWhatQueriesAndKeysSayOfPositions(tokens: Int, headSize: Int) {
        var head = Head(tokens: tokens, headSize: headSize)
        head.positions = (0..<tokens).map { $0 + 5 * ($0 / 7) + 3 * ($0 / 40) }
        head.places = 150
        let expected = head.reference
        let all = head.run(rows: 0..<tokens, on: worker)
        // Three products of up to 9/4 · headSize, of which scores take over the rounding.
        let tolerance = sumTolerance(terms: tokens, size: 1) + 3 * sumTolerance(terms: headSize, size: 9 / 4)
        #expect(difference(all.output, expected.output, absolute: tolerance) == nil)
        #expect(difference(all.map, expected.map, absolute: tolerance) == nil)
        for rows in [0..<(tokens + 1) / 2, tokens / 2..<tokens, tokens - 1..<tokens] {
            let part = head.run(rows: rows, on: worker)
            let isSame = areBitwiseEqual(
                part.map,
                Array(all.map[rows.lowerBound * tokens..<rows.upperBound * tokens])
            )
            #expect(isSame, "rows \(rows)")
        }
    }

    /// What stands between the rows was dropped: their distances are those of their positions.
    @Test(arguments: shapes)
    func addsABiasByTheDistanceOfPositions(tokens: Int, headSize: Int) {
        var head = Head(tokens: tokens, headSize: headSize)
        let positions = (0..<tokens).map { $0 + 5 * ($0 / 7) + 3 * ($0 / 40) }
        head.positions = positions
        let expected = head.reference
        let all = head.run(rows: 0..<tokens, on: worker)
        let tolerance = sumTolerance(terms: tokens, size: 1) + 1e-6
        #expect(difference(all.output, expected.output, absolute: tolerance) == nil)
        #expect(difference(all.map, expected.map, absolute: tolerance) == nil)
        for rows in [0..<(tokens + 1) / 2, tokens / 2..<tokens, tokens - 1..<tokens] {
            let part = head.run(rows: rows, on: worker)
            let isSame = areBitwiseEqual(
                part.map,
                Array(all.map[rows.lowerBound * tokens..<rows.upperBound * tokens])
            )
            #expect(isSame, "rows \(rows)")
        }
    }
}

/// Queries, keys and values of one head, side by side with those of others.
private struct Head {
    let tokens: Int
    let headSize: Int
    /// `[tokens, inputStride]`: query, key, value and something else.
    var inputs: [Float]
    var precision = Precision.float32
    /// Where the tokens stand; nil for attention that does not ask.
    var positions: [Int]?
    /// The rows of the tables of relative keys and queries; nil for a bias instead.
    var places: Int?
    var inputStride: Int { 3 * headSize + 5 }
    var outputStride: Int { headSize + 2 }

    init(tokens: Int, headSize: Int) {
        self.tokens = tokens
        self.headSize = headSize
        inputs = FormulaWeights.units("inputs", count: tokens * (3 * headSize + 5)).map { 3 * $0 }
    }

    func rounding(in precision: Precision) -> Head {
        var head = self
        head.precision = precision
        return head
    }

    /// `[tokens, headSize]`: 0 for the query, 1 for the key, 2 for the value.
    private func rows(_ kind: Int) -> [Float] {
        (0..<tokens).flatMap { token in
            let start = token * inputStride + kind * headSize
            return inputs[start..<start + headSize]
        }
    }

    var reference: (output: [Float], map: [Float]) {
        let zeros = [Float](repeating: 0, count: max(tokens, headSize))
        var scores = Reference.linear(
            rows(0),
            weight: rows(1),
            bias: Array(zeros.prefix(tokens)),
            rows: tokens
        )
        if let positions {
            let (keys, queries) = (table("keys", places ?? 0), table("queries", places ?? 0))
            for row in 0..<tokens {
                for other in 0..<tokens {
                    scores[row * tokens + other] += added(
                        row,
                        other,
                        positions[other] - positions[row],
                        keys,
                        queries
                    )
                }
            }
        }
        let map = Reference.softmax(scores, width: tokens)
        let value = rows(2)
        let transposed = (0..<headSize).flatMap { column in
            (0..<tokens).map { value[$0 * headSize + column] }
        }
        let output = Reference.linear(
            map,
            weight: transposed,
            bias: Array(zeros.prefix(headSize)),
            rows: tokens
        )
        return (output, map)
    }

    private static func bias(_ head: Int, _ distance: Int) -> Float {
        Float((distance * 37 + head * 11) % 23) / 10
    }

    /// `[places, 2 heads · headSize]`.
    private func table(_ name: String, _ places: Int) -> [Float] {
        FormulaWeights.units(name, count: places * 2 * headSize)
    }

    /// Nearer places for nearer distances, in the middle one each.
    private static func place(_ distance: Int, of places: Int) -> Int {
        let middle = places / 2
        let steps = abs(distance) < 20 ? abs(distance) : 20 + (abs(distance) - 20) / 4
        return min(max(middle - steps * distance.signum(), 0), places - 1)
    }

    /// What is added to the score of a pair of rows.
    private func added(_ row: Int, _ other: Int, _ distance: Int, _ keys: [Float], _ queries: [Float])
        -> Float
    {
        guard let places else { return Self.bias(1, distance) }
        let place = Self.place(distance, of: places)
        return (0..<headSize).reduce(0) { sum, column in
            let at = place * 2 * headSize + headSize + column
            let query = inputs[row * inputStride + column]
            let key = inputs[other * inputStride + headSize + column]
            return sum + query * keys[at] + key * queries[at]
        }
    }

    private func headPositions(_ rows: Range<Int>) -> HeadPositions? {
        positions.map {
            let farthest = $0.last ?? 0
            let scores: PositionScores =
                if let places {
                    .disentangled(
                        DisentangledScores(
                            heads: 2,
                            keys: table("keys", places),
                            queries: table("queries", places),
                            count: places,
                            farthest: farthest,
                            place: { Self.place($0, of: places) }
                        )
                    )
                } else {
                    .bias(DistanceBias(heads: 2, farthest: farthest, value: Self.bias))
                }
            return HeadPositions(
                scores,
                head: 1,
                of: rows,
                positions: RowPositions($0)
            )
        }
    }

    func run(
        rows: Range<Int>,
        keepsMap: Bool = true,
        on worker: Worker
    ) -> (output: [Float], map: [Float], isBetweenUntouched: Bool) {
        let attention = HeadAttention(
            tokens: tokens,
            headSize: headSize,
            inputStride: inputStride,
            outputStride: outputStride,
            precision: precision
        )
        var output = [Float](repeating: 9, count: rows.count * outputStride)
        var map = [Float](repeating: .nan, count: rows.count * tokens)
        inputs.withUnsafeBufferPointer { inputs in
            output.withUnsafeMutableBufferPointer { output in
                map.withUnsafeMutableBufferPointer { map in
                    guard let query = inputs.baseAddress, let output = output.baseAddress else { return }
                    attention(
                        query: query + rows.lowerBound * inputStride,
                        key: query + headSize,
                        value: query + 2 * headSize,
                        rows: rows.count,
                        into: output,
                        positions: headPositions(rows),
                        map: keepsMap ? map.baseAddress : nil,
                        on: worker
                    )
                }
            }
        }
        let starts = (0..<rows.count).map { $0 * outputStride }
        return (
            starts.flatMap { output[$0..<$0 + headSize] }, map,
            starts.allSatisfy { start in (headSize..<outputStride).allSatisfy { output[start + $0] == 9 } }
        )
    }
}
