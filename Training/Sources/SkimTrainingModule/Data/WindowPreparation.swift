import DatasetModule
import EncoderModule
import Foundation
import QuestionAnsweringModule
import TerminalModule
import TokenizerModule

/// Makes windows of data sets, or finds those that were made before.
struct WindowPreparation {
    var configuration: TrainingConfiguration
    /// The shape of the model.
    var encoder: EncoderConfiguration
    /// Called with a line about each thing that is wrong with the data.
    var report: (String) -> Void

    /// The windows of all training files, in the order of the files.
    ///
    /// - Parameters:
    ///   - cache: the file that keeps them.
    ///   - keeping: whether they are written there when they are not.
    /// - Returns: windows whose labels lie inside them.
    /// - Throws: `dataset`, `tokenizer`, `questionAnswering`, `noReferences`, `noWindows`, `labelOutsideWindow`,
    ///   `safetensors`.
    func windows(cache: String, keeping: Bool) throws(TrainingError) -> PreparedWindows {
        if configuration.maximumLength > encoder.maximumPositions {
            report(
                "--max-length is \(configuration.maximumLength), but the model has \(encoder.maximumPositions) positions:"
                    + " windows have at most \(encoder.maximumPositions) tokens"
            )
        }
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
        for index in configuration.train.indices { try append(file: index, to: &windows, labeller) }
        guard windows.count > 0 else { throw .noWindows(files: configuration.train) }
        if let ratio = configuration.negativeWindows {
            windows.limitWindowsWithoutAnswer(to: ratio, seed: configuration.seed)
        }
        windows.countInTable()
        try windows.checkLabels()
        if keeping { try windows.write(to: cache, source: source) }
        return windows
    }

    private func cap(ofFile index: Int) -> Int { configuration.caps.ofFile(index) ?? .max }
    private func skipped(inFile index: Int) -> Int { configuration.skippedQuestions?.ofFile(index) ?? 0 }
    private func weight(ofFile index: Int) -> Double { configuration.weights.ofFile(index) ?? 1 }

    private func append(
        file index: Int,
        to windows: inout PreparedWindows,
        _ labeller: WindowLabeller
    ) throws(TrainingError) {
        let path = configuration.train[index]
        let sample = try sample(ofFile: index)
        var file = DataTable.File(path: path)
        var lengths: [Int] = []
        var draw = WindowDraw(
            most: configuration.windowsOfQuestion,
            using: SeededGenerator(seed: configuration.seed, name: "windows of questions of file \(index)")
        )
        let faults = FaultList(report: report)
        func leaveOut(_ example: Example, _ reason: QuestionUse.Reason, _ fault: String, kind: String) {
            file.leftOut[reason.rawValue, default: 0] += 1
            faults.add("\(path), question \(example.id): left out, \(fault)", kind: kind)
        }
        var number = 0
        try forEachPassage(path, report: { faults.add("\($0)", kind: $0.kind) }) {
            passage throws(TrainingError) in
            let document = Result { () throws(QuestionAnsweringError) in
                try labeller.document(passage.context)
            }
            for example in passage.examples {
                let spans: [Range<Int>]
                switch QuestionUse(example, allSpans: configuration.allSpans) {
                case .answered(let ranges): spans = ranges
                case .unanswerable: spans = []
                case .leftOut(let reason):
                    leaveOut(example, reason, reason.fault, kind: reason.rawValue)
                    continue
                }
                number += 1
                do throws(QuestionAnsweringError) {
                    let document = try document.get()
                    let times = sample.times(ofQuestion: number - 1)
                    if times > 0 {
                        let made = try labeller.windows(
                            question: example.question,
                            answers: spans,
                            document: document
                        )
                        for _ in 0..<times {
                            let drawn = draw(made)
                            windows.append(question: drawn, ofFile: index)
                            file.droppedWindows += made.count - drawn.count
                        }
                        file.questions += 1
                        if spans.isEmpty { file.unanswerableQuestions += 1 }
                        if let span = spans.first {
                            lengths.append(labeller.tokenCount(of: span, in: document))
                            if made.allSatisfy({ $0.answer == nil }) { file.cutAnswers += 1 }
                        }
                    }
                    file.usableQuestions += 1
                } catch {
                    leaveOut(example, .noWindow, "\(error)", kind: error.kind)
                }
            }
        }
        faults.finish()
        let nameless = file.leftOut[QuestionUse.Reason.noReference.rawValue] ?? 0
        if nameless > 0, number == 0, file.leftOut.count == 1 {
            throw .noReferences(path: path, questions: nameless)
        }
        file.answerTokens = DataTable.AnswerTokens(lengths)
        windows.table.files.append(file)
    }

    /// Which questions are taken; a file of which not all are is read beforehand, to count them.
    private func sample(ofFile index: Int) throws(TrainingError) -> QuestionSample {
        let (skipped, cap, weight) = (skipped(inFile: index), cap(ofFile: index), weight(ofFile: index))
        guard skipped > 0 || cap < .max || weight != 1 else { return .all }
        var count = 0
        try forEachPassage(configuration.train[index], report: { _ in }) { passage in
            count += passage.examples.count {
                if case .leftOut = QuestionUse($0, allSpans: false) { false } else { true }
            }
        }
        var generator = SeededGenerator(seed: configuration.seed, name: "questions of file \(index)")
        return QuestionSample(of: count, skipping: skipped, cap: cap, weight: weight, using: &generator)
    }

    private func forEachPassage(
        _ path: String,
        report: (DatasetIssue) -> Void,
        _ body: (Passage) throws(TrainingError) -> Void
    ) throws(TrainingError) {
        let reader = try TrainingError.wrapping { try DatasetReader(path: path) }
        while let item = try TrainingError.wrapping({ try reader.next() }) {
            switch item {
            case .issue(let issue): report(issue)
            case .passage(let passage): try body(passage)
            }
        }
    }

    /// What the windows depend on, a fact a line: when it is the same, so are they.
    ///
    /// Files are known by their content, wherever they are.
    func source() throws(TrainingError) -> String {
        var parts = [
            "version 3", "length \(min(configuration.maximumLength, encoder.maximumPositions))",
            "overlap \(configuration.overlap)", "all spans \(configuration.allSpans)",
        ]
        let limit = configuration.negativeWindows.map {
            "at most \($0) windows without an answer for one with"
        }
        if let limit { parts.append(limit) }
        let most = configuration.windowsOfQuestion
        if let most { parts.append("at most \(most) windows of a question") }
        let isSampled =
            !configuration.caps.isEmpty || configuration.skippedQuestions != nil
            || !configuration.weights.isEmpty
        if limit != nil || most != nil || isSampled {
            parts.append("seed \(configuration.seed)")
        }
        for (index, file) in configuration.train.enumerated() {
            let name = try Self.fingerprint(file, isOptional: false)
            let skipped = skipped(inFile: index)
            let after = skipped > 0 ? "after \(skipped), " : ""
            parts.append("\(after)\(cap(ofFile: index)), \(weight(ofFile: index)) times, of \(name)")
        }
        parts += try Self.tokenizerFacts(ofModel: configuration.model)
        // No window depends on it, but what is learnt from one.
        if let teacher = configuration.teacher { parts.append(try TeacherFile.fact(ofFile: teacher)) }
        return parts.joined(separator: "\n")
    }

    /// The files of a model's tokenizer, known by their content.
    static func tokenizerFacts(ofModel model: String) throws(TrainingError) -> [String] {
        var facts: [String] = []
        for file in ModelExport.tokenizerFiles {
            facts.append(try fingerprint("\(model)/\(file)", isOptional: true))
        }
        return facts
    }

    private static func fingerprint(_ file: String, isOptional: Bool) throws(TrainingError) -> String {
        let name = URL(filePath: file).lastPathComponent
        if isOptional, !FileManager.default.fileExists(atPath: file) { return "no \(name)" }
        try DataFile.check(file)
        return try "\(name), SHA-256 \(SHA256.hash(ofFile: file))"
    }
}

extension Array {
    /// The value for a data set, of one value for all or one for each; nil without values.
    fileprivate func ofFile(_ index: Int) -> Element? { count == 1 ? self[0] : dropFirst(index).first }
}

extension QuestionAnsweringError {
    /// What the error has in common with others that differ in values.
    var kind: String {
        Mirror(reflecting: self).children.first?.label ?? "\(self)"
    }
}
