import TensorModule

/// Buffers of the Block Skim Modules of one window at a time.
package final class SkimWorkspace {
    // One entry a worker, made before the workers run; each touches only its own.
    private var maps: [ConvolutionMaps]
    let projectedStates = FloatBuffer()

    package init(heads: Int, workers: Int) {
        maps = (0..<workers).map { _ in ConvolutionMaps(channels: heads) }
    }

    func maps(for worker: Worker, channels: Int) -> ConvolutionMaps { maps[worker.index] }
}
