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
        /// ``SkimPolicy/secondLookScore`` in place of that of the way to skim; nil for that.
        public var secondLookScore: Double?
        /// How much of a document is read, and in what order.
        public var reading: Reading
        /// How long a question may take when it is read best-first; nil for as long as it takes.
        ///
        /// No round of windows begins after that; the first always does. The time counts from when the question was handed
        /// over, so questions that are asked together use up each other's.
        public var budget: Duration?
        /// Whether reports hold token ids and logits.
        public var diagnostics: Bool

        /// Settings; the defaults are those of the command line.
        public init(
            windows: WindowSettings = WindowSettings(),
            decoding: DecodingSettings = DecodingSettings(),
            skimming: Skimming = .asConfigured,
            secondLookScore: Double? = nil,
            reading: Reading = .asConfigured,
            budget: Duration? = nil,
            diagnostics: Bool = false
        ) {
            self.windows = windows
            self.decoding = decoding
            self.skimming = skimming
            self.secondLookScore = secondLookScore
            self.reading = reading
            self.budget = budget
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
        if settings.decoding.noAnswer == .asConfigured, model.confidence?.noAnswer == nil {
            settings.decoding.noAnswer = .never
        }
        let lookAgain = settings.secondLookScore
        let policy = try model.policy(model.policy(for: settings.skimming), secondLookScore: lookAgain)
        var reading = try model.bestFirst(for: settings)
        if let given = reading {
            reading?.policy = try model.policy(given.policy, secondLookScore: lookAgain)
        }

        var works: [Result<QuestionInProgress, QuestionAnsweringError>] = requests.map { request in
            Result { () throws(QuestionAnsweringError) in
                try QuestionInProgress(
                    request,
                    settings: settings,
                    reading: reading,
                    policy: policy,
                    confidence: model.confidence,
                    layout: model.layout,
                    tokenize: model.tokenizer.tokenize
                )
            }
        }
        var finished = 0
        while let rounds = takeRounds(from: works) {
            try run(rounds, of: &works)
            finished += rounds.reduce(0) { $0 + $1.windows.count }
            let remaining = works.reduce(0) { $0 + ((try? $1.get().order.remaining) ?? 0) }
            progress(finished, finished + remaining)
        }
        return works.map { work in work.map { $0.finish() } }
    }

    /// Some windows of one question that go through the layers together.
    private struct Round {
        let request: Int
        let work: QuestionInProgress
        let windows: [Int]
    }

    /// The next windows of the first questions that have any to read: whole rounds, as many as a batch has room for but at
    /// least one, all with the same way to skim.
    ///
    /// - Returns: Nil when every question is read.
    private func takeRounds(
        from works: [Result<QuestionInProgress, QuestionAnsweringError>]
    ) -> [Round]? {
        var rounds: [Round] = []
        var count = 0
        for (request, work) in works.enumerated() {
            guard case .success(let work) = work, rounds.first.map({ $0.work.policy == work.policy }) ?? true
            else { continue }
            while let next = work.order.next, rounds.isEmpty || count + next.count <= batchSize {
                guard let windows = work.takeRound() else { break }
                rounds.append(Round(request: request, work: work, windows: windows))
                count += windows.count
            }
            if count >= batchSize { break }
        }
        return rounds.isEmpty ? nil : rounds
    }

    /// Encodes some windows together and hands each question what the model says of its own.
    ///
    /// - Throws: `cancelled`; any other error concerns single questions.
    private func run(
        _ rounds: [Round],
        of works: inout [Result<QuestionInProgress, QuestionAnsweringError>]
    ) throws(QuestionAnsweringError) {
        let clock = ContinuousClock()
        let start = clock.now
        let places = rounds.flatMap { round in round.windows.map { (round: round, window: $0) } }
        let windows = places.map { $0.round.work.windows[$0.window] }
        let ranges = ranges(of: rounds)
        let choice = choice(for: rounds, ranges: ranges)
        let looks = zip(rounds, ranges).compactMap { round, range in
            round.work.secondLook(at: round.windows).map { (look: $0, range: range) }
        }
        let results = workspace.withLock { workspace in
            Result { () throws(EncoderError) in
                try model.score(
                    windows,
                    choosing: choice,
                    lookingAgainAt: { results in looks.flatMap { $0.look.windows(of: results[$0.range]) } },
                    in: workspace
                )
            }
        }
        switch results {
        case .success(let results):
            let share = (clock.now - start) / .milliseconds(1) / Double(places.count)
            for (place, result) in zip(places, results) {
                // A question that failed on an earlier window is not read any further.
                guard case .success = works[place.round.request] else { continue }
                do throws(QuestionAnsweringError) {
                    try place.round.work.add(result, at: place.window, encodeMilliseconds: share)
                } catch {
                    works[place.round.request] = .failure(error)
                }
            }
        case .failure(.cancelled):
            throw .cancelled
        case .failure(let error) where rounds.count == 1:
            works[rounds[0].request] = .failure(.encoder(error))
        case .failure:
            // Whose fault it is shows when each question goes alone.
            for round in rounds { try run([round], of: &works) }
        }
    }

    /// Who decides which blocks of some rounds go on; all rounds have the same way to skim.
    private func choice(for rounds: [Round], ranges: [Range<Int>]) -> (any BlockChoice)? {
        guard let work = rounds.first?.work, let policy = work.policy else { return nil }
        guard rounds.contains(where: { $0.work.order.reading != nil }) else { return policy }
        return RoundSelection(policy: policy, rounds: ranges)
    }

    /// Where the windows of some rounds are among all of them.
    private func ranges(of rounds: [Round]) -> [Range<Int>] {
        var start = 0
        return rounds.map { round in
            defer { start += round.windows.count }
            return start..<start + round.windows.count
        }
    }
}
