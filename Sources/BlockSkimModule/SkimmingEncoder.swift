import EncoderModule

/// The Block Skim Transformer at inference (Section 4.3): an encoder with its Block Skim Modules.
///
/// Immutable; a ``Workspace`` has the threads and buffers. Computes what ``ReferenceSkimmingEncoder`` specifies; pinned by
/// `SkimmingEncoderTests`. Every window keeps exactly its own blocks, and what a window gives does not depend on the others
/// of its batch, to the last bit; pinned by `SkimmingPropertyTests`.
package struct SkimmingEncoder: Sendable {
    package let encoder: Encoder
    /// The Block Skim Modules, by the layer counted from 1; none for a dense checkpoint.
    package let modules: [Int: SkimPredictor]
    private let layout: BlockLayout
    private let blockSize: Int

    /// - Parameters:
    ///   - encoder: What encodes.
    ///   - modules: The module of each layer that has one, by the layer counted from 1.
    ///   - layout: Where blocks start.
    ///   - blockSize: b, the tokens of a block.
    package init(
        encoder: Encoder,
        modules: [Int: SkimPredictor],
        layout: BlockLayout = .passageAligned,
        blockSize: Int = 32
    ) {
        self.encoder = encoder
        self.modules = modules
        self.layout = layout
        self.blockSize = blockSize
    }

    /// Encodes windows, as ``pass(over:choosing:in:)`` does.
    ///
    /// - Returns: Hidden states and what was kept where.
    /// - Throws: As ``pass(over:choosing:in:)``.
    package func callAsFunction(
        _ windows: [ContextWindow],
        choosing choice: (any BlockChoice)?,
        in workspace: Workspace
    ) throws(EncoderError) -> EncoderPass.Output {
        try pass(over: windows, choosing: choice, in: workspace).output()
    }

    /// Encodes windows: run up to a skim layer, ask its module which blocks matter, go on with what is kept.
    ///
    /// - Parameters:
    ///   - windows: At least one.
    ///   - choice: Who decides what is kept, and after which layers; nil runs all layers on all tokens.
    ///   - workspace: Threads and buffers.
    /// - Returns: The pass behind the last layer, for those who may look again.
    /// - Throws: The errors of `EncoderConfiguration.check(ids:tokenTypes:)`, `safetensors`, `cancelled`, `tensor`.
    package func pass(
        over windows: [ContextWindow],
        choosing choice: (any BlockChoice)?,
        in workspace: Workspace
    ) throws(EncoderError) -> EncoderPass {
        let pass = try EncoderPass(windows, encoder: encoder, partition: partition, in: workspace)
        for layer in choice?.layers ?? [] {
            guard let choice, let module = modules[layer] else {
                preconditionFailure("layer \(layer) has no Block Skim Module")
            }
            try pass.run(through: layer, attention: .kept)
            let relevance = try pass.relevance(by: module)
            try pass.keep(choice.select(relevance, afterLayer: layer))
        }
        try pass.run(through: encoder.configuration.layerCount)
        return pass
    }

    /// How a window is divided into blocks.
    package func partition(of window: ContextWindow) -> BlockPartition {
        BlockPartition(
            tokens: window.tokenCount,
            prefixLength: window.prefixLength,
            layout: layout,
            blockSize: blockSize
        )
    }
}
