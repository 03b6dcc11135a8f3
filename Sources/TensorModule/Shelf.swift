import Synchronization

/// Large pages that hold weights one behind the other, freed when the last of them is.
final class Shelf: @unchecked Sendable {
    // Sendable: `used` changes behind the mutex of `current`.

    private let start: UnsafeMutableRawPointer
    private let size: Int
    private var used = 0

    private struct Current {
        weak var shelf: Shelf?
    }

    /// The shelf that still has room.
    private static let current = Mutex(Current())
    private static let usualSize = 8 * AlignedMemory.largePage

    private init(byteCount: Int) throws(TensorError) {
        start = try AlignedMemory.allocate(byteCount: byteCount)
        size = byteCount
    }

    deinit { start.deallocate() }

    /// - Throws: `outOfMemory`.
    static func place(byteCount: Int) throws(TensorError) -> (Shelf, UnsafeMutableRawPointer) {
        try current.withLock { current in
            Result { () throws(TensorError) in
                if let shelf = current.shelf, let place = shelf.take(byteCount) { return (shelf, place) }
                let shelf = try Shelf(byteCount: max(byteCount, usualSize))
                guard let place = shelf.take(byteCount) else { throw .outOfMemory(byteCount: byteCount) }
                current.shelf = shelf
                return (shelf, place)
            }
        }.get()
    }

    private func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        guard used + byteCount <= size else { return nil }
        defer {
            used +=
                (byteCount + AlignedMemory.alignment - 1) / AlignedMemory.alignment * AlignedMemory.alignment
        }
        return start + used
    }
}
