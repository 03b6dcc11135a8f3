import BlockSkimModule
import EncoderModule
import TensorModule
import TokenizerModule

/// Answers questions with spans of a document.
///
/// ```swift
/// let answerer = try QuestionAnswerer(model: "path/to/checkpoint")
/// let report = try answerer.answer(question: "Who wrote it?", context: text)
/// print(report.answers[0].text)
/// ```
///
/// Safe to use from several threads; they take turns window by window, each with all of the answerer's threads.
public final class QuestionAnswerer: Sendable {
    /// The shape of the model's encoder.
    public var encoder: EncoderConfiguration { model.configuration }
    /// How the model skims; nil when it runs dense.
    public var skimming: SkimConfiguration? { model.skimming }
    /// The model's tokenizer.
    public let tokenizer: Tokenizer

    private let model: SpanModel
    private let layout: SpecialTokenLayout
    private let batchSize: Int

    /// What is asked, and how it is to be answered.
    public struct Settings: Sendable, Equatable {
        /// How long contexts are cut; clamped to what the model can take.
        public var windows: WindowSettings
        /// Which spans may be answers and how many are wanted.
        public var decoding: DecodingSettings
        /// Whether reports hold token ids and logits.
        public var diagnostics: Bool

        /// Settings; the defaults are those of the command line.
        public init(
            windows: WindowSettings = WindowSettings(),
            decoding: DecodingSettings = DecodingSettings(),
            diagnostics: Bool = false
        ) {
            self.windows = windows
            self.decoding = decoding
            self.diagnostics = diagnostics
        }
    }

    /// Loads a checkpoint directory in Hugging Face's layout.
    ///
    /// - Parameters:
    ///   - directory: `config.json`, `model.safetensors`, the tokenizer's files and, for a model that skims,
    ///     `blockskim.json`.
    ///   - options: How the model is run.
    /// - Throws: `tokenizer`, `encoder`, `blockSkim`, `denseCheckpoint`, `notCalibrated`, `maximumF1LossNegative`,
    ///   `vocabularyMismatch`, `batchSizeNotPositive`.
    public init(model directory: String, options: ModelOptions = ModelOptions())
        throws(QuestionAnsweringError)
    {
        guard options.batchSize >= 1 else { throw .batchSizeNotPositive(options.batchSize) }
        batchSize = options.batchSize
        model = try SpanModel(directory: directory, options: options)
        do {
            tokenizer = try Tokenizer(directory: directory)
        } catch {
            throw .tokenizer(error)
        }
        guard tokenizer.vocabularySize <= model.configuration.vocabularySize else {
            throw .vocabularyMismatch(
                directory: directory,
                tokenizer: tokenizer.vocabularySize,
                embeddings: model.configuration.vocabularySize
            )
        }
        layout = SpecialTokenLayout(
            tokenizer.pairLayout,
            tokenTypeCount: model.configuration.tokenTypeCount
        )
    }

    /// Prepares a document that several questions are asked about.
    ///
    /// - Throws: `blankContext`.
    public func document(_ text: String) throws(QuestionAnsweringError) -> ContextDocument {
        try ContextDocument(text, tokenize: tokenizer.tokenize)
    }

    /// Answers one question about a text.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - context: The text that holds the answer, of any length.
    ///   - settings: How it is to be answered.
    ///   - progress: Called after each batch of windows with how many are done and how many there are.
    /// - Returns: The answers, best first, and what it took.
    /// - Throws: Any `QuestionAnsweringError` that names the question, the context or a setting; `encoder`.
    public func answer(
        question: String,
        context: String,
        settings: Settings = Settings(),
        progress: (_ finished: Int, _ wanted: Int) -> Void = { _, _ in }
    ) throws(QuestionAnsweringError) -> AnswerReport {
        let clock = ContinuousClock()
        let start = clock.now
        let document = try document(context)
        let elapsed = (clock.now - start) / .milliseconds(1)
        var report = try answer(
            question: question,
            document: document,
            settings: settings,
            progress: progress
        )
        report.milliseconds.tokenize += elapsed
        return report
    }

    /// Answers one question about a prepared document.
    ///
    /// - Throws: As ``answer(question:context:settings:progress:)``.
    public func answer(
        question: String,
        document: ContextDocument,
        settings: Settings = Settings(),
        progress: (_ finished: Int, _ wanted: Int) -> Void = { _, _ in }
    ) throws(QuestionAnsweringError) -> AnswerReport {
        let request = Request(question: question, document: document)
        return try answers([request], settings: settings, progress: progress)[0].get().report
    }

    /// Answers questions together; one that cannot be answered fails alone.
    ///
    /// Every report equals that of the question asked by itself, but for the times.
    ///
    /// - Throws: Only what concerns all of them: settings that no question can be answered with.
    public func answer(
        _ questions: [(question: String, document: ContextDocument)],
        settings: Settings = Settings()
    ) throws(QuestionAnsweringError) -> [Result<AnswerReport, QuestionAnsweringError>] {
        try answers(
            questions.map { Request(question: $0.question, document: $0.document) },
            settings: settings
        )
        .map { $0.map(\.report) }
    }

    /// A question about a prepared document.
    package struct Request {
        package var question: String
        package var document: ContextDocument

        package init(question: String, document: ContextDocument) {
            self.question = question
            self.document = document
        }
    }

    /// An answered question with what evaluation looks at besides the report.
    package struct Answered {
        package var report: AnswerReport
        package var decoded: DecodedAnswers
        package var windows: [(window: ContextWindow, trace: SkimTrace)]
    }

    /// Answers questions together, as ``answer(_:settings:)``.
    ///
    /// - Parameters:
    ///   - requests: What is asked.
    ///   - settings: How it is to be answered.
    ///   - progress: Called after each batch with how many windows of all requests are done.
    /// - Returns: One result a request, in order.
    /// - Throws: Only what concerns all requests: settings that no question can be answered with.
    package func answers(
        _ requests: [Request],
        settings: Settings,
        progress: (_ finished: Int, _ wanted: Int) -> Void = { _, _ in }
    ) throws(QuestionAnsweringError) -> [Result<Answered, QuestionAnsweringError>] {
        var settings = settings
        settings.windows = settings.windows.clamped(toPositionLimit: model.configuration.maximumPositions)
        try settings.windows.validate(layout: layout)
        try settings.decoding.validate()

        var works: [Result<QuestionInProgress, QuestionAnsweringError>] = requests.map { request in
            Result { () throws(QuestionAnsweringError) in
                try QuestionInProgress(
                    request,
                    settings: settings,
                    layout: layout,
                    tokenize: tokenizer.tokenize
                )
            }
        }
        let places = works.enumerated().flatMap { index, work in
            ((try? work.get())?.windows.indices ?? 0..<0).map { (request: index, window: $0) }
        }
        for batchStart in stride(from: 0, to: places.count, by: batchSize) {
            let batch = places[batchStart..<min(batchStart + batchSize, places.count)]
            run(batch, of: &works)
            progress(batch.endIndex, places.count)
        }
        return works.map { work in
            work.map { $0.finish(skimLayers: model.skimming?.skimLayers) }
        }
    }

    /// Encodes some windows together and hands each question what the model says of its own.
    private func run(
        _ batch: ArraySlice<(request: Int, window: Int)>,
        of works: inout [Result<QuestionInProgress, QuestionAnsweringError>]
    ) {
        // A question that failed on an earlier window is not read any further.
        let live = batch.compactMap { place in
            (try? works[place.request].get()).map {
                (place: place, work: $0, window: $0.windows[place.window])
            }
        }
        guard !live.isEmpty else { return }
        let clock = ContinuousClock()
        let start = clock.now
        let results = Result { () throws(QuestionAnsweringError) in try model(live.map(\.window)) }
        let share = (clock.now - start) / .milliseconds(1) / Double(live.count)
        for (index, (place, work, window)) in live.enumerated() {
            do {
                try work.add(window, at: place.window, results.get()[index], encodeMilliseconds: share)
            } catch {
                works[place.request] = .failure(error)
            }
        }
    }
}
