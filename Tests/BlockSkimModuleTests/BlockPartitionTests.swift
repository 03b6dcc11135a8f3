import BlockSkimModule
import TestSupport
import Testing

@Suite struct BlockPartitionTests {
    @Test func passageAlignedBlocksStartAtTheFirstPassageToken() {
        let partition = BlockPartition(tokens: 50, prefixLength: 9, layout: .passageAligned, blockSize: 16)
        #expect(partition.prefix == 0..<9)
        #expect(partition.blocks == [9..<25, 25..<41, 41..<50])
    }

    @Test func absoluteBlocksWithAnyPrefixTokenAreNotToBeDropped() {
        let partition = BlockPartition(tokens: 50, prefixLength: 17, layout: .absolute, blockSize: 16)
        #expect(partition.prefix == 0..<32)
        #expect(partition.blocks == [32..<48, 48..<50])
        let aligned = BlockPartition(tokens: 50, prefixLength: 16, layout: .absolute, blockSize: 16)
        #expect(aligned.prefix == 0..<16)
    }

    @Test func aWindowWithoutPassageHasNoBlocks() {
        for layout in BlockLayout.allCases {
            let partition = BlockPartition(tokens: 9, prefixLength: 9, layout: layout, blockSize: 4)
            #expect(partition.prefix == 0..<9)
            #expect(partition.blocks.isEmpty)
        }
    }

    @Test(arguments: BlockLayout.allCases)
    func prefixAndBlocksCoverEveryTokenOnce(layout: BlockLayout) {
        var random = SplitMix(seed: 1)
        for _ in 0..<2_000 {
            let partition = randomPartition(layout: layout, using: &random)
            let parts = [partition.prefix] + partition.blocks
            #expect(parts.flatMap(Array.init) == Array(0..<partition.tokens), "\(partition)")
            #expect(partition.prefix.upperBound >= partition.prefixLength, "\(partition)")
            #expect(
                partition.blocks.dropLast().allSatisfy { $0.count == partition.blockSize },
                "\(partition)"
            )
            #expect(partition.blocks.allSatisfy { !$0.isEmpty }, "\(partition)")
        }
    }

    @Test(arguments: BlockLayout.allCases)
    func thePrefixIsNeverDroppedAndSurvivingBlocksTileTheCompactedWindow(layout: BlockLayout) {
        var random = SplitMix(seed: 2)
        for _ in 0..<2_000 {
            let partition = randomPartition(layout: layout, using: &random)
            let blocks = partition.blocks
            let kept = blocks.map { _ in Bool.random(using: &random) }
            let selection = BlockSelection(relevance: blocks.map { _ in 0.5 }, kept: kept)
            let positions = partition.keptPositions(selection)
            #expect(Array(positions.prefix(partition.prefix.count)) == Array(partition.prefix))

            let compacted = partition.keeping(selection)
            #expect(compacted.prefix == partition.prefix)
            let surviving = compacted.blocks.map { $0.map { positions[$0] } }
            #expect(surviving == zip(blocks, kept).filter(\.1).map { Array($0.0) }, "\(partition) \(kept)")
        }
    }

    private func randomPartition(layout: BlockLayout, using random: inout SplitMix) -> BlockPartition {
        let tokens = Int.random(in: 1...512, using: &random)
        return BlockPartition(
            tokens: tokens,
            prefixLength: Int.random(in: 0...tokens, using: &random),
            layout: layout,
            blockSize: Int.random(in: 1...128, using: &random)
        )
    }
}
