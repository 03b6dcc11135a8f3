import BlockSkimModule
import EncoderModule
import QuestionAnsweringModule
import TorchModule

/// How the windows of a batch become blocks: what all batches of a run share.
struct BlockGeometry {
    var layout: BlockLayout
    var region: AttentionRegion
    var blockSize: Int
    var cells: BlockCells { BlockCells(blockSize: blockSize) }

    init(_ configuration: SkimConfiguration) {
        layout = configuration.blockLayout
        region = configuration.attentionRegion
        blockSize = configuration.blockSize
    }
}

/// Windows padded to one length, with their blocks and labels.
///
/// For the full attention region, a window's tokens stand on the rows that they have on the attention map: padding
/// between prefix and passage takes the place of the map's zero rows, so that attention comes out laid out. Padding
/// has no token, attends to nothing and is attended to by nothing.
struct WindowBatch {
    /// One block of one window.
    struct Block {
        /// The window, from 0.
        var window: Int
        /// The rows of the block's tokens.
        var rows: Range<Int>
        /// Where its first token stands in the whole window.
        var place: Int
        /// Whether the block holds at least one answer token, also of an answer that the window cuts.
        var holdsAnswer: Bool
    }

    let geometry: BlockGeometry
    /// What was put together.
    let windows: [LabelledWindow]
    /// How each of them is divided into blocks.
    let partitions: [BlockPartition]
    /// The rows of each window's tokens.
    let tokenRows: [[Int]]
    /// The number of windows.
    let batch: Int
    /// The rows of the longest window.
    let rows: Int
    /// The tokens of each window.
    let tokens: [Int]
    /// The tokens of each window's prefix, which stand on the first rows.
    let prefixLengths: [Int]
    /// The rows of each window's attention map; the others are padding of the batch.
    let sides: [Int]
    /// All passage blocks of all windows, in order.
    let blocks: [Block]
    /// The separators between question and passage of each window: RoBERTa has two.
    let separatorCounts: [Int]

    let ids: Tensor  // [batch, rows]
    let tokenTypes: Tensor  // [batch, rows]
    /// The rows of the position embeddings, `[batch, rows]`.
    let positions: Tensor
    /// Where the tokens stand in their windows, counted from 0; 0 for padding, `[batch, rows]`.
    let places: Tensor
    let valid: Tensor  // [batch, rows]
    let startRows: Tensor  // [batch]
    let endRows: Tensor  // [batch]
    /// 1 for windows that take part in the loss of spans, 0 for those that cut their answer, `[batch, 1]`.
    let spanWeights: Tensor

    /// - Parameters:
    ///   - labelled: the windows.
    ///   - originalPlaces: where the tokens stood before others were taken out, a list a window; nil where none was.
    ///   - encoder: the shape of the model.
    ///   - geometry: how windows become blocks.
    ///   - device: where the tensors are.
    /// - Throws: what libtorch throws, such as for want of memory.
    init(
        _ labelled: [LabelledWindow],
        originalPlaces: [[Int]]? = nil,
        encoder: EncoderConfiguration,
        geometry: BlockGeometry,
        on device: Device
    ) throws(TorchError) {
        self.geometry = geometry
        self.windows = labelled
        let windows = labelled.map(\.window)
        batch = windows.count
        tokens = windows.map(\.tokenCount)
        prefixLengths = windows.map(\.prefixLength)
        let partitions = windows.map {
            BlockPartition(
                tokens: $0.tokenCount,
                prefixLength: $0.prefixLength,
                layout: geometry.layout,
                blockSize: geometry.blockSize
            )
        }
        self.partitions = partitions
        let places = partitions.map { RowPlaces($0, geometry) }
        tokenRows = zip(windows, places).map { window, places in
            window.ids.indices.map(places.row)
        }
        sides = places.map(\.side)
        rows = sides.max() ?? 0

        var blocks: [Block] = []
        for (index, (window, partition)) in zip(labelled, partitions).enumerated() {
            for block in partition.blocks {
                blocks.append(
                    Block(
                        window: index,
                        rows: places[index].rows(ofTokens: block),
                        place: originalPlaces?[index][block.lowerBound] ?? block.lowerBound,
                        holdsAnswer: window.holdsAnswerToken(in: block)
                    )
                )
            }
        }
        self.blocks = blocks
        separatorCounts = windows.map(\.separatorCount)

        var (ids, types) = (
            [Int](repeating: 0, count: batch * rows), [Int](repeating: 0, count: batch * rows)
        )
        var (positions, tokenPlaces) = (ids, ids)
        var valid = [Float](repeating: 0, count: batch * rows)
        for (index, window) in windows.enumerated() {
            let positionRows = encoder.positionRows(of: window.ids)
            for (token, id) in window.ids.enumerated() {
                let row = index * rows + tokenRows[index][token]
                ids[row] = Int(id)
                types[row] = Int(window.tokenTypes[token])
                positions[row] = positionRows[token]
                tokenPlaces[row] = originalPlaces?[index][token] ?? token
                valid[row] = 1
            }
        }
        self.ids = try Tensor(indices: ids, shape: [batch, rows], on: device)
        tokenTypes = try Tensor(indices: types, shape: [batch, rows], on: device)
        self.positions = try Tensor(indices: positions, shape: [batch, rows], on: device)
        self.places = try Tensor(indices: tokenPlaces, shape: [batch, rows], on: device)
        self.valid = try Tensor(valid, shape: [batch, rows], on: device)
        // The classifier token, the target without answer, stands on row 0.
        let starts = zip(labelled, places).map { $1.row(ofToken: $0.answer?.lowerBound ?? 0) }
        let ends = zip(labelled, places).map { $1.row(ofToken: $0.answer?.upperBound ?? 0) }
        startRows = try Tensor(indices: starts, shape: [batch], on: device)
        endRows = try Tensor(indices: ends, shape: [batch], on: device)
        spanWeights = try Tensor(
            labelled.map { $0.cutsAnswer ? 0 : 1 },
            shape: [batch, 1],
            on: device
        )
    }

    /// Where the tokens of a window stand.
    private struct RowPlaces {
        private let map: AttentionMapLayout?
        let side: Int

        init(_ partition: BlockPartition, _ geometry: BlockGeometry) {
            switch geometry.region {
            case .full:
                let map = AttentionMapLayout(whole: partition, cells: geometry.cells)
                self.map = map
                side = map.side
            case .diagonal:
                map = nil
                side = partition.tokens
            }
        }

        func row(ofToken token: Int) -> Int { map?.row(ofToken: token) ?? token }

        func rows(ofTokens tokens: Range<Int>) -> Range<Int> {
            guard let first = tokens.first, let last = tokens.last else { return 0..<0 }
            return row(ofToken: first)..<row(ofToken: last) + 1
        }
    }
}
