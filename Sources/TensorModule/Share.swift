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
