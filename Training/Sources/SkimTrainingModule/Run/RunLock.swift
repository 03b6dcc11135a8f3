#if canImport(Glibc)
    import Glibc
#endif

/// Keeps a second process out of a run directory as long as it lives; the system takes it away with the process.
final class RunLock {
    /// The file that is locked; it stays, since removing it would let two processes lock two files of one name.
    static let name = "lock"
    private let descriptor: Int32

    /// Locks a directory.
    ///
    /// - Throws: `locked` when another process has it, `unwritable`.
    init(directory: String) throws(TrainingError) {
        let path = "\(directory)/\(Self.name)"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        guard Self.lock(descriptor) else {
            var text = [UInt8](repeating: 0, count: 20)
            let count = max(0, pread(descriptor, &text, text.count, 0))
            let holder = String(decoding: text[..<count], as: UTF8.self).split(separator: "\n").first
            close(descriptor)
            throw .locked(directory: directory, process: holder.flatMap { Int($0) })
        }
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    deinit { close(descriptor) }

    /// False when another process has the lock, after a moment's patience: a child that another thread has just started
    /// shares the locks of this process until it runs its program.
    ///
    /// Some network file systems have no locks: there nothing is kept out.
    private static func lock(_ descriptor: Int32) -> Bool {
        for _ in 0..<30 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
            usleep(10_000)
        }
        return false
    }
}
