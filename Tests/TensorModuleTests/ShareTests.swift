import TensorModule
import Testing

@Suite struct ShareTests {
    @Test func rangesOfAllPartsFollowEachOtherAndDifferByOneAtMost() {
        for parts in 1...9 {
            for count in 0...70 {
                let ranges = (0..<parts).map { Share($0, of: parts).range(of: count) }
                #expect(ranges.flatMap(Array.init) == Array(0..<count))
                let sizes = ranges.map(\.count)
                #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "\(count) in \(parts)")
            }
        }
    }
}
