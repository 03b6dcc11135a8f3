/// Unicode's four normal forms, with the alignment that Hugging Face's fork of `unicode-normalization` gives.
struct UnicodeForm: Sendable, Equatable {
    /// Whether compatibility decompositions are taken too: NFKD and NFKC.
    var isCompatible: Bool
    /// Whether what was decomposed is composed again: NFC and NFKC.
    var composes: Bool

    func apply(_ text: inout NormalizedText, _ scratch: inout NormalizedText) {
        // ASCII is in every form already.
        guard text.bytes.contains(where: { $0 >= 0x80 }) else { return }
        var output = ScalarComposer(composes: composes)
        var marks: [OrderedScalar] = []
        let properties = ScalarProperties.shared
        let categories = ScalarCategoryTable.shared

        func put(_ scalar: UInt32, change: Int) {
            let combines = properties.flags(scalar).contains(.combines)
            let combiningClass = combines ? properties.combiningClass(scalar) : 0
            if combines {
                marks.append(OrderedScalar(scalar: scalar, combiningClass: combiningClass, change: change))
                return
            }
            flushMarks()
            output.put(scalar, combiningClass: 0, change: change, text, &scratch)
        }
        func flushMarks() {
            if marks.isEmpty { return }
            let order = marks.indices.sorted {
                (marks[$0].combiningClass, $0) < (marks[$1].combiningClass, $1)
            }
            for index in order {
                let mark = marks[index]
                output.put(
                    mark.scalar,
                    combiningClass: mark.combiningClass,
                    change: mark.change,
                    text,
                    &scratch
                )
            }
            marks.removeAll(keepingCapacity: true)
        }

        var index = 0
        while index < text.bytes.count {
            if text.bytes[index] < 0x80 {
                put(UInt32(text.bytes[index]), change: 0)
                index += 1
                continue
            }
            let (scalar, count) = UTF8Bytes.decode(text.bytes, at: index)
            index += count
            if isCompatible, categories[scalar].contains(.compatible) {
                for (place, part) in categories.decomposition(scalar).enumerated() {
                    put(part, change: place == 0 ? 0 : 1)
                }
            } else if properties.flags(scalar).contains(.decomposes) {
                for (place, part) in properties.decomposition(scalar).enumerated() {
                    put(part, change: place == 0 ? 0 : 1)
                }
            } else if let jamo = HangulSyllable(scalar) {
                put(jamo.leading, change: 0)
                put(jamo.vowel, change: 1)
                if let trailing = jamo.trailing { put(trailing, change: 1) }
            } else {
                put(scalar, change: 0)
            }
        }
        flushMarks()
        output.finish(text, &scratch)
        swap(&text, &scratch)
    }
}

/// A scalar on its way into canonical order; its change as `NormalizedText.append` takes it.
private struct OrderedScalar {
    var scalar: UInt32
    var combiningClass: UInt8
    var change: Int
}

/// Composes scalars that come in canonical order, or hands them on as they are.
private struct ScalarComposer {
    let composes: Bool
    private var starter: OrderedScalar?
    private var rest: [OrderedScalar] = []
    private var lastClass: UInt8?
    private var offset = 0

    init(composes: Bool) { self.composes = composes }

    mutating func put(
        _ scalar: UInt32,
        combiningClass: UInt8,
        change: Int,
        _ text: borrowing NormalizedText,
        _ output: inout NormalizedText
    ) {
        let next = OrderedScalar(scalar: scalar, combiningClass: combiningClass, change: change)
        guard composes else { return emit(next, text, &output) }
        guard let starter else {
            if combiningClass != 0 { emit(next, text, &output) } else { self.starter = next }
            return
        }
        let isBlocked = lastClass.map { $0 >= combiningClass } ?? false
        if !isBlocked, let composed = ScalarCategoryTable.shared.composition(starter.scalar, scalar) {
            self.starter = OrderedScalar(
                scalar: composed,
                combiningClass: 0,
                change: starter.change + change - 1
            )
        } else if combiningClass == 0 {
            finish(text, &output)
            self.starter = next
        } else {
            rest.append(next)
            lastClass = combiningClass
        }
    }

    /// Hands on what waits for a composition.
    mutating func finish(_ text: borrowing NormalizedText, _ output: inout NormalizedText) {
        if let starter { emit(starter, text, &output) }
        for scalar in rest { emit(scalar, text, &output) }
        rest.removeAll(keepingCapacity: true)
        (starter, lastClass) = (nil, nil)
    }

    private mutating func emit(
        _ scalar: OrderedScalar,
        _ text: borrowing NormalizedText,
        _ output: inout NormalizedText
    ) {
        output.append(scalar.scalar, change: scalar.change, replacing: text, at: &offset)
    }
}
