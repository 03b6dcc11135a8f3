import BlockSkimModule
import EncoderModule
import QuestionAnsweringModule
import TorchModule

/// What skimming in training leaves of a batch.
///
/// The windows without the tokens of dropped blocks stand as closely together as at inference, so that later classifiers see the
/// same maps there and here. Every token knows its place in the whole window.
struct SkimmedBatch {
    /// The windows that are left; labels of spans are not among theirs.
    let batch: WindowBatch
    /// For each row of what is left that of the whole batch, and for padding the one behind its last.
    private let sources: Tensor  // [batch · rows left]
    /// For each row of the whole batch that of what is left, and for what is not the one behind its last.
    private let targets: Tensor  // [batch · rows]
    /// 1 for the rows that are left, `[batch, rows, 1]`.
    private let kept: Tensor
    private let device: Device

    /// - Parameters:
    ///   - whole: the batch.
    ///   - selections: which blocks stay, one for each window.
    ///   - encoder: the shape of the model.
    ///   - device: where the tensors are.
    /// - Throws: what libtorch refuses.
    init(
        _ whole: WindowBatch,
        keeping selections: [BlockSelection],
        encoder: EncoderConfiguration,
        on device: Device
    ) throws(TorchError) {
        let positions = zip(whole.partitions, selections).map { $0.keptPositions($1) }
        batch = try WindowBatch(
            zip(whole.windows, positions).map { $0.keeping($1) },
            originalPlaces: positions,
            encoder: encoder,
            geometry: whole.geometry,
            on: device
        )
        self.device = device
        let (rows, rowsLeft) = (whole.rows, batch.rows)
        var sources = [Int](repeating: whole.batch * rows, count: whole.batch * rowsLeft)
        var targets = [Int](repeating: whole.batch * rowsLeft, count: whole.batch * rows)
        var kept = [Float](repeating: 0, count: whole.batch * rows)
        for window in 0..<whole.batch {
            for (index, position) in positions[window].enumerated() {
                let row = window * rows + whole.tokenRows[window][position]
                let rowLeft = window * rowsLeft + batch.tokenRows[window][index]
                sources[rowLeft] = row
                targets[row] = rowLeft
                kept[row] = 1
            }
        }
        self.sources = try Tensor(indices: sources, shape: [sources.count], on: device)
        self.targets = try Tensor(indices: targets, shape: [targets.count], on: device)
        self.kept = try Tensor(kept, shape: [whole.batch, rows, 1], on: device)
    }

    /// The hidden states of what is left.
    ///
    /// - Parameter hidden: those of the whole batch, `[batch, rows, hidden]`.
    /// - Returns: `[batch, rows left, hidden]`, 0 for padding.
    /// - Throws: what libtorch refuses.
    func taken(from hidden: Tensor) throws(TorchError) -> Tensor {
        try moved(hidden, to: sources).reshaped([batch.batch, batch.rows, hidden.shape[2]])
    }

    /// The hidden states of the whole batch: those of dropped blocks go straight to the head, as at inference.
    ///
    /// - Parameters:
    ///   - hidden: those of what is left.
    ///   - whole: those of the whole batch when blocks were dropped.
    /// - Returns: `[batch, rows, hidden]`.
    /// - Throws: what libtorch refuses.
    func put(_ hidden: Tensor, into whole: Tensor) throws(TorchError) -> Tensor {
        try moved(hidden, to: targets).reshaped(whole.shape)
            .replaced(by: whole.asFloat32(), whereZero: kept)
    }

    /// Rows in another order; the row behind the last is 0.
    private func moved(_ hidden: Tensor, to rows: Tensor) throws(TorchError) -> Tensor {
        let width = hidden.shape[2]
        return try [
            hidden.asFloat32().reshaped([-1, width]), Tensor(zeros: [1, width], on: device),
        ].concatenated(along: 0).selecting(rows, along: 0)
    }
}

extension LabelledWindow {
    /// The window without some of its tokens, with the labels of blocks alone.
    fileprivate func keeping(_ positions: [Int]) -> LabelledWindow {
        LabelledWindow(
            window: ContextWindow(
                ids: positions.map { window.ids[$0] },
                tokenTypes: positions.map { window.tokenTypes[$0] },
                prefixLength: window.prefixLength,
                contextTokens: 0..<max(0, positions.count - window.prefixLength)
            ),
            answer: nil,
            answerTokens: positions.indices.filter { holdsAnswerToken(in: positions[$0]..<positions[$0] + 1) }
                .map { $0...$0 }
        )
    }
}
