import DatasetModule
import EncoderModule
import Foundation
import QuestionAnsweringModule
import TokenizerModule

/// Makes windows of data sets, or finds those that were made before.
struct WindowPreparation {
    var configuration: TrainingConfiguration
    /// The shape of the model.
    var encoder: EncoderConfiguration
    /// Called with a line about each file and each thing wrong in it.
    var report: (String) -> Void

    /// The windows of all training files, in the order of the files.
    ///
    /// - Parameters:
    ///   - cache: the file that keeps them.
    ///   - keeping: whether they are written there when they are not.
    /// - Returns: windows whose labels lie inside them.
    /// - Throws: `dataset`, `tokenizer`, `questionAnswering`, `noWindows`, `labelOutsideWindow`, `safetensors`.
    func windows(cache: String, keeping: Bool) throws(TrainingError) -> PreparedWindows {
        let source = try source()
        if let windows = PreparedWindows(path: cache, source: source) {
            try windows.checkLabels()
            return windows
        }
        let labeller = try TrainingError.wrapping {
            try WindowLabeller(
                tokenizer: Tokenizer(directory: configuration.model),
                encoder: encoder,
                settings: configuration.windowSettings
            )
        }
        var windows = PreparedWindows()
        for (index, file) in configuration.train.enumerated() {
            try append(file, cap: cap(ofFile: index), to: &windows, labeller)
        }
        guard windows.count > 0 else { throw .noWindows(files: configuration.train) }
        try windows.checkLabels()
        if keeping { try windows.write(to: cache, source: source) }
        return windows
    }

    private func cap(ofFile index: Int) -> Int {
        configuration.caps.count == 1
            ? configuration.caps[0] : configuration.caps.dropFirst(index).first ?? .max
    }

    private func append(
        _ file: String,
        cap: Int,
        to windows: inout PreparedWindows,
        _ labeller: WindowLabeller
    ) throws(TrainingError) {
        let before = windows.count
        var questions = 0
        let reader = try TrainingError.wrapping { try DatasetReader(path: file) }
        while questions < cap, let item = try TrainingError.wrapping({ try reader.next() }) {
            switch item {
            case .issue(let issue):
                report("\(issue)")
            case .passage(let passage):
                do throws(QuestionAnsweringError) {
                    let document = try labeller.document(passage.context)
                    for example in passage.examples where questions < cap {
                        questions += 1
                        let answer = example.answerRanges.first
                        // A question whose answer has no usable place teaches nothing; an unanswerable one does.
                        guard answer != nil || example.answers.isEmpty else {
                            report("\(file), question \(example.id): left out, its answer has no place")
                            continue
                        }
                        do throws(QuestionAnsweringError) {
                            let made = try labeller.windows(
                                question: example.question,
                                answer: answer,
                                document: document
                            )
                            made.forEach { windows.append($0) }
                        } catch {
                            report("\(file), question \(example.id): left out, \(error)")
                        }
                    }
                } catch {
                    report("\(file): a passage is left out, \(error)")
                }
            }
        }
        report("\(file): \(questions) questions, \(windows.count - before) windows")
    }

    /// What the windows depend on, a fact a line: when it is the same, so are they.
    ///
    /// Files are known by their content, wherever they are.
    func source() throws(TrainingError) -> String {
        var parts = [
            "version 2", "length \(min(configuration.maximumLength, encoder.maximumPositions))",
            "overlap \(configuration.overlap)",
        ]
        let tokenizer = ModelExport.tokenizerFiles.map { configuration.model + "/" + $0 }
        for (index, file) in configuration.train.enumerated() {
            parts.append("\(cap(ofFile: index)) of \(try fingerprint(file, isOptional: false))")
        }
        for file in tokenizer { parts.append(try fingerprint(file, isOptional: true)) }
        return parts.joined(separator: "\n")
    }

    private func fingerprint(_ file: String, isOptional: Bool) throws(TrainingError) -> String {
        let name = URL(filePath: file).lastPathComponent
        guard FileManager.default.fileExists(atPath: file) else {
            if isOptional { return "no \(name)" }
            throw .dataset(.cannotOpen(path: file, reason: "there is no such file"))
        }
        return try "\(name), SHA-256 \(SHA256.hash(ofFile: file))"
    }
}
