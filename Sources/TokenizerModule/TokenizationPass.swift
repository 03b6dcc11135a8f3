/// The state of tokenizing one text.
struct TokenizationPass {
    private let text: UnsafeBufferPointer<UInt8>
    private let normalizer: BertNormalizer
    private let splitter: BertWordSplitter
    private let model: WordPiece
    private let normalizedMatcher: AddedTokenMatcher
    private(set) var output = TokenizedText()
    private var normalized = NormalizedText()
    private var hashes: [UInt64] = []
    /// A byte of the text and the offset of the scalar that begins there.
    private var cursor: (byte: Int, scalar: ScalarOffset) = (0, 0)

    init(
        text: UnsafeBufferPointer<UInt8>,
        normalizer: BertNormalizer,
        splitter: BertWordSplitter,
        model: WordPiece,
        normalizedMatcher: AddedTokenMatcher
    ) {
        self.text = text
        self.normalizer = normalizer
        self.splitter = splitter
        self.model = model
        self.normalizedMatcher = normalizedMatcher
        // English has about one token in four and a half bytes.
        output.ids.reserveCapacity(text.count / 4 + 1)
        output.offsets.reserveCapacity(text.count / 4 + 1)
        normalized.bytes.reserveCapacity(text.count)
        normalized.origins.reserveCapacity(text.count)
    }

    mutating func append(_ segment: AddedTokenMatcher.Segment) {
        switch segment {
        case .token(let id, let range):
            let start = scalarOffset(ofByte: range.lowerBound)
            output.append(id, start..<scalarOffset(ofByte: range.upperBound))
        case .text(let range):
            normalized.bytes.removeAll(keepingCapacity: true)
            normalized.origins.removeAll(keepingCapacity: true)
            normalizer.append(
                text[range],
                firstScalar: scalarOffset(ofByte: range.lowerBound),
                to: &normalized
            )
            appendNormalized()
        }
    }

    private mutating func appendNormalized() {
        guard !normalizedMatcher.isEmpty else {
            appendWords(0..<normalized.bytes.count)
            return
        }
        let bytes = normalized.bytes
        normalizedMatcher.forEachSegment(in: bytes) { segment in
            switch segment {
            case .token(let id, let range): output.append(id, normalized.original(range))
            case .text(let range): appendWords(range)
            }
        }
    }

    private mutating func appendWords(_ range: Range<Int>) {
        splitter.forEachWord(in: normalized.bytes, range: range) { word in
            model.append(word, of: normalized, hashes: &hashes, to: &output)
        }
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
