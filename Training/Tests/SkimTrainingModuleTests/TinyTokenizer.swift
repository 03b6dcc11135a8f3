import Foundation
import TrainingTestSupport

/// A tokenizer as the checkpoints of a family have it, with few tokens.
struct TinyTokenizer {
    private var files: [String: [UInt8]]
    /// The number of tokens.
    let vocabulary: Int

    init(_ family: FormulaFamily) {
        switch family.name {
        case "roberta":
            files = TinyByteVocabulary.files.mapValues { Array($0.utf8) }
            vocabulary = TinyByteVocabulary.tokens.count
        case "albert":
            files = ["spiece.model": TinyPieceVocabulary.model]
            vocabulary = TinyPieceVocabulary.pieces.count
        case "mpnet":
            files = TinyVocabulary.mpnetFiles.mapValues { Array($0.utf8) }
            vocabulary = TinyVocabulary.tokens.count
        case "deberta-v2":
            files = ["spm.model": TinyPieceVocabulary.debertaModel]
            vocabulary = TinyPieceVocabulary.pieces.count
        case "xlm-roberta", "camembert":
            files = ["sentencepiece.bpe.model": TinyPieceVocabulary.fairseqModel]
            vocabulary = TinyPieceVocabulary.pieces.count + 3
        default:
            files = TinyVocabulary.files.mapValues { Array($0.utf8) }
            vocabulary = TinyVocabulary.tokens.count
        }
    }

    /// A dense checkpoint of the family that has this tokenizer.
    static func checkpoint(
        _ family: FormulaFamily,
        layers: Int = 3,
        linearInputs: Int? = nil,
        stateChannels: Int = 0
    ) throws -> FormulaCheckpoint {
        let tokenizer = TinyTokenizer(family)
        var sizes = FormulaCheckpoint.Sizes()
        sizes.layers = layers
        sizes.vocabulary = max(sizes.vocabulary, tokenizer.vocabulary)
        let checkpoint = try FormulaCheckpoint(
            sizes: sizes,
            family: family,
            linearInputs: linearInputs,
            stateChannels: stateChannels
        )
        for (name, content) in tokenizer.files {
            try Data(content).write(to: URL(filePath: checkpoint.path + "/" + name))
        }
        return checkpoint
    }
}
