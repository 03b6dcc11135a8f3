/// A span that a window proposes, before it is compared with those of other windows.
struct SpanCandidate: Equatable {
    let startLogit: Float
    let endLogit: Float
    let windowIndex: Int
    /// First and last token, as indices in the document.
    let firstToken: Int
    let lastToken: Int

    /// Start logit + end logit, summed in f32 as the peers do so that ties are the same ones.
    var score: Float { startLogit + endLogit }

    /// Whether this one is listed before the other: higher score, earlier window, smaller start, shorter.
    @inline(__always)
    func precedes(_ other: SpanCandidate) -> Bool {
        if score != other.score { return score > other.score }
        if windowIndex != other.windowIndex { return windowIndex < other.windowIndex }
        if firstToken != other.firstToken { return firstToken < other.firstToken }
        return lastToken < other.lastToken
    }
}

/// The best elements seen so far, in order, never more than `capacity`.
///
/// Most offers lose against the last element at once, so that keeping the 20 best of 384 logits costs little more
/// than reading them; sorting them all would cost more than the rest of decoding.
struct BestList<Element> {
    let capacity: Int
    private(set) var elements: [Element] = []

    init(capacity: Int) {
        self.capacity = capacity
        // A caller may ask for any number; only a usual one is worth reserving.
        elements.reserveCapacity(min(capacity, 1024))
    }

    mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
    }

    /// Puts an element in its place unless `capacity` others precede it.
    @inline(__always)
    mutating func offer(_ element: Element, precedes: (Element, Element) -> Bool) {
        if elements.count == capacity {
            guard let last = elements.last, precedes(element, last) else { return }
            elements.removeLast()
        }
        var place = elements.count
        elements.append(element)
        while place > 0, precedes(element, elements[place - 1]) {
            elements[place] = elements[place - 1]
            place -= 1
        }
        elements[place] = element
    }
}
