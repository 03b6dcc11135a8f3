/// Where the tokens that a Block Skim Module looks at lie on its square map.
///
/// Rows and columns are alike.
public struct AttentionMapLayout: Sendable {
    /// Consecutive tokens on consecutive rows.
    struct Segment: Sendable {
        var mapStart: Int
        var tokens: Range<Int>
    }

    /// Ascending and disjoint; rows of the map that no segment covers are zero.
    var segments: [Segment]
    /// Rows of the map.
    public internal(set) var side: Int

    /// The square in which a block attends to itself.
    init(square block: Range<Int>, blockSize: Int) {
        segments = [Segment(mapStart: 0, tokens: block)]
        side = blockSize
    }

    /// The whole map of a window.
    ///
    /// In the passage-aligned layout the passage starts on a cell border.
    public init(whole partition: BlockPartition, cells: BlockCells) {
        let prefix = partition.layout == .passageAligned ? partition.prefixLength : 0
        let passageStart = cells.cellsCovering(tokens: prefix) * cells.tokensPerCell
        segments = [
            Segment(mapStart: 0, tokens: 0..<prefix),
            Segment(mapStart: passageStart, tokens: prefix..<partition.tokens),
        ]
        side = cells.cellsCovering(tokens: passageStart + partition.tokens - prefix) * cells.tokensPerCell
    }

    /// The token on a row, if there is one.
    public func token(onRow row: Int) -> Int? {
        for segment in segments {
            let token = segment.tokens.lowerBound + row - segment.mapStart
            if segment.tokens.contains(token) { return token }
        }
        return nil
    }

    /// The row of a token that lies on the map.
    public func row(ofToken token: Int) -> Int {
        for segment in segments where segment.tokens.contains(token) {
            return segment.mapStart + token - segment.tokens.lowerBound
        }
        preconditionFailure("token \(token) is not on a map of \(segments)")
    }
}
