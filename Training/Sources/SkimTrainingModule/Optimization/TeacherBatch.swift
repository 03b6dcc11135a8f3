import Foundation
import TorchModule

/// What a teacher says of the windows of a batch, as distributions over the batch's rows.
struct TeacherBatch {
    /// Distributions that others are to come near to, one a row.
    struct Target {
        /// softmax(logits / T) over the labelled places, 0 elsewhere, `[rows, places]`.
        var probabilities: Tensor
        /// Their logarithms over the labelled places, 0 elsewhere, `[rows, places]`.
        var logProbabilities: Tensor
        /// 1 for labelled places, 0 for others, `[rows, places]`.
        var labelled: Tensor

        /// - Parameters:
        ///   - rows: the labelled places of each row, with their logits.
        ///   - places: of a row.
        ///   - temperature: T.
        ///   - device: where they go.
        /// - Throws: what libtorch throws.
        init(
            _ rows: [[(place: Int, logit: Float)]],
            places: Int,
            temperature: Double,
            on device: Device
        ) throws(TorchError) {
            var probabilities = [Float](repeating: 0, count: rows.count * places)
            var (logProbabilities, labelled) = (probabilities, probabilities)
            for (index, row) in rows.enumerated() where !row.isEmpty {
                let largest = Double(row.map(\.logit).max() ?? 0)
                let scaled = row.map { (Double($0.logit) - largest) / temperature }
                let logSum = log(scaled.reduce(0) { $0 + exp($1) })
                for (entry, value) in zip(row, scaled) {
                    probabilities[index * places + entry.place] = Float(exp(value - logSum))
                    logProbabilities[index * places + entry.place] = Float(value - logSum)
                    labelled[index * places + entry.place] = 1
                }
            }
            func tensor(_ elements: [Float]) throws(TorchError) -> Tensor {
                try Tensor(elements, shape: [rows.count, places], on: device)
            }
            self.probabilities = try tensor(probabilities)
            self.logProbabilities = try tensor(logProbabilities)
            self.labelled = try tensor(labelled)
        }
    }

    /// Over the rows of each window, `[batch, rows]`.
    let start: Target
    /// Over the rows of each window, `[batch, rows]`.
    let end: Target
    /// Irrelevant or relevant, `[blocks, 2]`, for each of the student's layers with a classifier, counted from 1; empty where
    /// no window's blocks are known.
    let blocks: [Int: Target]

    /// - Parameters:
    ///   - lessons: one a window of the batch; nil for windows without labels.
    ///   - batch: the windows.
    ///   - reached: the blocks that reached each of the student's layers with a classifier, counted from 1. A layer that the
    ///     teacher lacks learns from its last.
    ///   - temperature: T.
    ///   - device: where the batch is.
    /// - Throws: what libtorch throws, such as for want of memory.
    init(
        _ lessons: [Lesson?],
        _ batch: WindowBatch,
        reached: [Int: [WindowBatch.Block]],
        temperature: Double,
        on device: Device
    ) throws(TorchError) {
        func target(_ logits: KeyPath<Lesson, [Float?]>) throws(TorchError) -> Target {
            let rows = zip(lessons, batch.tokenRows).map { lesson, rows in
                zip(rows, lesson?[keyPath: logits] ?? []).compactMap { row, logit in
                    logit.map { (place: row, logit: $0) }
                }
            }
            return try Target(rows, places: batch.rows, temperature: temperature, on: device)
        }
        start = try target(\.start)
        end = try target(\.end)
        var blocks: [Int: Target] = [:]
        let known = Set(lessons.compactMap { $0?.blocks.keys }.joined())
        if let last = known.max() {
            for (layer, reached) in reached {
                let theirs = known.contains(layer) ? layer : last
                let rows = reached.map { block -> [(place: Int, logit: Float)] in
                    let number = batch.partitions[block.window].blocks.firstIndex { $0.contains(block.place) }
                    guard let number, let logits = lessons[block.window]?.blocks[theirs] else { return [] }
                    return [(0, 0), (1, logits[number])]
                }
                blocks[layer] = try Target(rows, places: 2, temperature: temperature, on: device)
            }
        }
        self.blocks = blocks
    }
}
