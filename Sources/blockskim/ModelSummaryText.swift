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
            let probability = Self.thresholds(skim.skipThresholds)
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
        for setting in summary.settings {
            // Rounded up, so that who writes this gets it.
            let loss = max(0, (setting.f1Loss * 100).rounded(.up) / 100).formatted(digits: 2)
            let layers = setting.skimLayers.map { "\($0)" }.joined(separator: ", ")
            let how = "after \(layers) above \(Self.thresholds(setting.skipThresholds))"
            rows.append(
                (
                    "--max-f1-loss \(loss)",
                    "\(setting.measuredSpeedup.formatted(digits: 2)) times as fast as dense: \(how)"
                )
            )
        }
        rows.append(("long documents", summary.documents.map(Self.text) ?? "all windows are read"))
        rows.append(("scores", summary.confidence.map(Self.text) ?? "a softmax, not calibrated"))
        return TextTable.aligned(rows)
    }

    private static func text(_ documents: ModelSummary.Documents) -> String {
        var text =
            "best-first, at most \(documents.maximumWindows) windows of \(documents.windowLength) tokens, "
            + "\(documents.windowsPerRound) at a time"
        if !documents.skimLayers.isEmpty {
            let layers = documents.skimLayers.map { "\($0)" }.joined(separator: ", ")
            text += "; skims after layer \(layers) above \(thresholds(documents.skipThresholds))"
        }
        return text
    }

    private static func text(_ confidence: ModelSummary.Confidence) -> String {
        var text = "calibrated probabilities"
        if let error = confidence.calibrationError {
            text += ", off by \(error.formatted(digits: 3)) on the average"
        }
        if let threshold = confidence.noAnswerThreshold {
            text += "; \"No answer\" above \(threshold.formatted(digits: 2))"
        }
        return text
    }

    /// One threshold where all layers have the same, to three digits.
    private static func thresholds(_ values: [Double]) -> String {
        (Set(values).count == 1 ? [values[0]] : values).map { "\(($0 * 1000).rounded() / 1000)" }
            .joined(separator: ", ")
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
