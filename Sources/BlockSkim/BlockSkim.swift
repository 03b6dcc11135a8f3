@_exported import BlockSkimDefaultModel
@_exported import BlockSkimModule
@_exported import DatasetModule
@_exported import EncoderModule
@_exported import EvaluationModule
@_exported import QuestionAnsweringModule
@_exported import TensorModule
@_exported import TokenizerModule
