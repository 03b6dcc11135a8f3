/// One step of making a text uniform.
enum Normalizer: Sendable {
    case bert(BertNormalizer)
    case unicode(UnicodeForm)
    case lowercase
    case stripAccents
    case strip(left: Bool, right: Bool)
    case replace(TextReplacement)
    /// Puts UTF-8 before a text that is not empty.
    case prepend([UInt8])
    case precompiled(CharacterMap)
}

/// All steps, in order.
struct NormalizationPipeline: Sendable {
    /// BERT's normalizer reads the original text itself, so it can only come first.
    private let first: BertNormalizer?
    private let steps: ArraySlice<Normalizer>

    /// - Precondition: BERT's normalizer stands nowhere but at the front.
    init(_ normalizers: [Normalizer]) {
        if case .bert(let normalizer)? = normalizers.first {
            (first, steps) = (normalizer, normalizers.dropFirst())
        } else {
            (first, steps) = (nil, normalizers[...])
        }
    }

    /// Normalizes a piece of the original text.
    ///
    /// - Parameters:
    ///   - utf8: the piece, valid UTF-8 that begins and ends between scalars.
    ///   - firstScalar: the offset of its first scalar in the original text.
    ///   - text: what the normal form replaces.
    ///   - scratch: kept between calls so that nothing is allocated once warm.
    func normalize(
        _ utf8: Slice<UnsafeBufferPointer<UInt8>>,
        firstScalar: Int,
        into text: inout NormalizedText,
        scratch: inout NormalizedText
    ) {
        text.clear(firstScalar: UInt32(firstScalar))
        if let first {
            first.append(utf8, firstScalar: firstScalar, to: &text)
        } else {
            text.append(original: utf8)
        }
        for step in steps where !text.bytes.isEmpty { apply(step, &text, &scratch) }
    }

    /// The normal form of a text, as UTF-8.
    func normalForm(of text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { utf8 in
            var (normalized, scratch) = (NormalizedText(), NormalizedText())
            normalize(utf8[...], firstScalar: 0, into: &normalized, scratch: &scratch)
            return normalized.bytes
        }
    }

    private func apply(_ step: Normalizer, _ text: inout NormalizedText, _ scratch: inout NormalizedText) {
        scratch.clear(firstScalar: text.firstScalar)
        switch step {
        case .bert: preconditionFailure("BERT's normalizer comes first")
        case .unicode(let form): form.apply(&text, &scratch)
        case .lowercase: Lowercasing.apply(&text, &scratch)
        case .stripAccents: MarkStripping.apply(&text, &scratch)
        case .strip(let left, let right): SpaceStripping.apply(&text, left: left, right: right)
        case .replace(let replacement): replacement.apply(&text, &scratch)
        case .prepend(let prefix):
            for byte in prefix { scratch.append(byte: byte, origin: text.origins[0]) }
            scratch.append(text.bytes.indices, of: text)
            swap(&text, &scratch)
        case .precompiled(let map): map.apply(&text, &scratch)
        }
    }
}
