/// Marks that wait for the next starter, to be put in canonical order.
///
/// Hugging Face's alignment counts: the k-th scalar *that is not an addition* of the reordered text gets the
/// range of the k-th scalar of the original, wherever the reordering moved it to; an addition (the second and
/// later parts of a decomposition) gets that of the scalar before it. So when marks change places their ranges
/// do not, and this type does the same.
struct PendingMarks {
    private struct Mark {
        var scalar: UInt32
        var combiningClass: UInt8
        var isAddition: Bool
    }

    private var marks: [Mark] = []
    /// Origins of the marks that are no additions, in the order of the original text.
    private var origins: [UInt32] = []
    /// The origin of the last scalar that was no addition.
    var lastOrigin: UInt32 = 0

    var isEmpty: Bool { marks.isEmpty }

    /// Takes a mark in; its origin is nil for an addition.
    mutating func append(_ scalar: UInt32, combiningClass: UInt8, origin: UInt32?) {
        marks.append(Mark(scalar: scalar, combiningClass: combiningClass, isAddition: origin == nil))
        if let origin { origins.append(origin) }
    }

    /// Calls `body` with each mark and its origin and leaves nothing behind.
    mutating func drainInCanonicalOrder(_ body: (_ scalar: UInt32, _ origin: UInt32) -> Void) {
        if marks.isEmpty { return }
        // The standard library's sort is stable, but does not promise it: the index makes it so.
        let order = marks.indices.sorted {
            (marks[$0].combiningClass, $0) < (marks[$1].combiningClass, $1)
        }
        var nextOrigin = 0
        for index in order {
            if !marks[index].isAddition {
                lastOrigin = origins[nextOrigin]
                nextOrigin += 1
            }
            body(marks[index].scalar, lastOrigin)
        }
        marks.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
    }
}

/// A precomposed Hangul syllable taken apart by the rule of the Unicode standard, section 3.12.
struct HangulSyllable {
    let leading: UInt32
    let vowel: UInt32
    let trailing: UInt32?

    /// nil when the scalar is no precomposed syllable.
    init?(_ scalar: UInt32) {
        guard (0xAC00...0xD7A3).contains(scalar) else { return nil }
        let index = scalar - 0xAC00
        leading = 0x1100 + index / 588
        vowel = 0x1161 + index % 588 / 28
        trailing = index % 28 == 0 ? nil : 0x11A7 + index % 28
    }

    /// The syllable of a leading consonant and a vowel, or of those two together and a trailing consonant.
    static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
            return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        if (0xAC00...0xD7A3).contains(first), (first - 0xAC00) % 28 == 0, (0x11A8..<0x11C3).contains(second) {
            return first + second - 0x11A7
        }
        return nil
    }
}
