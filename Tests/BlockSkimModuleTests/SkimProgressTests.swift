import BlockSkimModule
import TestSupport
import Testing

@Suite struct SkimProgressTests {
    private let partition = BlockPartition(
        tokens: 30,
        prefixLength: 5,
        layout: .passageAligned,
        blockSize: 8
    )

    @Test func laterSkimLayersNameBlocksByTheirPlaceInTheWindow() {
        var progress = SkimProgress(partition: partition)
        // Blocks 5..<13, 13..<21, 21..<29, 29..<30.
        let first = progress.drop(
            by: BlockSelection(relevance: [0.1, 0.9, 0.2, 0.8], kept: [false, true, false, true]),
            afterLayer: 2
        )
        #expect(first == Array(0..<5) + Array(13..<21) + [29])
        #expect(progress.positions == first)
        let second = progress.drop(
            by: BlockSelection(relevance: [0.4, 0.6], kept: [false, true]),
            afterLayer: 4
        )
        #expect(second == Array(0..<5) + [13])
        #expect(progress.positions == Array(0..<5) + [29])

        let trace = progress.trace
        #expect(trace.layers.map(\.skimLayer) == [2, 4])
        #expect(trace.layers[1].blocks.map(\.positions) == [13..<21, 29..<30])
        #expect(trace.layers[1].blocks.map(\.relevance) == [0.4, 0.6])
        #expect(trace.layers.map(\.keptTokens) == [14, 6])
        #expect(trace.droppedPositions == [5..<13, 13..<21, 21..<29])
        #expect(trace.keptFraction == 0.2)
    }

    @Test func aStoppedNetworkKeepsNoRow() {
        var progress = SkimProgress(partition: partition)
        let rows = progress.drop(
            by: BlockSelection(logits: Array(repeating: 0, count: 8), threshold: 0, minimumKeptBlocks: 0),
            afterLayer: 1
        )
        #expect(rows.isEmpty)
        #expect(progress.trace.keptFraction == 0)
        #expect(progress.trace.droppedPositions.last == 29..<30)
    }

    @Test func aWindowThatIsNotSkimmedIsKeptWhole() {
        #expect(SkimProgress(partition: partition).trace.keptFraction == 1)
    }
}
