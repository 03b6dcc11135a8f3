/// Who does a piece of work together: a whole team, or one worker by itself.
package protocol Crew {
    /// How many there are.
    var size: Int { get }

    /// Runs `body` once on every worker, with its place from 0, and returns when all have finished.
    func run(_ body: (_ worker: Worker, _ member: Int) -> Void)
}

extension ThreadTeam: Crew {
    package var size: Int { workers.count }

    package func run(_ body: (_ worker: Worker, _ member: Int) -> Void) {
        run { worker in body(worker, worker.index) }
    }
}

extension Worker: Crew {
    package var size: Int { 1 }

    package func run(_ body: (_ worker: Worker, _ member: Int) -> Void) { body(self, 0) }
}

/// One of several equal contiguous parts.
package struct Share {
    private let part: Int
    private let parts: Int

    /// Part `part` of `parts`, counted from 0.
    package init(_ part: Int, of parts: Int) {
        precondition((0..<parts).contains(part), "part \(part) of \(parts)")
        self.part = part
        self.parts = parts
    }

    /// The elements of `0 ..< count` that belong to the part; sizes differ by one at most.
    package func range(of count: Int) -> Range<Int> { count * part / parts..<count * (part + 1) / parts }
}
