import CZlib
import DatasetModule
import EvaluationModule
import TestSupport

/// Predictions made from reference answers, as `Scripts/golden/synthetic_predictions.py` makes them.
enum SyntheticPredictions {
    static func predictions(
        for examples: [Example],
        seed: UInt64,
        leavesOutMissing: Bool = true
    ) -> (predictions: Predictions, checksum: UInt32) {
        var random = SplitMix(seed: seed)
        var predictions = Predictions()
        var checksum: UInt = 0
        var context = ""
        var scalars: [Unicode.Scalar] = []
        for example in examples {
            if example.context != context {
                context = example.context
                scalars = Array(context.unicodeScalars)
            }
            var text = perturbed(example.answers.map(\.text), context: scalars, &random)
            if text == nil, !leavesOutMissing { text = "" }
            guard let text else { continue }
            predictions[example.id] = text
            let bytes = Array("\(example.id)\0\(text)\0".utf8)
            checksum = crc32_z(checksum, bytes, bytes.count)
        }
        return (predictions, UInt32(checksum))
    }

    /// Multiples of 1/64, so that there are many ties; in reverse order of the file.
    static func noAnswerScores(for examples: [Example], seed: UInt64) -> NoAnswerScores {
        var random = SplitMix(seed: seed)
        var scores = NoAnswerScores()
        for example in examples.reversed() {
            scores[example.id] = Double(random.below(48) + (example.answers.isEmpty ? 16 : 0)) / 64
        }
        return scores
    }

    private static func perturbed(
        _ answers: [String],
        context: [Unicode.Scalar],
        _ random: inout SplitMix
    ) -> String? {
        let kind = random.below(12)
        let answer = answers.isEmpty ? "" : answers[random.below(answers.count)]
        let start = random.below(context.count)
        let end = min(context.count, start + 1 + random.below(40))
        let words = answer.split(separator: " ", omittingEmptySubsequences: false)
        let slice = String(String.UnicodeScalarView(context[start..<end]))
        switch kind {
        case 0...2: return answer
        case 3: return "The \(answer)."
        case 4: return upper(answer)
        case 5: return words.dropFirst().joined(separator: " ")
        case 6: return words.reversed().joined(separator: " ") + " a"
        case 7: return answer + " " + slice
        case 8: return slice
        case 9: return ""
        case 10: return "“\(answer)”\u{A0}Σ"
        default: return nil
        }
    }

    private static func upper(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    ("a"..."z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) - 32) : scalar
                }
            )
        )
    }
}
