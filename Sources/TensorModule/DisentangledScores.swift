import CKernels

/// DeBERTa's disentangled attention: to the product of query and key come those of the query with the key of their distance,
/// and of the key with the query of their distance.
///
/// The keys and queries of distances are constants of a layer: made once, when it is loaded. A row of their tables, a
/// *place*, stands for a few distances; it does not grow with the distance.
package struct DisentangledScores: Sendable {
    private let headSize: Int
    /// The rows of the tables.
    private let count: Int
    private let farthest: Int
    /// The place of each distance from −farthest to farthest.
    private let places: [Int32]
    /// For each head panels of `[headSize, count]`.
    private let keys: [Float]
    /// `[heads, count, headSize]`.
    private let queries: [Float]

    /// - Parameters:
    ///   - heads: H.
    ///   - keys: The key of each place in all heads, `[count, heads · headSize]`.
    ///   - queries: The query of each place, scaled as queries are, `[count, heads · headSize]`.
    ///   - count: The number of places.
    ///   - farthest: The largest distance that occurs, in either direction.
    ///   - place: The place of a distance: the position that is attended to less the one that attends.
    package init(
        heads: Int,
        keys: [Float],
        queries: [Float],
        count: Int,
        farthest: Int,
        place: (_ distance: Int) -> Int
    ) {
        precondition(
            keys.count == queries.count && keys.count.isMultiple(of: count * heads),
            "\(keys.count) and \(queries.count) elements for \(count) places of \(heads) heads"
        )
        let hidden = keys.count / count
        let headSize = hidden / heads
        self.headSize = headSize
        self.count = count
        self.farthest = farthest
        places = (-farthest...farthest).map { Int32(place($0)) }
        precondition(
            zip(places, places.dropFirst()).allSatisfy { $0 >= $1 }
                && places.allSatisfy { (0..<Int32(count)).contains($0) },
            "places of distances grow, or are not among \(count)"
        )
        let width = LibXSMM.attentionColumns
        let size = ColumnPanels.elementCount(inner: headSize, columns: count, width: width)
        var panels = [Float](repeating: 0, count: heads * size)
        for head in 0..<heads {
            keys.withUnsafeBufferPointer { keys in
                panels.withUnsafeMutableBufferPointer { panels in
                    guard let keys = keys.baseAddress, let panels = panels.baseAddress else { return }
                    _ = ColumnPanels(
                        keys + head * headSize,
                        innerStride: 1,
                        columnStride: hidden,
                        rows: headSize,
                        inner: headSize,
                        columns: count,
                        width: width,
                        storage: panels + head * size
                    )
                }
            }
        }
        self.keys = panels
        var split: [Float] = []
        split.reserveCapacity(queries.count)
        for head in 0..<heads {
            for place in 0..<count {
                let start = place * hidden + head * headSize
                split += queries[start..<start + headSize]
            }
        }
        self.queries = split
    }

    /// The place of a distance: the position that is attended to less the one that attends.
    func place(ofDistance distance: Int) -> Int { Int(places[farthest + distance]) }

    /// What queries say of places.
    struct Content {
        fileprivate let start: UnsafePointer<Float>
        fileprivate let stride: Int
        /// The place of the first column.
        let firstPlace: Int

        /// Those of one query, from ``firstPlace`` on.
        func row(_ row: Int) -> UnsafePointer<Float> { start + row * stride }
    }

    /// Multiplies queries with the keys of places.
    ///
    /// - Returns: The products, which the worker keeps until the next call.
    func multiply(
        _ query: UnsafePointer<Float>,
        stride: Int,
        rows: Int,
        places: ClosedRange<Int>,
        head: Int,
        on worker: Worker
    ) throws(TensorError) -> Content {
        let width = LibXSMM.attentionColumns
        let firstPlace = places.lowerBound / width * width
        let columns = min(count, (places.upperBound / width + 1) * width) - firstPlace
        let paddedColumns = (columns + width - 1) / width * width
        let result = try worker.positionsByQuery.reserve(rows * paddedColumns)
        let size = ColumnPanels.elementCount(inner: headSize, columns: count, width: width)
        let outcome = keys.withUnsafeBufferPointer { keys in
            Result { () throws(TensorError) in
                guard let keys = keys.baseAddress else { return }
                let panels = ColumnPanels(
                    packed: keys + head * size + firstPlace * headSize,
                    inner: headSize,
                    columns: columns,
                    width: width
                )
                try panels.multiply(
                    .float32(query, stride: stride),
                    rows: rows,
                    into: result,
                    stride: paddedColumns,
                    edges: .wholePanels,
                    on: worker
                )
            }
        }
        try outcome.get()
        return Content(start: UnsafePointer(result), stride: paddedColumns, firstPlace: firstPlace)
    }

    /// Multiplies the queries of places with keys, into ``Worker/positionsByKey``: `[places, stride]`.
    func multiply(
        _ keys: ColumnPanels,
        places: ClosedRange<Int>,
        head: Int,
        stride: Int,
        on worker: Worker
    ) throws(TensorError) {
        let result = try worker.positionsByKey.reserve(places.count * stride)
        let outcome = queries.withUnsafeBufferPointer { queries in
            Result { () throws(TensorError) in
                guard let queries = queries.baseAddress else { return }
                try keys.multiply(
                    .float32(queries + (head * count + places.lowerBound) * headSize, stride: headSize),
                    rows: places.count,
                    into: result,
                    stride: stride,
                    edges: .wholePanels,
                    on: worker
                )
            }
        }
        try outcome.get()
    }

    /// Adds to the scores of one row with a run of neighbours.
    ///
    /// - Parameters:
    ///   - scores: `[count]`.
    ///   - count: The rows of the run.
    ///   - distance: That of the first of them; each further one is at one more.
    ///   - content: What the row's query says of places, from `contentPlace` on.
    ///   - contentPlace: Its first place.
    ///   - keys: What places say of the keys of the run, `[places, stride]` from `keysPlace` on.
    ///   - keysPlace: Its first place.
    ///   - stride: How far its rows are apart.
    func add(
        to scores: UnsafeMutablePointer<Float>,
        count: Int,
        distance: Int,
        content: UnsafePointer<Float>,
        contentPlace: Int,
        keys: UnsafePointer<Float>,
        keysPlace: Int,
        stride: Int
    ) {
        places.withUnsafeBufferPointer { places in
            guard let start = places.baseAddress else { return }
            blockskim_add_positions(
                scores,
                count,
                start + farthest + distance,
                content,
                Int32(contentPlace),
                keys,
                Int32(keysPlace),
                stride
            )
        }
    }
}
