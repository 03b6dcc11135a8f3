import CKernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A fixed set of threads that work through one phase after another together.
///
/// The libraries run on each thread alone; the work is shared out by the callers, in pieces that stay in one core's
/// cache from the attention to the last product of a layer.
package final class ThreadTeam: Sendable {
    /// One worker a thread; the first belongs to the thread that calls ``run(_:)``.
    package let workers: [Worker]

    private let rendezvous = Rendezvous()
    private let threads: [Thread]

    package init(_ budget: ThreadBudget) {
        workers = (0..<budget.threads).map { Worker(index: $0) }
        threads = workers.dropFirst().map { [rendezvous] worker in
            Thread {
                OpenMP.setThreads(1)
                var finishedPhase = 0
                while rendezvous.waitForPhase(after: &finishedPhase) { rendezvous.take(part: worker) }
            }
        }
    }

    deinit {
        rendezvous.stop()
        for thread in threads { thread.join() }
    }

    /// Runs `body` once on every worker and returns when all have finished.
    ///
    /// Not reentrant, and for one caller at a time.
    ///
    /// The work is not `@Sendable`, though it runs on other threads: it ends before the call returns, and what it is given
    /// are pointers into buffers of which each worker writes a part of its own.
    package func run(_ body: (Worker) -> Void) {
        // The calling thread is not ours: its OpenMP setting is put back.
        let threadsBefore = OpenMP.setThreads(1)
        defer { OpenMP.setThreads(threadsBefore) }
        guard !threads.isEmpty else { return body(workers[0]) }
        withoutActuallyEscaping(body) { body in
            rendezvous.start(body, helpers: threads.count)
            body(workers[0])
            rendezvous.waitForHelpers()
        }
    }

    /// The part of `0 ..< count` that falls to a worker when all take equal contiguous parts.
    package func share(of count: Int, for worker: Worker) -> Range<Int> {
        Share(worker.index, of: workers.count).range(of: count)
    }
}

/// Where the threads of a team meet before and after a phase.
///
/// Phases are short (tens of microseconds on small models), so a waiting thread first spins and only then sleeps.
private final class Rendezvous: @unchecked Sendable {
    // Sendable: all that threads share is atomic, behind the mutex, or ordered by `phase`.

    /// How often a thread looks for work before it sleeps: some 100 microseconds.
    private static let spinLimit = 4_000

    private let phase = Atomic<Int>(0)
    private let unfinished = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Written before `phase` is advanced and read after: the atomic orders them.
    private var body: ((Worker) -> Void)?

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
    }

    deinit {
        pthread_cond_destroy(wake)
        pthread_mutex_destroy(mutex)
        wake.deallocate()
        mutex.deallocate()
    }

    func start(_ body: @escaping (Worker) -> Void, helpers: Int) {
        self.body = body
        unfinished.store(helpers, ordering: .relaxed)
        advance()
    }

    func stop() {
        stopping.store(true, ordering: .relaxed)
        advance()
    }

    private func advance() {
        phase.add(1, ordering: .sequentiallyConsistent)
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
    }

    func waitForHelpers() {
        var spins = 0
        while unfinished.load(ordering: .acquiring) > 0 {
            spins += 1
            // With more threads than free cores, a helper may need this one to run.
            if spins % Self.spinLimit == 0 { sched_yield() } else { blockskim_spin_hint() }
        }
        body = nil
    }

    /// Does one worker's part of the current phase.
    func take(part worker: Worker) {
        perform(worker)
        unfinished.subtract(1, ordering: .acquiringAndReleasing)
    }

    /// A function of its own, so that no reference to the body is left when the phase counts as finished.
    @inline(never)
    private func perform(_ worker: Worker) { body?(worker) }

    /// Waits for a phase after `finishedPhase`; false when the team is going away.
    func waitForPhase(after finishedPhase: inout Int) -> Bool {
        var spins = 0
        while phase.load(ordering: .sequentiallyConsistent) == finishedPhase {
            spins += 1
            if spins < Self.spinLimit { blockskim_spin_hint() } else { sleep(until: finishedPhase) }
        }
        finishedPhase += 1
        return !stopping.load(ordering: .relaxed)
    }

    private func sleep(until finishedPhase: Int) {
        pthread_mutex_lock(mutex)
        sleepers.add(1, ordering: .sequentiallyConsistent)
        while phase.load(ordering: .sequentiallyConsistent) == finishedPhase {
            pthread_cond_wait(wake, mutex)
        }
        sleepers.subtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(mutex)
    }
}

/// A POSIX thread that runs a closure. (Foundation's would link all of Foundation into the binary.)
private struct Thread: @unchecked Sendable {
    // Sendable: a handle is a number or an opaque pointer, and is joined once.

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let handle: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        #if canImport(Glibc)
            var handle = pthread_t()
        #else
            var handle: pthread_t?
        #endif
        let start = Unmanaged.passRetained(Start(body)).toOpaque()
        let status = pthread_create(
            &handle,
            nil,
            { argument in
                #if canImport(Glibc)
                    guard let argument else { return nil }
                #endif
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            start
        )
        precondition(status == 0, "the system refused to start a thread (error \(status))")
        self.handle = handle
    }

    func join() { pthread_join(handle, nil) }
}
