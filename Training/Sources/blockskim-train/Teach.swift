import ArgumentParser
import SkimTrainingModule
import TerminalModule
import TorchModule

/// `blockskim-train teach`.
struct Teach: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write what a trained model says of data sets to a file, for train --teacher to learn from.",
        discussion: """
            The file holds the start and end logits of every window, and how relevant the layers with a block \
            classifier find its blocks. A student with the same tokenizer and windows learns from all of it. One with \
            others learns spans, matched by their place in the text.

            Example: blockskim-train teach --model base --train train.json --output teacher.safetensors
            """
    )

    @Option(help: "The checkpoint directory of the teacher: a model that was trained to answer questions.")
    var model: String

    @Option(
        parsing: .upToNextOption,
        help: "The data sets that the student trains on: SQuAD JSON or MRQA JSON Lines."
    )
    var train: [String]

    @Option(help: "The file to write. Unfinished parts stand beside it.")
    var output: String

    @Flag(help: "Continue a file that was begun.")
    var resume = false

    @Flag(help: "Replace the file, or what was begun of it.")
    var overwrite = false

    @Option(help: "The maximum number of tokens in a window, question and special tokens included.")
    var maxLength = 384

    @Option(help: "How many context tokens consecutive windows share.")
    var overlap = 128

    @Option(help: "How many windows the teacher reads at once.")
    var batchSize = 16

    @Option(
        help:
            "The number format of matrix products; auto is bf16 where the device multiplies it natively (AVX-512 BF16, AMX, CUDA), or f32."
    )
    var precision = PrecisionChoice.auto

    @Option(help: "The device to run the teacher on.")
    var device = Device.cpu

    @OptionGroup var threads: ThreadOption

    func validate() throws {
        if batchSize < 1 { throw ValidationError("--batch-size must be 1 or more") }
        if resume, overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
    }

    func run() throws {
        var settings = Teaching.Settings()
        settings.model = model
        settings.train = train
        settings.output = output
        settings.resume = resume
        settings.overwrite = overwrite
        settings.maximumLength = maxLength
        settings.overlap = overlap
        settings.batchSize = batchSize
        settings.device = device
        settings.precision = try precision.precision(on: device, resuming: nil) { StandardError.write($0) }
        settings.threads = try threads.budget()
        Interrupt.listen(saying: "\nStopping after this batch; --resume goes on. Once more stops at once.\n")
        let ending = try Teaching(
            settings,
            report: { StandardError.write($0) },
            showProgress: { StandardError.showProgress($0) },
            isInterrupted: { Interrupt.isRequested }
        ).run()
        if ending == .interrupted { throw ExitCode(Interrupt.exitStatus ?? 1) }
    }
}
