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

    /// Puts an element in its place unless `capacity` others precede it, or one that is the same does.
    ///
    /// Takes out one that is the same and does not precede it.
    @inline(__always)
    mutating func offer(
        _ element: Element,
        precedes: (Element, Element) -> Bool,
        isSame: (Element, Element) -> Bool
    ) {
        if elements.count == capacity, let last = elements.last, !precedes(element, last) { return }
        if let place = elements.firstIndex(where: { isSame($0, element) }) {
            guard precedes(element, elements[place]) else { return }
            elements.remove(at: place)
        }
        offer(element, precedes: precedes)
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

extension BestList: Sendable where Element: Sendable {}
