import EncoderModule
import TensorModule

/// The Block Skim Transformer at inference (Section 4.3) on oneDNN.
///
/// Encodes one window at a time and computes what ``ReferenceSkimmingEncoder`` specifies; pinned by
/// `SkimmingEncoderTests`. Every window keeps exactly its own blocks, so nothing depends on other windows.
package final class SkimmingEncoder: @unchecked Sendable {
    package let encoder: Encoder
    private let predictors: [Int: SkimPredictor]
    private let layout: BlockLayout
    private let blockSize: Int
    private let team: ThreadTeam
    private let states: HiddenStates
    private let workspace: SkimWorkspace
    private let result = FloatBuffer()

    /// How the blocks that go on after a skim layer are chosen.
    package enum Policy: Sendable {
        /// By the predicted probability of irrelevance.
        case threshold(Double, minimumKeptBlocks: Int)
        /// So many of the best blocks that the kept share of the window's tokens comes closest to the fraction. For
        /// benchmarks.
        case forced(keptFraction: Double)
    }

    /// What one window gives.
    package struct Output {
        /// The hidden states of all tokens, `[tokens, hidden]`, those of dropped ones as the skim layer left them. Valid until
        /// the next window.
        package let hidden: UnsafePointer<Float>
        /// What was kept where.
        package let trace: SkimTrace
    }

    /// - Parameters:
    ///   - predictors: The module of each skim layer, by the layer counted from 1; none for a dense encoder.
    package init(
        encoder: Encoder, predictors: [Int: SkimPredictor], layout: BlockLayout, blockSize: Int,
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

    /// Encodes one window: for each layer attend; if it is a skim layer, predict and drop; go on with what is kept.
    ///
    /// Not for two callers at a time.
    ///
    /// - Parameters:
    ///   - prefixLength: The tokens of `[CLS] question [SEP]`.
    ///   - policy: How blocks are chosen; `nil` runs all layers on all tokens.
    /// - Throws: The errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`.
    package func callAsFunction(
        ids: [Int32], tokenTypes: [Int32], prefixLength: Int, policy: Policy?
    ) throws(EncoderError) -> Output {
        var progress = SkimProgress(
            partition: BlockPartition(
                tokens: ids.count, prefixLength: prefixLength, layout: layout, blockSize: blockSize))
        try encoder.embed(ids: ids, tokenTypes: tokenTypes, into: states, on: team)

        for (layer, attend) in zip(1..., encoder.layers) {
            guard let policy, let predict = predictors[layer] else {
                attend(states, attention: .discarded, on: team)
                continue
            }
            attend(states, attention: .kept, on: team)
            let logits = predict(
                attention: states.attention, partition: progress.partition, workspace: workspace, on: team)
            let selection = policy.select(logits: logits, partition: progress.partition, tokens: ids.count)
            forward(progress.positions)
            states.keep(rows: progress.drop(by: selection, afterLayer: layer))
            if selection.stopsNetwork { break }
        }
        forward(progress.positions)
        return Output(hidden: window, trace: progress.trace)
    }

    private var window: UnsafeMutablePointer<Float> {
        result.reserve(encoder.configuration.maximumPositions * encoder.configuration.hidden)
    }

    /// Puts the hidden states of the tokens in the network where the tokens are in the window. Those that are
    /// dropped now stay there as they are: the paper's way to the question-answering head.
    private func forward(_ positions: [Int]) {
        let width = encoder.configuration.hidden
        for (row, position) in positions.enumerated() {
            (window + position * width).update(from: states.values + row * width, count: width)
        }
    }
}

extension SkimmingEncoder.Policy {
    func select(logits: [Float], partition: BlockPartition, tokens: Int) -> BlockSelection {
        switch self {
        case .threshold(let threshold, let minimumKeptBlocks):
            return BlockSelection(logits: logits, threshold: threshold, minimumKeptBlocks: minimumKeptBlocks)
        case .forced(let keptFraction):
            let wanted = keptFraction * Double(tokens) - Double(partition.prefix.count)
            let count = Int((wanted / Double(partition.blockSize)).rounded())
            return BlockSelection(
                logits: logits, threshold: -1,
                minimumKeptBlocks: min(max(count, 1), partition.blockCount))
        }
    }
}
