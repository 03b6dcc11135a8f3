/// What somebody may have meant who wrote something else.
enum Spelling {
    /// The word closest to a misspelt one.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - known: What could be meant.
    /// - Returns: The first of the closest words; nil when none is close: more than a third of the letters differ.
    static func closest(to word: String, among known: [String]) -> String? {
        let distances = known.map { (word: $0, distance: distance(word, $0)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        let letters = max(word.count, best.word.count)
        return best.distance <= max(1, letters / 3) ? best.word : nil
    }

    /// How many letters have to be inserted, removed, replaced or swapped with the next.
    static func distance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one), Array(other))
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for i in one.indices {
            var row = [i + 1]
            for j in other.indices {
                var best = min(last[j] + (one[i] == other[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[other.count]
    }
}
