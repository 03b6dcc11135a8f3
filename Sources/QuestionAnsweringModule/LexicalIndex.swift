#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where each term of a text stands, so that parts of the text can be ranked for a question by the terms they share.
///
/// Terms are whatever numbers the caller has for them. A document's are its token ids: they are there already, they need no
/// rules for any language, and ranked as well as words and stems where that was measured (`Documentation/LongDocuments.md`).
public struct LexicalIndex: Sendable {
    /// Of each term, which of ``places`` are its own.
    private let ownPlaces: [Int32: Range<Int>]
    /// The places of all terms, those of one term together and ascending.
    private let places: [Int32]
    /// The text.
    private let terms: [Int32]

    /// How soon further occurrences of a term count no more; the usual value.
    private static let saturation = 1.2
    /// How much a long part is held to account for its length, from 0 to 1; the usual value.
    private static let lengthShare = 0.75

    /// Indexes a text.
    ///
    /// - Parameter terms: Its terms, in order.
    public init(_ terms: [Int32]) {
        var ends: [Int32: Int] = [:]
        for term in terms { ends[term, default: 0] += 1 }
        var ownPlaces: [Int32: Range<Int>] = [:]
        ownPlaces.reserveCapacity(ends.count)
        var start = 0
        for (term, count) in ends {
            ownPlaces[term] = start..<start + count
            ends[term] = start
            start += count
        }
        places = [Int32](unsafeUninitializedCapacity: terms.count) { places, count in
            for (place, term) in terms.enumerated() {
                let next = ends[term, default: 0]
                places[next] = Int32(truncatingIfNeeded: place)
                ends[term] = next + 1
            }
            count = terms.count
        }
        self.ownPlaces = ownPlaces
        self.terms = terms
    }

    /// Scores parts of the text for a question by BM25, with the frequencies of the terms among those parts.
    ///
    /// Equation: Σ ln(1 + (N − n + ½)/(n + ½)) · c · 2.2 / (c + 1.2 (¼ + ¾ · length / mean length)), over the question's
    /// different terms; N parts, n of which hold the term, c times in this part. Two neighbours of the question that stand side
    /// by side in the text count as a term too, of which the weight is w and the place that of the first.
    ///
    /// - Parameters:
    ///   - question: The terms of the question, in order.
    ///   - parts: Ranges of places; neither their starts nor their ends may descend. They may overlap.
    ///   - pairWeight: w; with 0 the order of the question's terms means nothing.
    /// - Returns: One score a part, 0 for one without a term of the question.
    public func scores(
        of question: [Int32],
        in parts: [Range<Int>],
        pairWeight: Double = 0
    ) -> [Double] {
        // In a fixed order, so that sums of the same terms are the same to the last bit.
        let terms = Set(question).sorted().compactMap { term in ownPlaces[term].map { (places[$0], 1.0) } }
        let pairs = pairWeight == 0 ? [] : pairs(of: question).map { ($0, pairWeight) }
        var scores = [Double](repeating: 0, count: parts.count)
        let meanLength = Double(parts.reduce(0) { $0 + $1.count }) / Double(max(1, parts.count))
        var counts = [Int32](repeating: 0, count: parts.count)
        for (places, termWeight) in terms + pairs {
            let held = count(places, in: parts, into: &counts)
            let rarity = Double(parts.count - held.count)
            let weight = termWeight * log(1 + (rarity + 0.5) / (Double(held.count) + 0.5))
            for part in held {
                let count = Double(counts[part])
                let length = Double(parts[part].count) / meanLength
                let norm = Self.saturation * (1 - Self.lengthShare + Self.lengthShare * length)
                scores[part] += weight * count * (Self.saturation + 1) / (count + norm)
                counts[part] = 0
            }
        }
        return scores
    }

    /// Where the different pairs of neighbours of a question stand in the text, those that do anywhere.
    private func pairs(of question: [Int32]) -> [ArraySlice<Int32>] {
        Set(zip(question, question.dropFirst()).map { [$0, $1] })
            .sorted { $0.lexicographicallyPrecedes($1) }
            .compactMap { pair in
                guard let own = ownPlaces[pair[0]] else { return nil }
                let found = places[own].filter { Int($0) + 1 < terms.count && terms[Int($0) + 1] == pair[1] }
                return found.isEmpty ? nil : found[...]
            }
    }

    /// Counts how many places each part holds.
    ///
    /// - Returns: The parts that hold any; the counts of all others are untouched.
    private func count(
        _ places: ArraySlice<Int32>,
        in parts: [Range<Int>],
        into counts: inout [Int32]
    ) -> [Int] {
        var held: [Int] = []
        // The first part that does not end before the place; places ascend, and ends do.
        var first = 0
        for place in places {
            let place = Int(place)
            first += parts[first...].prefix { $0.upperBound <= place }.count
            for part in parts.indices[first...].prefix(while: { parts[$0].lowerBound <= place })
            where parts[part].contains(place) {
                if counts[part] == 0 { held.append(part) }
                counts[part] += 1
            }
        }
        return held
    }
}
