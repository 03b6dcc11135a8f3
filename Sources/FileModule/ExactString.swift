/// A string that equals another only if both have the same Unicode scalars.
///
/// `String` compares canonical equivalents as equal, Python and JSON do not: ids must not collide.
package struct ExactString: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (lhs: ExactString, rhs: ExactString) -> Bool {
        lhs.text.utf8.elementsEqual(rhs.text.utf8)
    }

    // The same scalars give the same hash of the string, which is all that a hash must promise.
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
