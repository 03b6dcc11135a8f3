import SafetensorsModule

/// A teacher's logits of all windows of data sets, with what the windows are, as one safetensors file.
///
/// | tensor | type | what it is |
/// |---|---|---|
/// | `start`, `end` | f16 `[tokens]` | logits of all tokens, window by window |
/// | `blocks.counts` | i64 `[windows]` | the passage blocks of each window |
/// | `blocks.layer.N` | f16 `[blocks]` | logit of relevance minus that of irrelevance, layers counted from 1 |
/// | `windows.tokens`, `windows.questions` | i64 `[windows]` | hashes of ids, and of the texts of question and document |
/// | `windows.tokenCounts`, `windows.prefixLengths` | i64 `[windows]` | |
/// | `windows.documents`, `windows.contextStarts`, `windows.contextEnds` | i64 `[windows]` | which tokens of which document |
/// | `documents.tokenCounts` | i64 `[documents]` | |
/// | `documents.tokenStarts`, `documents.tokenEnds` | i64 | where tokens stand in the text, in Unicode scalars |
///
/// Its metadata say under `source` what all that depends on.
struct TeacherFile: Equatable {
    var source: TeacherSource
    var placed: PlacedWindows
    var logits: TeacherLogits

    private static let sourceKey = "source"

    init(source: TeacherSource, placed: PlacedWindows, logits: TeacherLogits) {
        self.source = source
        self.placed = placed
        self.logits = logits
    }

    /// What a file was made of, without reading the rest.
    ///
    /// - Throws: `safetensors`, `unreadable` when it is no teacher's file.
    static func source(ofFile path: String) throws(TrainingError) -> TeacherSource {
        try source(of: open(path))
    }

    /// The same as a fact that a run depends on.
    ///
    /// - Throws: `safetensors`, `unreadable`.
    static func fact(ofFile path: String) throws(TrainingError) -> String {
        var hash = SHA256()
        hash.update(Array(try source(ofFile: path).text.utf8))
        return "teacher's logits, SHA-256 of what they depend on \(hash.hexadecimal())"
    }

    private static func open(_ path: String) throws(TrainingError) -> SafetensorsFile {
        do {
            return try SafetensorsFile(path: path)
        } catch {
            throw .safetensors(error)
        }
    }

    private static func source(of file: SafetensorsFile) throws(TrainingError) -> TeacherSource {
        guard let source = TeacherSource(text: file.metadata[sourceKey] ?? "") else {
            throw .unreadable(
                path: file.path,
                reason: "it is not a teacher's file; blockskim-train teach writes one"
            )
        }
        return source
    }

    /// Reads a file.
    ///
    /// - Throws: `safetensors` when it is cut off or damaged; `unreadable` when it is no teacher's file, or does not fit itself.
    init(path: String) throws(TrainingError) {
        let file = try Self.open(path)
        source = try Self.source(of: file)
        placed = try Self.placed(file)
        logits = try TeacherLogits(file, tokenCounts: placed.windows.map(\.tokenCount))
    }

    private static func placed(_ file: SafetensorsFile) throws(TrainingError) -> PlacedWindows {
        func integers(_ name: String) throws(TrainingError) -> [Int] {
            do {
                return try file.integers(named: name).map(Int.init)
            } catch {
                throw .safetensors(error)
            }
        }
        let damage = TrainingError.unreadable(path: file.path, reason: "its windows do not fit each other")
        var placed = PlacedWindows()
        let (starts, ends) = (try integers("documents.tokenStarts"), try integers("documents.tokenEnds"))
        guard starts.count == ends.count, zip(starts, ends).allSatisfy({ 0 <= $0 && $0 <= $1 }) else {
            throw damage
        }
        var first = 0
        for count in try integers("documents.tokenCounts") {
            guard count >= 0, count <= starts.count - first else { throw damage }
            placed.documents.append((first..<first + count).map { starts[$0]..<ends[$0] })
            first += count
        }
        let columns = try [
            "tokens", "questions", "documents", "tokenCounts", "prefixLengths", "contextStarts",
            "contextEnds",
        ].map { name throws(TrainingError) in try integers("windows.\(name)") }
        guard first == starts.count, Set(columns.map(\.count)).count == 1 else { throw damage }
        // Hashes take all bits, numbers and places few: no sum of them overflows.
        guard columns[2...].allSatisfy({ $0.allSatisfy { (0...Int(Int32.max)).contains($0) } }) else {
            throw damage
        }
        for index in columns[0].indices {
            let (contextStart, contextEnd) = (columns[5][index], columns[6][index])
            guard contextStart <= contextEnd else { throw damage }
            placed.windows.append(
                PlacedWindows.Window(
                    tokens: Int64(columns[0][index]),
                    question: Int64(columns[1][index]),
                    document: columns[2][index],
                    tokenCount: columns[3][index],
                    prefixLength: columns[4][index],
                    contextTokens: contextStart..<contextEnd
                )
            )
        }
        guard placed.isConsistent else { throw damage }
        return placed
    }

    /// Writes the file, replacing what is there only when all is on the disk.
    ///
    /// - Throws: `safetensors`.
    func write(to path: String) throws(TrainingError) {
        var writer = SafetensorsWriter(metadata: [Self.sourceKey: try source.text])
        func append(_ name: String, _ values: some Collection<Int64>) {
            writer.append(name, shape: [values.count], integers: Array(values))
        }
        func windows(_ name: String, _ value: (PlacedWindows.Window) -> Int) {
            append("windows.\(name)", placed.windows.map { Int64(value($0)) })
        }
        append("windows.tokens", placed.windows.map(\.tokens))
        append("windows.questions", placed.windows.map(\.question))
        windows("documents", \.document)
        windows("tokenCounts", \.tokenCount)
        windows("prefixLengths", \.prefixLength)
        windows("contextStarts", \.contextTokens.lowerBound)
        windows("contextEnds", \.contextTokens.upperBound)
        append("documents.tokenCounts", placed.documents.map { Int64($0.count) })
        append("documents.tokenStarts", placed.documents.joined().map { Int64($0.lowerBound) })
        append("documents.tokenEnds", placed.documents.joined().map { Int64($0.upperBound) })
        logits.append(to: &writer)
        do {
            try writer.write(to: path)
        } catch {
            throw .safetensors(error)
        }
    }
}
