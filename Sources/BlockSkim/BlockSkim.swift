// What users of the library need, and nothing else: the page "What is public, and what is promised" lists it.
// The modules have more that is public, for the trainer, which is a package of its own.
@_exported import BlockSkimDefaultModel

@_exported import enum BlockSkimModule.AttentionRegion
@_exported import enum BlockSkimModule.BlockClassifierKind
@_exported import enum BlockSkimModule.BlockLayout
@_exported import enum BlockSkimModule.BlockSkimError
@_exported import enum BlockSkimModule.BlockSkimVersion
@_exported import struct BlockSkimModule.SkimConfiguration
@_exported import struct BlockSkimModule.SkimFrontier
@_exported import struct BlockSkimModule.SkimPolicy
@_exported import enum BlockSkimModule.SkippedPositions
@_exported import struct EncoderModule.EncoderConfiguration
@_exported import enum EncoderModule.EncoderError
@_exported import struct QuestionAnsweringModule.AnswerReport
@_exported import struct QuestionAnsweringModule.BestFirstReading
@_exported import struct QuestionAnsweringModule.ConfidenceFeatures
@_exported import struct QuestionAnsweringModule.ConfidenceMap
@_exported import struct QuestionAnsweringModule.ContextDocument
@_exported import struct QuestionAnsweringModule.DecodingSettings
@_exported import struct QuestionAnsweringModule.DocumentExcerpt
@_exported import struct QuestionAnsweringModule.DocumentSearch
@_exported import struct QuestionAnsweringModule.DocumentSetReport
@_exported import struct QuestionAnsweringModule.ModelOptions
@_exported import struct QuestionAnsweringModule.ModelSummary
@_exported import class QuestionAnsweringModule.QuestionAnswerer
@_exported import enum QuestionAnsweringModule.QuestionAnsweringError
@_exported import class QuestionAnsweringModule.QuestionAnsweringModel
@_exported import enum QuestionAnsweringModule.Reading
@_exported import enum QuestionAnsweringModule.Skimming
@_exported import struct QuestionAnsweringModule.WindowSettings
@_exported import enum TensorModule.Precision
@_exported import struct TensorModule.ThreadBudget
@_exported import struct TextFileModule.TextFile
@_exported import enum TextFileModule.TextFileError
@_exported import enum TextFileModule.TextFileFormat
@_exported import enum TextFileModule.TextFolder
@_exported import typealias TokenizerModule.ScalarOffset
@_exported import struct TokenizerModule.TokenizedText
@_exported import struct TokenizerModule.Tokenizer
@_exported import enum TokenizerModule.TokenizerError
