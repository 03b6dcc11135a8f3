import TensorModule
import Testing

@Suite struct RowPositionsTests {
    @Test func neighboursAreOneRun() {
        let positions = RowPositions([0, 1, 2, 7, 8, 12])
        #expect(positions.runs.map(\.rows) == [0..<3, 3..<5, 5..<6])
        #expect(positions.runs.map(\.position) == [0, 7, 12])
        #expect(positions.all == [0, 1, 2, 7, 8, 12] && positions.count == 6)
        #expect(RowPositions(whole: 5) == RowPositions([0, 1, 2, 3, 4]))
        #expect(RowPositions([]) == RowPositions(whole: 0) && RowPositions([]).count == 0)
    }

    @Test func aTokenKeepsItsPositionHoweverOftenOthersGo() {
        let once = RowPositions(whole: 10).keeping([0, 1, 4, 5, 6, 9])
        #expect(once.all == [0, 1, 4, 5, 6, 9])
        #expect(once.keeping([0, 2, 3, 5]).all == [0, 4, 5, 9])
        #expect(once.keeping([]).all == [])
    }
}
