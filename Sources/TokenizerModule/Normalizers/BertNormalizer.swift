/// BERT's normalizer: clean → spaces around ideographs → decompose and strip accents → lower-case.
struct BertNormalizer: Sendable {
    /// What the normalizer does, as `tokenizer.json` and `tokenizer_config.json` say it.
    struct Options: Equatable, Sendable {
        var cleansText = true
        var spacesIdeographs = true
        /// nil: as `lowercases` says, the original BERT's behaviour.
        var stripsAccents: Bool?
        var lowercases = true
    }

    let options: Options
    private let stripsAccents: Bool
    private let properties: ScalarProperties
    /// The byte that each ASCII byte becomes, `dropped` when it goes.
    private let asciiForms: [UInt8]
    private static let dropped: UInt8 = 0xFF

    init(options: Options) {
        let properties = ScalarProperties.shared
        self.options = options
        self.properties = properties
        stripsAccents = options.stripsAccents ?? options.lowercases
        asciiForms = (0..<128).map { (byte: UInt8) in
            let flags = properties.flags(UInt32(byte))
            if options.cleansText && flags.contains(.removed) { return Self.dropped }
            if options.cleansText && flags.contains(.whitespace) { return 0x20 }
            if options.lowercases && flags.contains(.lowercases) { return byte | 0x20 }
            return byte
        }
    }

    /// Appends the normal form of a piece of the original text.
    ///
    /// - Parameters:
    ///   - utf8: the piece, valid UTF-8 that begins and ends between scalars.
    ///   - firstScalar: the offset of its first scalar in the original text.
    ///   - output: what the normal form is appended to.
    func append(_ utf8: Slice<UnsafeBufferPointer<UInt8>>, firstScalar: Int, to output: inout NormalizedText)
    {
        var marks = PendingMarks()
        var origin = UInt32(firstScalar)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            let byte = utf8[index]
            if byte < 0x80 {
                index += 1
                let form = asciiForms[Int(byte)]
                if form != Self.dropped {
                    if !marks.isEmpty { flush(&marks, to: &output) }
                    output.append(byte: form, origin: origin)
                    marks.lastOrigin = origin
                }
            } else {
                let (scalar, count) = UTF8Bytes.decode(utf8, at: index)
                index += count
                appendCleaned(scalar, origin: origin, &marks, to: &output)
            }
            origin += 1
        }
        flush(&marks, to: &output)
    }

    private func appendCleaned(
        _ scalar: UInt32,
        origin: UInt32,
        _ marks: inout PendingMarks,
        to output: inout NormalizedText
    ) {
        let flags = properties.flags(scalar)
        if options.cleansText && flags.contains(.removed) { return }
        if options.cleansText && flags.contains(.whitespace) {
            appendDecomposed(0x20, [], origin: origin, &marks, to: &output)
        } else if options.spacesIdeographs && flags.contains(.ideograph) {
            appendDecomposed(0x20, [], origin: origin, &marks, to: &output)
            appendDecomposed(scalar, flags, origin: origin, &marks, to: &output)
            appendDecomposed(0x20, [], origin: origin, &marks, to: &output)
        } else {
            appendDecomposed(scalar, flags, origin: origin, &marks, to: &output)
        }
    }

    /// Decomposes where accents are stripped; elsewhere the scalar only gets its lower-case form.
    private func appendDecomposed(
        _ scalar: UInt32,
        _ flags: ScalarFlags,
        origin: UInt32,
        _ marks: inout PendingMarks,
        to output: inout NormalizedText
    ) {
        guard stripsAccents else {
            appendLowercased(scalar, flags, origin: origin, to: &output)
            return
        }
        if flags.contains(.decomposes) {
            var isFirst = true
            for part in properties.decomposition(scalar) {
                let partFlags = properties.flags(part)
                appendOrdered(part, partFlags, isFirst ? origin : nil, &marks, to: &output)
                isFirst = false
            }
        } else if let jamo = HangulSyllable(scalar) {
            appendOrdered(jamo.leading, [], origin, &marks, to: &output)
            appendOrdered(jamo.vowel, [], nil, &marks, to: &output)
            if let trailing = jamo.trailing { appendOrdered(trailing, [], nil, &marks, to: &output) }
        } else {
            appendOrdered(scalar, flags, origin, &marks, to: &output)
        }
    }

    /// Holds marks back until the next starter, as they may have to change places.
    ///
    /// The origin is nil for the second and later parts of a decomposition.
    private func appendOrdered(
        _ scalar: UInt32,
        _ flags: ScalarFlags,
        _ origin: UInt32?,
        _ marks: inout PendingMarks,
        to output: inout NormalizedText
    ) {
        if flags.contains(.combines) {
            marks.append(scalar, combiningClass: properties.combiningClass(scalar), origin: origin)
            return
        }
        if !marks.isEmpty { flush(&marks, to: &output) }
        if let origin { marks.lastOrigin = origin }
        appendStripped(scalar, flags, origin: marks.lastOrigin, to: &output)
    }

    private func flush(_ marks: inout PendingMarks, to output: inout NormalizedText) {
        marks.drainInCanonicalOrder { scalar, origin in
            appendStripped(scalar, properties.flags(scalar), origin: origin, to: &output)
        }
    }

    private func appendStripped(
        _ scalar: UInt32,
        _ flags: ScalarFlags,
        origin: UInt32,
        to output: inout NormalizedText
    ) {
        if flags.contains(.nonspacingMark) { return }
        appendLowercased(scalar, flags, origin: origin, to: &output)
    }

    private func appendLowercased(
        _ scalar: UInt32,
        _ flags: ScalarFlags,
        origin: UInt32,
        to output: inout NormalizedText
    ) {
        guard options.lowercases, flags.contains(.lowercases) else {
            output.append(scalar: scalar, origin: origin)
            return
        }
        let (first, second) = properties.lowercased(scalar)
        output.append(scalar: first, origin: origin)
        if let second { output.append(scalar: second, origin: origin) }
    }
}
