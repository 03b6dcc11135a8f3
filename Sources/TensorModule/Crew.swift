/// Who does a piece of work together: a whole team, or one worker by itself.
package protocol Crew {
    /// How many there are.
    var size: Int { get }

    /// The first of them, whose memory serves all where they share it.
    var leader: Worker { get }

    /// Runs `body` once on every worker, with its place from 0, and returns when all have finished.
    func run(_ body: (_ worker: Worker, _ member: Int) -> Void)

    /// Throws the first error that one of the workers met since the last call, and forgets it.
    func rethrow() throws(TensorError)
}

extension ThreadTeam: Crew {
    package var size: Int { workers.count }

    package var leader: Worker { workers[0] }

    package func run(_ body: (_ worker: Worker, _ member: Int) -> Void) {
        run { worker in body(worker, worker.index) }
    }

    package func rethrow() throws(TensorError) {
        let errors = workers.compactMap { $0.takeError() }
        if let first = errors.first { throw first }
    }
}

extension Worker: Crew {
    package var size: Int { 1 }

    package var leader: Worker { self }

    package func run(_ body: (_ worker: Worker, _ member: Int) -> Void) { body(self, 0) }

    package func rethrow() throws(TensorError) {
        if let error = takeError() { throw error }
    }
}
