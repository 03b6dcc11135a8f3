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
}
