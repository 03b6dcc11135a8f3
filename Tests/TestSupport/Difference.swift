import Foundation

/// What keeps two lists of numbers from being equal within `absolute + relative · |expected|`; nil if nothing.
///
/// Numbers that are not numbers are equal to each other and to nothing else. Names the first element that
/// differs and the worst, so that a failing test says where to look.
package func difference(
    _ actual: [Float],
    _ expected: [Float],
    absolute: Float = 1e-6,
    relative: Float = 1e-5
) -> String? {
    guard actual.count == expected.count else {
        return "\(actual.count) elements, expected \(expected.count)"
    }
    var first: Int?
    var (worst, worstRatio) = (0, Float(-1))
    for index in actual.indices {
        let (a, b) = (actual[index], expected[index])
        if a == b || a.isNaN && b.isNaN { continue }
        let ratio = abs(a - b) / (absolute + relative * abs(b))
        if !(ratio <= 1), first == nil { first = index }
        // Written so that an unexpected NaN counts as the worst.
        if !(ratio <= worstRatio) { (worst, worstRatio) = (index, ratio.isNaN ? .infinity : ratio) }
    }
    guard let first else { return nil }
    return
        "element \(first) is \(actual[first]), expected \(expected[first]); the worst, element \(worst), is "
        + "\(actual[worst]), expected \(expected[worst]): \(worstRatio) times the tolerance"
}

/// How far the sum of `terms` products may be from the exact one: four standard deviations of a random walk whose steps are
/// the unit round-off 2⁻²⁴ of `size`.
///
/// The order in which products are added up differs between instruction sets; so do their errors.
package func sumTolerance(terms: Int, size: Float = 1) -> Float {
    4 * Float(terms).squareRoot() * size * 0x1p-24
}

/// The largest `|actual − expected|`: what to write beside a tolerance.
package func largestError(_ actual: [Float], _ expected: [Float]) -> Float {
    zip(actual, expected).map { abs($0 - $1) }.max() ?? 0
}

/// Whether two lists hold the same numbers to the last bit.
///
/// An expectation of `==` would be as strict, but prints both lists when it fails, and is slow in a debug build.
package func areBitwiseEqual(_ actual: [Float], _ expected: [Float]) -> Bool {
    actual.withUnsafeBytes { actual in
        expected.withUnsafeBytes { expected in
            guard let left = actual.baseAddress, let right = expected.baseAddress else {
                return actual.count == expected.count
            }
            return actual.count == expected.count && memcmp(left, right, actual.count) == 0
        }
    }
}
