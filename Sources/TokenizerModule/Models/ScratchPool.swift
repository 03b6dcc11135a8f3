import Synchronization

/// Scratch of a tokenizer that several threads may use at a time: each takes one, and gives it back.
final class ScratchPool: Sendable {
    private let free = Mutex<[ModelScratch]>([])

    func take() -> ModelScratch { free.withLock { $0.popLast() } ?? ModelScratch() }

    func give(_ scratch: consuming ModelScratch) {
        let scratch = scratch
        free.withLock { $0.append(scratch) }
    }
}
