/// Means of a map's rows and columns over the prefix and over everything: what the features of the full attention region
/// are taken from.
struct RegionMeans {
    private typealias Vector = ConvolutionMaps.Vector

    private let maps: ConvolutionMaps
    private let vectors: Int
    // Each [cells, vectors of channels].
    private var rowOverPrefix: [Vector]
    private var rowOverAll: [Vector]
    private var columnOverPrefix: [Vector]
    private var columnOverAll: [Vector]

    /// - Parameters:
    ///   - maps: The result of the convolutions.
    ///   - prefixCells: The prefix's cells, from 0; none when it has no token.
    init(_ maps: ConvolutionMaps, prefixCells: Int) {
        self.maps = maps
        vectors = maps.channels / Vector.scalarCount
        let (side, vectors) = (maps.side2, vectors)
        let zero = [Vector](repeating: Vector(), count: side * vectors)
        rowOverPrefix = zero
        rowOverAll = zero
        columnOverPrefix = zero
        columnOverAll = zero
        for row in 0..<side {
            let cells = ConvolutionMaps.vectors(maps.resultRow(row))
            for vector in 0..<vectors {
                var (prefix, all) = (Vector(), Vector())
                for column in 0..<side {
                    let cell = cells[column * vectors + vector]
                    if column < prefixCells { prefix += cell }
                    if row < prefixCells { columnOverPrefix[column * vectors + vector] += cell }
                    all += cell
                    columnOverAll[column * vectors + vector] += cell
                }
                rowOverPrefix[row * vectors + vector] = prefix / Float(max(prefixCells, 1))
                rowOverAll[row * vectors + vector] = all / Float(side)
            }
        }
        for index in zero.indices {
            columnOverPrefix[index] /= Float(max(prefixCells, 1))
            columnOverAll[index] /= Float(side)
        }
    }

    /// The features of a block.
    ///
    /// For each of its rows the means over the columns of the prefix, of the block and of everything, and for each
    /// of its columns those over the rows of the prefix and of everything.
    ///
    /// - Parameters:
    ///   - cells: The block's cells on the map; the others of a short last block read 0.
    ///   - cellsPerBlock: The cells of a whole block, in a row.
    ///   - channels: The real channels of the map.
    /// - Returns: `[5, channels, cellsPerBlock]`.
    func features(ofCells cells: Range<Int>, cellsPerBlock: Int, channels: Int) -> [Float] {
        var features = [Float](repeating: 0, count: 5 * channels * cellsPerBlock)
        for (position, cell) in cells.enumerated() {
            for channel in 0..<channels {
                let (vector, lane) = (channel / Vector.scalarCount, channel % Vector.scalarCount)
                let index = cell * vectors + vector
                var own: Float = 0
                for column in cells { own += maps.resultRow(cell)[column * maps.channels + channel] }
                let means = [
                    rowOverPrefix[index][lane], own / Float(cells.count), rowOverAll[index][lane],
                    columnOverPrefix[index][lane], columnOverAll[index][lane],
                ]
                for (kind, mean) in means.enumerated() {
                    features[(kind * channels + channel) * cellsPerBlock + position] = mean
                }
            }
        }
        return features
    }
}
