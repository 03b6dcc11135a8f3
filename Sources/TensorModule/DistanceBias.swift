/// What the distance of two tokens adds to their scores: for each head a number for each distance.
///
/// The table is made once. It is added where scores are made, some rows of one head at a time, so nothing of the size of the
/// scores is ever written for it.
package struct DistanceBias: Sendable {
    /// `[heads, 2 · farthest + 1]`; the middle of a head's row is for distance 0.
    private let table: [Float]
    private let farthest: Int

    /// - Parameters:
    ///   - heads: H.
    ///   - farthest: The largest distance that occurs, in either direction.
    ///   - value: The number of a head for a distance: the position that is attended to less the one that attends.
    package init(heads: Int, farthest: Int, value: (_ head: Int, _ distance: Int) -> Float) {
        precondition(heads > 0 && farthest >= 0, "\(heads) heads, distances to \(farthest)")
        self.farthest = farthest
        table = (0..<heads).flatMap { head in (-farthest...farthest).map { value(head, $0) } }
    }

    /// Adds to the scores of one row with a run of neighbours.
    ///
    /// - Parameters:
    ///   - scores: `[count]`.
    ///   - count: The rows of the run.
    ///   - head: The head, counted from 0.
    ///   - distance: That of the first of them; each further one is at one more.
    func add(to scores: UnsafeMutablePointer<Float>, count: Int, head: Int, distance: Int) {
        table.withUnsafeBufferPointer { table in
            guard let start = table.baseAddress else { return }
            let values = start + head * (2 * farthest + 1) + farthest + distance
            for index in 0..<count { scores[index] += values[index] }
        }
    }
}
