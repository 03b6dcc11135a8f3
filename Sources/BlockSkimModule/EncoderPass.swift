import EncoderModule
import TensorModule

/// Some windows on their way through the layers of an encoder.
///
/// It stops after any layer, says how relevant its blocks are there, and is told which of them go on. What is dropped is not
/// lost: ``resume(afterLayer:keeping:)`` goes back to a skim layer and on with other blocks. A pass that is let go gives its
/// buffers back.
package final class EncoderPass {
    /// The windows, in the order they were given.
    package let windows: [ContextWindow]
    /// How many layers the windows have gone through.
    package private(set) var layer = 0

    private let encoder: Encoder
    private let workspace: Workspace
    private let buffer: FloatBuffer
    private let states: HiddenStates
    private var progress: [SkimProgress]
    private var stops: [Stop] = []

    /// The windows as they were when blocks were dropped, before that.
    private struct Stop {
        let layer: Int
        let progress: [SkimProgress]
        /// The rows of all windows one after another, `[tokens still in the network, hidden]`.
        let states: FloatBuffer
    }

    /// What a finished pass gives.
    package struct Output {
        /// The hidden states of all tokens of all windows one after another, `[tokens, hidden]`.
        ///
        /// Those of dropped tokens are as their last layer left them: the paper's way to the question-answering head. Valid
        /// until another pass in the workspace gives its own.
        package var hidden: UnsafePointer<Float> { UnsafePointer(buffer.start) }
        /// What was kept where, for each window.
        package let traces: [SkimTrace]
        private let buffer: FloatBuffer

        fileprivate init(_ buffer: FloatBuffer, traces: [SkimTrace]) {
            self.buffer = buffer
            self.traces = traces
        }
    }

    /// Begins a pass: embeds the windows.
    ///
    /// - Parameters:
    ///   - windows: At least one.
    ///   - encoder: What encodes.
    ///   - partition: How a window is divided into blocks.
    ///   - workspace: Threads and buffers.
    /// - Throws: The errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`.
    package init(
        _ windows: [ContextWindow],
        encoder: Encoder,
        partition: (ContextWindow) -> BlockPartition,
        in workspace: Workspace
    ) throws(EncoderError) {
        self.windows = windows
        self.encoder = encoder
        self.workspace = workspace
        progress = windows.map { SkimProgress(partition: partition($0)) }
        buffer = workspace.takeStates()
        states = HiddenStates(encoder.configuration, states: buffer, buffers: workspace.encoder)
        try encoder.embed(windows.map { ($0.ids, $0.tokenTypes) }, into: states, on: workspace.team)
    }

    deinit {
        workspace.giveBack(buffer)
        for stop in stops { workspace.giveBack(stop.states) }
    }

    /// The tokens that are still in the network, of all windows together.
    package var tokens: Int { states.tokens }

    /// Runs the layers up to and including one.
    ///
    /// - Parameters:
    ///   - lastLayer: The layer, counted from 1; at least ``layer``.
    ///   - attention: What becomes of its attention probabilities; ``relevance(by:)`` needs them kept.
    /// - Throws: `cancelled` before a layer when the task that runs the pass was cancelled; `tensor`.
    package func run(
        through lastLayer: Int,
        attention: EncoderLayer.Attention = .discarded
    ) throws(EncoderError) {
        precondition(lastLayer >= layer, "layer \(lastLayer) of windows that went through \(layer)")
        while layer < lastLayer {
            if Task.isCancelled { throw .cancelled }
            if states.tokens > 0 {
                try encoder.layers[layer](
                    states,
                    attention: layer + 1 == lastLayer ? attention : .discarded,
                    on: workspace.team
                )
            }
            layer += 1
        }
    }

    /// Predicts whether blocks still matter, from what the layer that ran last kept.
    ///
    /// - Parameter module: The block classifier of that layer.
    /// - Returns: One result a window; nil for one that goes through no further layer.
    /// - Throws: `tensor`.
    package func relevance(by module: SkimPredictor) throws(EncoderError) -> [WindowRelevance?] {
        do {
            return try windows.indices.map { window throws(TensorError) in
                guard !progress[window].positions.isEmpty else { return nil }
                let partition = progress[window].partition
                let logits = try module(
                    attention: states.attention(ofWindow: window),
                    hidden: states.values(ofWindow: window),
                    partition: partition,
                    separatorCount: windows[window].separatorCount,
                    workspace: workspace.modules,
                    on: workspace.team
                )
                return WindowRelevance(
                    logits: logits,
                    partition: partition,
                    tokens: windows[window].tokenCount
                )
            }
        } catch {
            throw .tensor(error)
        }
    }

    /// Drops blocks after the layer that ran last.
    ///
    /// - Parameter selections: One a window; nil for a window that goes through no further layer.
    /// - Throws: `tensor`.
    package func keep(_ selections: [BlockSelection?]) throws(EncoderError) {
        let count = states.tokens * encoder.configuration.hidden
        let kept = workspace.takeStates()
        do { try kept.reserve(count).update(from: states.values, count: count) } catch {
            throw .tensor(error)
        }
        stops.append(Stop(layer: layer, progress: progress, states: kept))
        drop(selections)
    }

    /// Goes back to where blocks were dropped and on with others.
    ///
    /// Equals a new pass that drops them in the first place, to the last bit, without its lower layers.
    ///
    /// - Parameters:
    ///   - layer: A layer after which ``keep(_:)`` was called, counted from 1.
    ///   - selections: One a window, for the blocks that reached the layer.
    /// - Throws: `tensor`.
    package func resume(
        afterLayer layer: Int,
        keeping selections: [BlockSelection?]
    ) throws(EncoderError) {
        guard let index = stops.firstIndex(where: { $0.layer == layer }) else {
            preconditionFailure("no block was dropped after layer \(layer)")
        }
        for later in stops[(index + 1)...] { workspace.giveBack(later.states) }
        stops.removeSubrange((index + 1)...)
        let stop = stops[index]
        self.layer = layer
        progress = stop.progress
        do {
            try states.begin(positions: progress.map { RowPositions($0.positions) })
        } catch {
            throw .tensor(error)
        }
        states.values.update(from: stop.states.start, count: states.tokens * encoder.configuration.hidden)
        drop(selections)
    }

    /// Goes back to the first layer after which blocks were dropped, and through the rest with all blocks of some windows.
    ///
    /// - Parameter isChosen: Whether a window is one of them; the others go through no further layer.
    /// - Throws: `cancelled`, `tensor`.
    package func lookAgain(at isChosen: [Bool]) throws(EncoderError) {
        guard let first = stops.first else { preconditionFailure("no block was dropped") }
        let selections = zip(progress, isChosen).map { progress, isChosen in
            progress.trace.layers.first.map { layer in
                BlockSelection(
                    relevance: layer.blocks.map(\.relevance),
                    kept: layer.blocks.map { _ in isChosen }
                )
            }
        }
        try resume(afterLayer: first.layer, keeping: selections)
        try run(through: encoder.configuration.layerCount)
    }

    private func drop(_ selections: [BlockSelection?]) {
        precondition(
            selections.count == windows.count,
            "\(selections.count) choices, \(windows.count) windows"
        )
        states.keep(
            selections.indices.map { window in
                selections[window].map { progress[window].drop(by: $0, afterLayer: layer) } ?? []
            }
        )
    }

    /// What the windows give where they are now.
    ///
    /// - Throws: `tensor`.
    package func output() throws(EncoderError) -> Output {
        let width = encoder.configuration.hidden
        let result: UnsafeMutablePointer<Float>
        do {
            result = try workspace.result.reserve(windows.reduce(0) { $0 + $1.tokenCount } * width)
        } catch {
            throw .tensor(error)
        }
        // Later states overwrite those of earlier layers.
        for stop in stops { place(stop.states.start, of: stop.progress, into: result, width) }
        place(states.values, of: progress, into: result, width)
        return Output(workspace.result, traces: progress.map(\.trace))
    }

    /// Puts rows that are still in the network where the tokens are in their windows.
    private func place(
        _ rows: UnsafePointer<Float>,
        of progress: [SkimProgress],
        into result: UnsafeMutablePointer<Float>,
        _ width: Int
    ) {
        var (row, start) = (0, 0)
        for (window, progress) in zip(windows, progress) {
            for position in progress.positions {
                (result + (start + position) * width).update(from: rows + row * width, count: width)
                row += 1
            }
            start += window.tokenCount
        }
    }
}
