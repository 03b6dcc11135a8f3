import BlockSkimModule
import EncoderModule
import TokenizerModule

/// Why a question cannot be answered as asked.
public enum QuestionAnsweringError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The question is empty or has nothing in it but white space and control characters.
    case emptyQuestion
    /// The context is empty or has nothing in it but white space and control characters.
    case blankContext(scalarCount: Int)
    /// The longest window leaves no token for a question or a context beside the special tokens.
    case windowTooSmall(maximumLength: Int, specialTokenCount: Int)
    /// The question leaves no token of the window for the context.
    case questionFillsWindow(questionTokenCount: Int, maximumLength: Int, specialTokenCount: Int)
    /// Each window has room for `room` context tokens; windows that share all of them would never advance.
    case overlapOutOfRange(overlap: Int, room: Int)
    /// Each window has room for `room` context tokens: with a step of 0 or less windows would never advance, with one
    /// of more than `room` they would leave out text.
    case stepOutOfRange(step: Int, room: Int)
    /// No answers were asked for.
    case answerCountNotPositive(Int)
    /// No score is, or every score is, at least this.
    case minimumScoreOutOfRange(Double)
    /// No span is short enough.
    case maximumAnswerLengthNotPositive(Int)
    /// The n-best list has no place.
    case nBestCountNotPositive(Int)
    /// The no-answer threshold is not a number, so that no comparison with it means anything.
    case noAnswerThresholdNotANumber
    /// The model gave a logit that is NaN, infinite, or so large that the sum of two overflows.
    case unusableLogit(windowIndex: Int, position: Int)
    /// The tokenizer could not be loaded.
    case tokenizer(TokenizerError)
    /// The encoder could not be loaded or run.
    case encoder(EncoderError)
    /// The block-skim part of the checkpoint could not be loaded.
    case blockSkim(BlockSkimError)
    /// Skimming was asked for, but the checkpoint has no `blockskim.json`.
    case denseCheckpoint(directory: String)
    /// Blocks were to be dropped after layers that have no Block Skim Module.
    case noBlockSkimModule(directory: String, layers: [Int], available: [Int])
    /// There are several thresholds, but not one for each skim layer.
    case thresholdCountMismatch(layers: [Int], thresholds: [Double])
    /// A way to skim was to be chosen by its loss, but none was measured.
    case notCalibrated(directory: String)
    /// The F1 loss to allow is negative or not a number.
    case maximumF1LossNegative(Double)
    /// The tokenizer knows more tokens than the model has embeddings for.
    case vocabularyMismatch(directory: String, tokenizer: Int, embeddings: Int)
    /// A batch has no window.
    case batchSizeNotPositive(Int)
    /// The task that answers was cancelled.
    case cancelled

    /// What went wrong, where, and what to do.
    public var description: String {
        switch self {
        case .emptyQuestion:
            "question: has no text; ask one with at least one word"
        case .blankContext(let scalarCount):
            "context: none of its \(scalarCount) characters is text; give a document with at least one word"
        case .windowTooSmall(let maximumLength, let specialTokenCount):
            "maximum length \(maximumLength): a window needs \(specialTokenCount) special tokens, a question "
                + "and a context; use \(specialTokenCount + 2) or more (384 is usual)"
        case .questionFillsWindow(let questionTokenCount, let maximumLength, let specialTokenCount):
            "question: its \(questionTokenCount) tokens and \(specialTokenCount) special tokens leave no room for "
                + "the context in a window of \(maximumLength); shorten the question, let its end be left out "
                + "(--truncate-question), or raise the maximum length if the model allows it"
        case .overlapOutOfRange(let overlap, let room):
            "overlap \(overlap): a window has room for \(room) context tokens beside this question, so the overlap "
                + "must be from 0 to \(room - 1); lower it or raise the maximum length"
        case .stepOutOfRange(let step, let room):
            "step \(step): a window has room for \(room) context tokens beside this question, so the step must be "
                + "from 1 to \(room), else text would be skipped; change it or the maximum length"
        case .answerCountNotPositive(let count):
            "top-k \(count): is no number of answers; ask for 1 or more"
        case .minimumScoreOutOfRange(let score):
            "minimum score \(score): scores are probabilities; give a number from 0 to 1"
        case .maximumAnswerLengthNotPositive(let count):
            "maximum answer length \(count): leaves no span; allow 1 token or more (30 is usual)"
        case .nBestCountNotPositive(let count):
            "n-best \(count): leaves no candidate; keep 1 or more (20 is usual)"
        case .noAnswerThresholdNotANumber:
            "no-answer threshold: is not a number; give a logit difference (0 is usual)"
        case .unusableLogit(let windowIndex, let position):
            "window \(windowIndex), token \(position): the model gave a logit that is not a usable number; "
                + "the checkpoint is damaged, or its precision is too low for it"
        case .tokenizer(let error): error.description
        case .encoder(let error): error.description
        case .blockSkim(let error): error.description
        case .denseCheckpoint(let directory):
            "\(directory): has no blockskim.json, so it cannot skim; leave out the skim options or give a checkpoint "
                + "that was trained with block skimming"
        case .noBlockSkimModule(let directory, let layers, let available):
            "\(directory): has no Block Skim Module for layer \(Self.list(layers)); it has them for \(Self.list(available))"
        case .thresholdCountMismatch(let layers, let thresholds):
            "\(thresholds.count) thresholds for the skim layers \(Self.list(layers)): give one for all of them, or one "
                + "for each"
        case .notCalibrated(let directory):
            "\(directory)/blockskim.json: holds no measured losses to choose by; run blockskim-train calibrate on the "
                + "checkpoint, or give a layer and a threshold"
        case .maximumF1LossNegative(let loss):
            "maximum F1 loss \(loss): no way to run a model loses so little; allow 0 points or more (0.2 is usual)"
        case .vocabularyMismatch(let directory, let tokenizer, let embeddings):
            "\(directory): the tokenizer has \(tokenizer) tokens, the model embeddings for \(embeddings); the files "
                + "must be of one checkpoint"
        case .batchSizeNotPositive(let count):
            "batch size \(count): no window would be read; use 1 or more"
        case .cancelled: EncoderError.cancelled.description
        }
    }

    private static func list(_ layers: [Int]) -> String { layers.map { "\($0)" }.joined(separator: ", ") }
}
