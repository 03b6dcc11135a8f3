import BlockSkimModule
import EncoderModule

/// What a run learns from beside the labels: a teacher's file, found again by the windows of the run.
final class Teacher {
    private let path: String
    private let file: TeacherFile
    /// Where the logits of each window's tokens begin, and where the last ends.
    private let tokenStarts: [Int]
    /// The same of blocks.
    private let blockStarts: [Int]
    /// The teacher's windows by the hash of their tokens.
    private let windows: [Int64: Int]
    /// The teacher's windows of each question.
    private let questions: [Int64: [Int]]
    /// Where the student's windows stand in the text, by the hash of their tokens, when they are not the teacher's.
    private let student: (placed: PlacedWindows, windows: [Int64: Int])?
    /// Whether the teacher's file was made of all data sets of the run, and not of some of them.
    private let knowsAllData: Bool
    /// Whether the teacher's blocks are the student's.
    private let teachesBlocks: Bool
    /// Whether it says only where answers are, and not whether there are any.
    private let teachesSpansOnly: Bool

    /// The teacher of a run.
    ///
    /// - Parameters:
    ///   - configuration: the run.
    ///   - encoder: the shape of the student.
    ///   - geometry: how the student's blocks are cut.
    ///   - report: called with a line where there is something to say.
    /// - Returns: the teacher; nil when the run has none.
    /// - Throws: `safetensors`, `unreadable`, `teacherOfOtherData`, and what reading the data throws.
    static func teacher(
        of configuration: TrainingConfiguration,
        encoder: EncoderConfiguration,
        geometry: BlockGeometry,
        report: @escaping (String) -> Void
    ) throws(TrainingError) -> Teacher? {
        guard let path = configuration.teacher else { return nil }
        return try Teacher(path, configuration, encoder, geometry, report)
    }

    private init(
        _ path: String,
        _ configuration: TrainingConfiguration,
        _ encoder: EncoderConfiguration,
        _ geometry: BlockGeometry,
        _ report: @escaping (String) -> Void
    ) throws(TrainingError) {
        let source = try TeacherFile.source(ofFile: path)
        var others: [String] = []
        for file in configuration.train
        where try !source.data.contains(TeacherSource.hash(ofData: file)) { others.append(file) }
        guard others.count < configuration.train.count else {
            throw .teacherOfOtherData(path: path, files: others)
        }
        knowsAllData = others.isEmpty
        if !knowsAllData {
            report(
                "the teacher knows nothing of \(others.joined(separator: ", ")): learning from its labels alone"
            )
        }
        let file = try TeacherFile(path: path)
        self.path = path
        self.file = file
        teachesSpansOnly = configuration.teacherSpansOnly ?? false
        tokenStarts = file.placed.windows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.tokenCount) }
        blockStarts = file.logits.blockCounts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        windows = Self.byTokens(file.placed)
        questions = Dictionary(grouping: file.placed.windows.indices) { file.placed.windows[$0].question }
        if try source.windows == TeacherSource.windows(configuration, encoder: encoder) {
            student = nil
        } else {
            let placed = try QuestionWindows(configuration, encoder: encoder, report: { _ in }).placed
            student = (placed, Self.byTokens(placed))
        }
        let hasBlocks = !file.logits.blocks.isEmpty
        teachesBlocks = hasBlocks && student == nil && source.blocks == TeacherSource.blocks(configuration)
        if teachesBlocks { try checkBlocks(geometry) }
        if configuration.classifier != .none, !teachesBlocks {
            let reason =
                hasBlocks ? "the teacher's blocks are others" : "the teacher has no block classifier"
            report("\(reason): block classifiers learn from labels alone")
        }
    }

    private static func byTokens(_ placed: PlacedWindows) -> [Int64: Int] {
        Dictionary(
            placed.windows.enumerated().map { ($1.tokens, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Checks that each window has as many blocks as the student cuts it into.
    private func checkBlocks(_ geometry: BlockGeometry) throws(TrainingError) {
        for (window, count) in zip(file.placed.windows, file.logits.blockCounts) {
            let partition = BlockPartition(
                tokens: window.tokenCount,
                prefixLength: window.prefixLength,
                layout: geometry.layout,
                blockSize: geometry.blockSize
            )
            guard partition.blocks.count == count else {
                throw .unreadable(path: path, reason: "its blocks are not those of its windows")
            }
        }
    }

    /// Checks that it has something to say of a run's windows.
    ///
    /// - Throws: `teacherLacksWindows`.
    func check(_ prepared: PreparedWindows, report: (String) -> Void) throws(TrainingError) {
        let known = (0..<prepared.count).count { lesson(for: prepared[$0].window) != nil }
        let needsAll = student == nil && knowsAllData
        guard needsAll ? known == prepared.count : known > 0 || prepared.count == 0 else {
            throw .teacherLacksWindows(path: path, missing: prepared.count - known, of: prepared.count)
        }
        guard !needsAll else { return }
        let matched = student == nil ? "" : ", whose windows are others, matched by places in the text"
        report("\(known) of \(prepared.count) windows learn from the teacher\(matched)")
    }

    /// What the teacher says of a window; nil when that is nothing.
    func lesson(for window: ContextWindow) -> Lesson? {
        let lesson = wholeLesson(for: window)
        return teachesSpansOnly ? lesson?.spansOnly : lesson
    }

    private func wholeLesson(for window: ContextWindow) -> Lesson? {
        let tokens = PlacedWindows.hash(window.ids)
        guard let student else {
            guard let index = windows[tokens], file.placed.windows[index].tokenCount == window.tokenCount
            else {
                return nil
            }
            return Lesson(
                start: logits(file.logits.start, index).map(\.self),
                end: logits(file.logits.end, index).map(\.self),
                blocks: teachesBlocks
                    ? file.logits.blocks.mapValues {
                        Array($0[blockStarts[index]..<blockStarts[index + 1]])
                    } : [:]
            )
        }
        guard let known = student.windows[tokens].map({ student.placed.windows[$0] }) else { return nil }
        let side = Self.side(known, of: student.placed)
        guard let index = counterpart(of: side, question: known.question) else { return nil }
        return WindowAlignment.lesson(
            student: side,
            teacher: Self.side(file.placed.windows[index], of: file.placed),
            start: logits(file.logits.start, index),
            end: logits(file.logits.end, index)
        )
    }

    private func logits(_ all: [Float], _ index: Int) -> ArraySlice<Float> {
        all[tokenStarts[index]..<tokenStarts[index + 1]]
    }

    private static func side(_ window: PlacedWindows.Window, of placed: PlacedWindows) -> WindowAlignment.Side
    {
        WindowAlignment.Side(
            places: placed.places(of: window),
            prefixLength: window.prefixLength,
            tokenCount: window.tokenCount
        )
    }

    /// The teacher's window of a question that holds most of the text of a student's; the first of several.
    private func counterpart(of side: WindowAlignment.Side, question: Int64) -> Int? {
        guard let span = side.span else { return nil }
        var best: (index: Int, shared: Int)?
        for index in questions[question] ?? [] {
            guard let theirs = Self.side(file.placed.windows[index], of: file.placed).span else { continue }
            let shared = theirs.clamped(to: span).count
            if shared > best?.shared ?? 0 { best = (index, shared) }
        }
        return best?.index
    }
}
