import EncoderModule
import TensorModule

/// The Block Skim Transformer at inference (Section 4.3) on oneDNN.
///
/// Computes what ``ReferenceSkimmingEncoder`` specifies; pinned by `SkimmingEncoderTests`. Every window keeps exactly
/// its own blocks, and what a window gives does not depend on the others of its batch, to the last bit; pinned by
/// `SkimmingPropertyTests`.
package final class SkimmingEncoder {
    package let encoder: Encoder
    /// The Block Skim Module of each skim layer, by the layer counted from 1.
    let predictors: [Int: SkimPredictor]
    let team: ThreadTeam
    private let layout: BlockLayout
    private let blockSize: Int
    private let states: HiddenStates
    private let workspace: SkimWorkspace
    private let result = FloatBuffer()

    /// One window to encode.
    package struct Window {
        package var ids: [Int32]
        package var tokenTypes: [Int32]
        /// The tokens of `[CLS] question [SEP]`.
        package var prefixLength: Int

        package init(ids: [Int32], tokenTypes: [Int32], prefixLength: Int) {
            self.ids = ids
            self.tokenTypes = tokenTypes
            self.prefixLength = prefixLength
        }
    }

    /// What a batch of windows gives.
    package struct Output {
        /// The hidden states of all tokens of all windows one after another, `[tokens, hidden]`.
        ///
        /// Those of dropped tokens are as the skim layer left them. Valid until the next batch.
        package let hidden: UnsafePointer<Float>
        /// What was kept where, for each window.
        package let traces: [SkimTrace]
    }

    /// - Parameters:
    ///   - encoder: What encodes.
    ///   - predictors: The module of each skim layer, by the layer counted from 1; none for a dense encoder.
    ///   - layout: Where blocks start.
    ///   - blockSize: b, the tokens of a block.
    ///   - team: Who does the work.
    package init(
        encoder: Encoder,
        predictors: [Int: SkimPredictor],
        layout: BlockLayout = .passageAligned,
        blockSize: Int = 32,
        team: ThreadTeam
    ) {
        self.encoder = encoder
        self.predictors = predictors
        self.layout = layout
        self.blockSize = blockSize
        self.team = team
        states = HiddenStates(encoder.configuration)
        workspace = SkimWorkspace(heads: encoder.configuration.heads, workers: team.workers.count)
    }

    /// Encodes windows: for each layer attend; if it is a skim layer, predict and drop; go on with what is kept.
    ///
    /// - Parameters:
    ///   - windows: At least one.
    ///   - policy: How blocks are chosen; `nil` runs all layers on all tokens.
    /// - Returns: Hidden states and what was kept where.
    /// - Throws: The errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`.
    package func callAsFunction(_ windows: [Window], policy: SkimPolicy?) throws(EncoderError) -> Output {
        try encoder.embed(windows.map { ($0.ids, $0.tokenTypes) }, into: states, on: team)
        let starts = states.windows.map(\.lowerBound)
        result.reserve(states.tokens * encoder.configuration.hidden)
        var progress = windows.map { SkimProgress(partition: partition(of: $0)) }

        for (layer, attend) in zip(1..., encoder.layers) {
            guard let policy, let predict = predictors[layer] else {
                attend(states, attention: .discarded, on: team)
                continue
            }
            attend(states, attention: .kept, on: team)
            forward(progress, starts: starts)
            let keptRows = windows.indices.map { window in
                guard !progress[window].positions.isEmpty else { return [Int]() }
                let logits = predict(
                    attention: states.attention(ofWindow: window),
                    hidden: states.values(ofWindow: window),
                    partition: progress[window].partition,
                    workspace: workspace,
                    on: team
                )
                let selection = policy.select(
                    logits: logits,
                    partition: progress[window].partition,
                    tokens: windows[window].ids.count
                )
                return progress[window].drop(by: selection, afterLayer: layer)
            }
            states.keep(keptRows)
            if states.tokens == 0 { break }
        }
        forward(progress, starts: starts)
        return Output(hidden: result.start, traces: progress.map(\.trace))
    }

    func partition(of window: Window) -> BlockPartition {
        BlockPartition(
            tokens: window.ids.count,
            prefixLength: window.prefixLength,
            layout: layout,
            blockSize: blockSize
        )
    }

    /// Puts the hidden states of the tokens in the network where the tokens are in their windows.
    ///
    /// Those that are then dropped stay there as they are: the paper's way to the question-answering head.
    private func forward(_ progress: [SkimProgress], starts: [Int]) {
        let width = encoder.configuration.hidden
        for (window, progress) in progress.enumerated() {
            let rows = states.values(ofWindow: window)
            for (row, position) in progress.positions.enumerated() {
                (result.start + (starts[window] + position) * width).update(
                    from: rows + row * width,
                    count: width
                )
            }
        }
    }
}
