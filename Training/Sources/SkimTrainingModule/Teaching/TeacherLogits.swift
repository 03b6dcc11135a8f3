import SafetensorsModule

/// What a teacher says of windows one after the other.
struct TeacherLogits: Equatable {
    /// Of all tokens of all windows.
    var start: [Float] = []
    /// Of all tokens of all windows.
    var end: [Float] = []
    /// How many passage blocks each window has.
    var blockCounts: [Int] = []
    /// By how much the logit of relevance is above that of irrelevance, of all blocks of all windows; for each layer with a
    /// classifier, counted from 1.
    var blocks: [Int: [Float]] = [:]

    /// Adds others behind.
    mutating func append(_ other: TeacherLogits) {
        start += other.start
        end += other.end
        blockCounts += other.blockCounts
        blocks.merge(other.blocks) { $0 + $1 }
    }
}

extension TeacherLogits {
    private static let blockPrefix = "blocks.layer."

    /// Adds the logits to what is written, in 16 bits.
    func append(to writer: inout SafetensorsWriter) {
        writer.append("start", shape: [start.count], floats: start, as: .f16)
        writer.append("end", shape: [end.count], floats: end, as: .f16)
        writer.append("blocks.counts", shape: [blockCounts.count], integers: blockCounts.map(Int64.init))
        for (layer, values) in blocks.sorted(by: { $0.key < $1.key }) {
            writer.append("\(Self.blockPrefix)\(layer)", shape: [values.count], floats: values, as: .f16)
        }
    }

    /// Reads logits.
    ///
    /// - Parameters:
    ///   - file: where they are.
    ///   - tokenCounts: the tokens of each window.
    /// - Throws: `safetensors`; `unreadable` when they are not of these windows.
    init(_ file: SafetensorsFile, tokenCounts: some Collection<Int>) throws(TrainingError) {
        try TrainingError.wrapping {
            start = try file.floats(named: "start")
            end = try file.floats(named: "end")
            blockCounts = try file.integers(named: "blocks.counts").map(Int.init)
            for name in file.tensorNames where name.hasPrefix(Self.blockPrefix) {
                guard let layer = Int(name.dropFirst(Self.blockPrefix.count)) else { continue }
                blocks[layer] = try file.floats(named: name)
            }
        }
        let tokens = tokenCounts.reduce(0, +)
        let blocksAreThere =
            blockCounts.allSatisfy { (0...tokens).contains($0) }
            && blocks.values.allSatisfy { $0.count == blockCounts.reduce(0, +) }
        guard start.count == tokens, end.count == tokens, blockCounts.count == tokenCounts.count,
            blocksAreThere
        else { throw .unreadable(path: file.path, reason: "its logits are not those of its windows") }
        guard ([start, end] + blocks.values).allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw .unreadable(path: file.path, reason: "a logit in it is not a finite number")
        }
    }
}
