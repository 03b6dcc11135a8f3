import BlockSkim

/// What a checkpoint is, for people.
struct ModelSummaryText: CustomStringConvertible {
    private let summary: ModelSummary

    init(_ summary: ModelSummary) { self.summary = summary }

    var description: String {
        var rows = [
            ("family", summary.family),
            ("layers", "\(summary.layers)"),
            ("hidden size", "\(summary.hidden), \(summary.heads) heads, \(summary.intermediate) between"),
            ("vocabulary", "\(summary.vocabulary)"),
            ("longest window", "\(summary.positions) tokens"),
            ("parameters", Self.millions(summary.parameters)),
        ]
        let sizes = ["f32", "bf16", "int8"].compactMap { precision in
            summary.weightBytes[precision].map { "\(precision) \(Self.megabytes($0))" }
        }
        rows.append(
            (
                "layers' weights",
                "\(sizes.joined(separator: ", ")); computed, the embeddings stay in the file"
            )
        )
        rows.append(
            ("loaded as", "\(summary.precision), \(Self.megabytes(summary.loadedBytes)) of packed weights")
        )
        for product in summary.products {
            let how = "\(product.library), \(product.instructionSet), \(product.precision)"
            rows.append(("products of \(product.kind)", how))
        }
        if summary.blockSkimLayers.isEmpty {
            rows.append(("block skimming", "none: a dense model"))
        } else {
            let layers = summary.blockSkimLayers.map { "\($0)" }.joined(separator: ", ")
            rows.append(
                (
                    "Block Skim Modules",
                    "layers \(layers); \(Self.millions(summary.blockSkimParameters)) parameters"
                )
            )
        }
        if let skim = summary.skim {
            let layers = skim.skimLayers.map { "\($0)" }.joined(separator: ", ")
            // One threshold where all layers have the same.
            let thresholds =
                Set(skim.skipThresholds).count == 1 ? [skim.skipThresholds[0]] : skim.skipThresholds
            let probability = thresholds.map { "\($0)" }.joined(separator: ", ")
            rows.append(("skims after layer", "\(layers), above probability \(probability) of irrelevance"))
            rows.append(("blocks", "\(skim.blockSize) tokens, layout \(skim.blockLayout)"))
            rows.append(("attention region", skim.attentionRegion))
            rows.append(("hidden states", "\(skim.stateChannels) channels, pooled beside attention"))
            rows.append(("dropped positions", "\(skim.skippedPositions)"))
            rows.append(("always kept", "\(skim.minimumKeptBlocks) blocks"))
            if let score = skim.secondLookScore {
                rows.append(("looks again", "when the best answer has less than \(score) logits"))
            }
        }
        return TextTable.aligned(rows)
    }

    private static func megabytes(_ bytes: Int) -> String {
        (Double(bytes) / 1e6).formatted(digits: 2) + " MB"
    }

    private static func millions(_ count: Int) -> String {
        (Double(count) / 1e6).formatted(digits: 2) + " million"
    }
}

/// Lines of a name and a value.
enum TextTable {
    /// The lines with their values below each other.
    static func aligned(_ rows: [(name: String, value: String)]) -> String {
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { $0.name + String(repeating: " ", count: width - $0.name.count + 2) + $0.value }
            .joined(separator: "\n")
    }
}
