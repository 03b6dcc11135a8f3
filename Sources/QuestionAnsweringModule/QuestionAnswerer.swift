import BlockSkimModule
import EncoderModule
import Synchronization
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
/// Safe to use from several threads; they take turns batch by batch, each with all of the answerer's threads. In a `Task`
/// that is cancelled, an answer ends with `cancelled` before the next layer.
public final class QuestionAnswerer: Sendable {
    /// What answers.
    ///
    /// Other answerers may share it.
    public let model: QuestionAnsweringModel

    /// How many windows go through the layers together.
    public let batchSize: Int
    /// Threads and buffers, for one batch at a time.
    private let workspace: Mutex<Workspace>
    private let queue = AnsweringQueue()

    /// How a question is to be answered.
    public struct Settings: Sendable, Equatable {
        /// How long contexts are cut; clamped to what the model can take.
        public var windows: WindowSettings
        /// Which spans may be answers and how many are wanted.
        public var decoding: DecodingSettings
        /// Whether and how blocks are dropped.
        public var skimming: Skimming
        /// Whether reports hold token ids and logits.
        public var diagnostics: Bool

        /// Settings; the defaults are those of the command line.
        public init(
            windows: WindowSettings = WindowSettings(),
            decoding: DecodingSettings = DecodingSettings(),
            skimming: Skimming = .asConfigured,
            diagnostics: Bool = false
        ) {
            self.windows = windows
            self.decoding = decoding
            self.skimming = skimming
            self.diagnostics = diagnostics
        }
    }

    /// Loads a checkpoint directory in Hugging Face's layout.
    ///
    /// - Parameters:
    ///   - directory: `config.json`, `model.safetensors`, the tokenizer's files and, for a model that skims,
    ///     `blockskim.json`.
    ///   - options: With what the model is run.
    /// - Throws: `batchSizeNotPositive`, and what ``QuestionAnsweringModel/init(directory:threads:)`` throws.
    public convenience init(
        model directory: String,
        options: ModelOptions = ModelOptions()
    ) throws(QuestionAnsweringError) {
        guard options.batchSize >= 1 else { throw .batchSizeNotPositive(options.batchSize) }
        let model = try QuestionAnsweringModel(
            directory: directory,
            precision: options.precision,
            threads: options.threads
        )
        try self.init(model, options: options)
    }

    /// An answerer with threads and buffers of its own for a model that others may use too.
    ///
    /// - Parameters:
    ///   - model: What answers; it has its precision already.
    ///   - options: Threads and batch size.
    /// - Throws: `batchSizeNotPositive`.
    public init(
        _ model: QuestionAnsweringModel,
        options: ModelOptions = ModelOptions()
    ) throws(QuestionAnsweringError) {
        guard options.batchSize >= 1 else { throw .batchSizeNotPositive(options.batchSize) }
        self.model = model
        batchSize = options.batchSize
        workspace = Mutex(model.workspace(options.threads))
    }

    /// Prepares a document that several questions are asked about.
    ///
    /// - Throws: `blankContext`.
    public func document(_ text: String) throws(QuestionAnsweringError) -> ContextDocument {
        try ContextDocument(text, tokenize: model.tokenizer.tokenize)
    }

    /// Answers one question about a text.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - context: The text that holds the answer, of any length.
    ///   - settings: How it is to be answered.
    ///   - progress: Called after each batch of windows with how many are done and how many there are.
    /// - Returns: The answers, best first, and what it took.
    /// - Throws: Any `QuestionAnsweringError` that names the question, the context or a setting; `encoder`, `cancelled`.
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
        let request = Request(question: question, document: document)
        var report = try answers([request], settings: settings, progress: progress)[0].get().report
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

    /// Answers one question about a text without blocking the caller's executor.
    ///
    /// Questions that are asked in this way wait for each other in order. When the task is cancelled, the answer ends before
    /// the next layer.
    ///
    /// - Throws: As ``answer(question:context:settings:progress:)``.
    public func answer(
        question: String,
        context: String,
        settings: Settings = Settings()
    ) async throws(QuestionAnsweringError) -> AnswerReport {
        try await withTaskExecutorPreference(queue) { () async throws(QuestionAnsweringError) in
            let request = Request(question: question, document: try self.document(context))
            return try self.answers([request], settings: settings)[0].get().report
        }
    }

    /// Answers questions together; one that cannot be answered fails alone.
    ///
    /// Every report equals that of the question asked by itself, but for the times.
    ///
    /// - Throws: Only what concerns all of them: settings that no question can be answered with, and `cancelled`.
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
    public struct Request: Sendable {
        /// What is asked.
        public var question: String
        /// Where the answer is looked for.
        public var document: ContextDocument

        /// A question about a document.
        public init(question: String, document: ContextDocument) {
            self.question = question
            self.document = document
        }
    }

    /// Answers questions together, as ``answer(_:settings:)``, with all that the model said.
    ///
    /// - Parameters:
    ///   - requests: What is asked; windows of different questions and documents go through the layers together.
    ///   - settings: How it is to be answered.
    ///   - progress: Called after each batch with how many windows of all requests are done.
    /// - Returns: One result a request, in order.
    /// - Throws: Only what concerns all requests: settings that no question can be answered with, and `cancelled`.
    public func answers(
        _ requests: [Request],
        settings: Settings,
        progress: (_ finished: Int, _ wanted: Int) -> Void = { _, _ in }
    ) throws(QuestionAnsweringError) -> [Result<AnsweredQuestion, QuestionAnsweringError>] {
        var settings = settings
        settings.windows = settings.windows.clamped(toPositionLimit: model.encoder.maximumPositions)
        try settings.windows.validate(layout: model.layout)
        try settings.decoding.validate()
        let policy = try model.policy(for: settings.skimming)

        var works: [Result<QuestionInProgress, QuestionAnsweringError>] = requests.map { request in
            Result { () throws(QuestionAnsweringError) in
                try QuestionInProgress(
                    request,
                    settings: settings,
                    policy: policy,
                    layout: model.layout,
                    tokenize: model.tokenizer.tokenize
                )
            }
        }
        let places = works.enumerated().flatMap { index, work in
            let windows = if case .success(let work) = work { work.windows.indices } else { 0..<0 }
            return windows.map { (request: index, window: $0) }
        }
        for batchStart in stride(from: 0, to: places.count, by: batchSize) {
            let batch = places[batchStart..<min(batchStart + batchSize, places.count)]
            try run(batch, of: &works, policy: policy)
            progress(batch.endIndex, places.count)
        }
        return works.map { work in work.map { $0.finish() } }
    }

    /// Encodes some windows together and hands each question what the model says of its own.
    ///
    /// - Throws: `cancelled`; any other error concerns single questions.
    private func run(
        _ batch: ArraySlice<(request: Int, window: Int)>,
        of works: inout [Result<QuestionInProgress, QuestionAnsweringError>],
        policy: SkimPolicy?
    ) throws(QuestionAnsweringError) {
        // A question that failed on an earlier window is not read any further.
        let live = batch.compactMap { place in
            if case .success(let work) = works[place.request] { (place: place, work: work) } else { nil }
        }
        guard !live.isEmpty else { return }
        let clock = ContinuousClock()
        let start = clock.now
        let windows = live.map { $0.work.windows[$0.place.window] }
        let results = workspace.withLock { workspace in
            Result { () throws(EncoderError) in try model.score(windows, policy: policy, in: workspace) }
        }
        switch results {
        case .success(let results):
            let share = (clock.now - start) / .milliseconds(1) / Double(live.count)
            for ((place, work), result) in zip(live, results) {
                do throws(QuestionAnsweringError) {
                    try work.add(result, at: place.window, encodeMilliseconds: share)
                } catch {
                    works[place.request] = .failure(error)
                }
            }
        case .failure(.cancelled):
            throw .cancelled
        case .failure(let error) where live.count == 1:
            works[live[0].place.request] = .failure(.encoder(error))
        case .failure:
            // Whose fault it is shows when each window goes alone.
            for (place, _) in live { try run([place], of: &works, policy: policy) }
        }
    }
}
