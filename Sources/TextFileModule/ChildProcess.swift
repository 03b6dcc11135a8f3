import FileModule

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program that was run to its end, with arguments and never by a shell, and without input or environment.
struct ChildProcess {
    /// Why it did not run.
    enum Failure: Error, Equatable {
        /// No such program is in the directories of the `PATH`.
        case notFound
        /// The system's reason, or too much output.
        case failed(String)
    }

    /// Its exit status; 128 and the signal's number when a signal ended it.
    let status: Int32
    let output: [UInt8]
    let errors: [UInt8]

    /// Runs a program.
    ///
    /// - Parameters:
    ///   - program: Its name, looked for in the directories of the `PATH`.
    ///   - arguments: What stands behind the name.
    ///   - limitBytes: With more output than that it is ended.
    /// - Throws: ``Failure``.
    init(_ program: String, _ arguments: [String], limitBytes: Int) throws(Failure) {
        var output = try Pipe()
        defer { output.close() }
        var errors = try Pipe()
        defer { errors.close() }
        let process = try Self.start(program, arguments, output: output, errors: errors)
        output.closeWriting()
        errors.closeWriting()
        let collected = Self.collect([output.reading, errors.reading], limitBytes: limitBytes)
        if collected == nil { kill(process, SIGKILL) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard let collected else { throw .failed("it wrote more than \(limitBytes) bytes") }
        let signal = status & 0x7F
        self.status = signal == 0 ? status >> 8 & 0xFF : 128 + signal
        self.output = collected[0]
        self.errors = collected[1]
    }

    private static func start(
        _ program: String,
        _ arguments: [String],
        output: Pipe,
        errors: Pipe
    ) throws(Failure) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.writing, STDERR_FILENO)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process: pid_t = 0
        let code = posix_spawnp(&process, program, &actions, nil, &words, &environment)
        guard code == 0 else { throw code == ENOENT ? .notFound : .failed(systemMessage(code)) }
        return process
    }

    /// Reads both ends as data come, since a full pipe would stop the program; nil beyond the limit.
    private static func collect(_ descriptors: [Int32], limitBytes: Int) -> [[UInt8]]? {
        var collected = descriptors.map { _ in [UInt8]() }
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while polled.contains(where: { $0.fd >= 0 }) {
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { return collected }
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(polled[index].fd, &buffer, buffer.count)
                if count > 0 {
                    collected[index] += buffer[..<count]
                } else if count == 0 || errno != EINTR {
                    // A negative descriptor is passed over.
                    polled[index].fd = -1
                }
            }
            if collected.contains(where: { $0.count > limitBytes }) { return nil }
        }
        return collected
    }
}

/// The two ends of a pipe, which other programs that are started do not get.
private struct Pipe {
    let reading: Int32
    private(set) var writing: Int32

    init() throws(ChildProcess.Failure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .failed(systemMessage(errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Without this the end of the output would never be seen.
    mutating func closeWriting() {
        if writing >= 0 { closeDescriptor(writing) }
        writing = -1
    }

    mutating func close() {
        closeWriting()
        closeDescriptor(reading)
    }
}

/// The C function, which the method of the same name hides.
private func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
