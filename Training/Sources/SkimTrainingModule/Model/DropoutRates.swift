import EncoderModule
import Foundation

/// The probabilities with which training drops what flows through a model, where its family has dropout.
struct DropoutRates: Equatable {
    /// Of the first hidden states.
    var embeddings: Double
    /// Of the embeddings of distances, in each layer.
    var relative: Double
    /// Of attention probabilities.
    var attention: Double
    /// Of what attention adds to the hidden states.
    var attentionOutput: Double
    /// Of what the feed-forward products add.
    var feedForward: Double
    /// Of the last hidden states, before the span head.
    var head: Double

    /// The rates of a family: ALBERT has none after the feed-forward products, DistilBERT none after attention but one before
    /// the head, as in Hugging Face's models.
    init(_ family: ModelFamily, hidden: Double, attention: Double, head: Double) {
        embeddings = hidden
        relative = hidden
        self.attention = attention
        attentionOutput = family == .distilbert ? 0 : hidden
        feedForward = family == .albert ? 0 : hidden
        self.head = family == .distilbert ? head : 0
    }

    /// Reads the rates of a checkpoint's `config.json`; those that it lacks are Hugging Face's.
    ///
    /// - Throws: `unreadable`, `invalidSetting`.
    init(directory: String, family: ModelFamily) throws(TrainingError) {
        let path = directory + "/config.json"
        let rates: [String: Double]
        do {
            rates = try JSONDecoder().decode(Rates.self, from: Data(contentsOf: URL(filePath: path))).values
        } catch {
            throw .unreadable(path: path, reason: "the dropout rates are not numbers")
        }
        for (name, rate) in rates.sorted(by: { $0.key < $1.key }) where !(0..<1).contains(rate) {
            throw .invalidSetting(name: "\(name) of \(path)", value: "\(rate)", allowed: "from 0 to below 1")
        }
        let usual = family == .albert ? 0 : 0.1
        let names =
            family == .distilbert
            ? ("dropout", "attention_dropout") : ("hidden_dropout_prob", "attention_probs_dropout_prob")
        self.init(
            family,
            hidden: rates[names.0] ?? usual,
            attention: rates[names.1] ?? usual,
            head: rates["qa_dropout"] ?? 0.1
        )
    }

    /// The entries of `config.json` that are rates of any family.
    private struct Rates: Decodable {
        var values: [String: Double] = [:]

        enum CodingKeys: String, CodingKey, CaseIterable {
            case hidden = "hidden_dropout_prob"
            case attentionProbabilities = "attention_probs_dropout_prob"
            case dropout
            case attention = "attention_dropout"
            case head = "qa_dropout"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            for key in CodingKeys.allCases {
                values[key.rawValue] = try container.decodeIfPresent(Double.self, forKey: key)
            }
        }
    }
}
