/// The state of tokenizing one text.
struct TokenizationPass {
    private let text: UnsafeBufferPointer<UInt8>
    private let tokenizer: Tokenizer
    private(set) var output = TokenizedText()
    private var normalized = NormalizedText()
    private var scratchText = NormalizedText()
    private var split = SplitText()
    private var scratch: ModelScratch
    /// A byte of the text and the offset of the scalar that begins there.
    private var cursor: (byte: Int, scalar: ScalarOffset) = (0, 0)

    init(text: UnsafeBufferPointer<UInt8>, tokenizer: Tokenizer, scratch: consuming ModelScratch) {
        self.text = text
        self.tokenizer = tokenizer
        self.scratch = scratch
        // English has about one token in four and a half bytes.
        output.ids.reserveCapacity(text.count / 4 + 1)
        output.offsets.reserveCapacity(text.count / 4 + 1)
        normalized.bytes.reserveCapacity(text.count)
        normalized.origins.reserveCapacity(text.count)
    }

    /// Hands the scratch on, for the next pass.
    consuming func endScratch() -> ModelScratch { scratch }

    mutating func append(_ segment: AddedTokenMatcher.Segment) {
        switch segment {
        case .token(let id, let range):
            let start = scalarOffset(ofByte: range.lowerBound)
            appendAdded(id, start..<scalarOffset(ofByte: range.upperBound), text[range])
        case .text(let range):
            tokenizer.normalization.normalize(
                text[range],
                firstScalar: scalarOffset(ofByte: range.lowerBound),
                into: &normalized,
                scratch: &scratchText
            )
            appendNormalized()
        }
    }

    private mutating func appendNormalized() {
        let matcher = tokenizer.added.normalizedMatcher
        guard !matcher.isEmpty else {
            if !normalized.bytes.isEmpty { appendWords(0..<normalized.bytes.count) }
            return
        }
        // The words' text is changed in place where pre-tokenizers do so.
        let whole = normalized
        matcher.forEachSegment(in: whole.bytes) { segment in
            switch segment {
            case .token(let id, let range): appendAdded(id, whole.original(range), whole.bytes[range])
            case .text(let range):
                normalized = whole
                appendWords(range)
            }
        }
    }

    /// Appends an added token, which may have taken spaces along.
    private mutating func appendAdded(
        _ id: Int32,
        _ range: Range<ScalarOffset>,
        _ bytes: some BidirectionalCollection<UInt8>
    ) {
        guard let trimming = tokenizer.trimming else { return output.append(id, range) }
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        let properties = ScalarProperties.shared
        // U+0120 is the space of the byte alphabet, in which Hugging Face has all tokens here.
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "\u{120}" || properties.flags(scalar.value).contains(.whitespace)
        }
        output.append(
            id,
            trimming.trimmed(
                range,
                leading: scalars.prefix(while: isSpace).count,
                trailing: scalars.reversed().prefix(while: isSpace).count,
                isFirst: output.ids.isEmpty
            )
        )
    }

    private mutating func appendWords(_ range: Range<Int>) {
        if case .wordPiece(let model) = tokenizer.model, tokenizer.preTokenizers == [.bert] {
            tokenizer.splitter.forEachWord(in: normalized.bytes, range: range) { word in
                model.append(word, of: normalized, hashes: &scratch.hashes, to: &output)
            }
            return
        }
        swap(&split.text, &normalized)
        split.words.removeAll(keepingCapacity: true)
        split.words.append(range)
        for step in tokenizer.preTokenizers { split.cut(with: step) }
        switch tokenizer.model {
        case .wordPiece(let model):
            for word in split.words {
                model.append(word, of: split.text, hashes: &scratch.hashes, to: &output)
            }
        case .unigram(let model):
            for word in split.words {
                model.forEachToken(word, of: split.text, paths: &scratch.paths) { id, range in
                    output.append(id, split.text.original(range))
                }
            }
        case .bytePairs(let model):
            let trimming = tokenizer.trimming
            for word in split.words {
                model.forEachToken(word, of: split.text, scratch: &scratch) { id, range in
                    output.append(
                        id,
                        Self.original(range, of: split.text, trimming, isFirst: output.ids.isEmpty)
                    )
                }
            }
        }
    }

    /// The range of a byte-level token, without its spaces where they are trimmed.
    @inline(__always)
    private static func original(
        _ range: Range<Int>,
        of text: borrowing NormalizedText,
        _ trimming: OffsetTrimming?,
        isFirst: Bool
    ) -> Range<ScalarOffset> {
        let original = text.original(range)
        guard let trimming, text.bytes[range.lowerBound] == 0x20 || text.bytes[range.upperBound - 1] == 0x20
        else { return original }
        return trimming.trimmed(
            original,
            leading: text.bytes[range].prefix { $0 == 0x20 }.count,
            trailing: text.bytes[range].reversed().prefix { $0 == 0x20 }.count,
            isFirst: isFirst
        )
    }

    /// The number of scalars before a byte, counted from the last byte that was asked for.
    private mutating func scalarOffset(ofByte byte: Int) -> ScalarOffset {
        let distance =
            byte >= cursor.byte
            ? UTF8Bytes.scalarCount(text, in: cursor.byte..<byte)
            : -UTF8Bytes.scalarCount(text, in: byte..<cursor.byte)
        cursor = (byte, cursor.scalar + distance)
        return cursor.scalar
    }
}
