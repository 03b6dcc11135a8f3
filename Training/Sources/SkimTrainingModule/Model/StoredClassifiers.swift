import BlockSkimModule
import EncoderModule

/// The block classifiers that a checkpoint has, and what they were made for.
struct StoredClassifiers: Sendable, Equatable {
    /// The layers that have one, counted from 1, ascending.
    var layers: [Int]
    /// What they see and how they skim, from `blockskim.json`; nil without that file.
    var skimming: SkimConfiguration?

    /// Looks into a checkpoint.
    ///
    /// - Parameter directory: the checkpoint directory.
    /// - Throws: `encoder`, `blockSkim`.
    init(directory: String) throws(TrainingError) {
        do {
            let names = try CheckpointTensors(directory: directory).names
            layers = Set(names.compactMap(Self.layer)).sorted()
        } catch {
            throw .encoder(error)
        }
        do {
            skimming = try SkimConfiguration(ifPresentIn: directory)
        } catch {
            throw .blockSkim(error)
        }
    }

    /// What stands before the names of the weights of a layer's classifier; layers are counted from 1.
    static func prefix(ofLayer layer: Int) -> String { "block_skim.layers.\(layer - 1)." }

    /// The layer, counted from 1, of a classifier's weight.
    private static func layer(ofWeight name: String) -> Int? {
        let parts = name.split(separator: ".")
        guard parts.count == 5, name.hasPrefix("block_skim.layers."), name.hasSuffix(".linear.weight") else {
            return nil
        }
        return Int(parts[2]).map { $0 + 1 }
    }

    /// Where classifiers with other settings would see something else: a text for each difference.
    ///
    /// Empty without `blockskim.json`, since then nothing is known.
    func disagreements(with settings: SkimConfiguration) -> [String] {
        guard let skimming else { return [] }
        let values: [(name: String, stored: String, wanted: String)] = [
            ("--classifier", skimming.classifier.rawValue, settings.classifier.rawValue),
            ("--block-size", "\(skimming.blockSize)", "\(settings.blockSize)"),
            ("--block-layout", skimming.blockLayout.rawValue, settings.blockLayout.rawValue),
            ("--attention-region", skimming.attentionRegion.rawValue, settings.attentionRegion.rawValue),
            ("--state-channels", "\(skimming.stateChannels)", "\(settings.stateChannels)"),
        ]
        return values.filter { $0.stored != $0.wanted }
            .map { "\($0.name) is \($0.wanted), the checkpoint's were made for \($0.stored)" }
    }

    /// Why classifiers of the checkpoint are passed over.
    func reason(against settings: SkimConfiguration) -> String {
        let differences = disagreements(with: settings)
        return differences.isEmpty
            ? "the checkpoint's are of another kind or size" : differences.joined(separator: "; ")
    }
}

extension [Int] {
    /// Numbers for people: `2, 3, 5`.
    var listText: String { map(String.init).joined(separator: ", ") }
}
