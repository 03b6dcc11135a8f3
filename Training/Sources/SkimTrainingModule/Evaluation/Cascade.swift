import Foundation

/// Layers after which blocks are dropped, each with a threshold of its own.
struct Cascade: Equatable {
    /// Layers with a classifier, counted from 1, ascending.
    var layers: [Int]
    /// τ of each; 1 for a layer that drops nothing.
    var thresholds: [Double]
    /// L, the layers of the encoder.
    var layerCount: Int
    /// At least this many of a window's best blocks are kept.
    var minimumKeptBlocks = 1

    /// The layers that drop blocks, with their thresholds.
    var skimming: (layers: [Int], thresholds: [Double]) {
        let used = thresholds.indices.filter { thresholds[$0] < 1 }
        return (used.map { layers[$0] }, used.map { thresholds[$0] })
    }

    /// The cascade that drops less: every threshold is nearer to 1 by so many logits.
    func safer(by logits: Double) -> Cascade {
        var safer = self
        safer.thresholds = thresholds.map { threshold in
            // Of 0 and 1 the logits are infinite, and they stay.
            1 / (1 + (1 / threshold - 1) * exp(-logits))
        }
        return safer
    }
}
