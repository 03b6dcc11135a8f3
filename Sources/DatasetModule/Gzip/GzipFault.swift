/// How gzip data breaks RFC 1951 (deflate) or RFC 1952 (gzip).
public enum GzipFault: Equatable, Sendable {
    /// A member does not start with the two bytes of gzip.
    case notGzip
    /// The compression method is not deflate (8).
    case unknownMethod(UInt8)
    /// Flags of the header that must be zero are set.
    case reservedFlags(UInt8)
    /// The header's own checksum does not match.
    case headerChecksumMismatch
    /// A block has the reserved type 3.
    case reservedBlockType
    /// The length of a stored block does not match its complement.
    case storedLengthMismatch
    /// A dynamic block declares more codes than there are symbols.
    case tooManyCodes
    /// A repeated code length has nothing to repeat, or runs past the end.
    case badCodeLengths
    /// A set of code lengths is over-subscribed or incomplete.
    case badHuffmanCode
    /// A dynamic block cannot end.
    case missingEndOfBlock
    /// The bits match no symbol, or a symbol that must not occur.
    case badSymbol
    /// A match reaches back before the start of the data.
    case distanceTooFar
    /// The CRC-32 of the data does not match.
    case checksumMismatch
    /// The length of the data does not match.
    case lengthMismatch
}

extension GzipFault: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .notGzip: "something other than a gzip member follows"
        case .unknownMethod(let method): "unknown compression method \(method)"
        case .reservedFlags(let flags): "reserved header flags \(flags)"
        case .headerChecksumMismatch: "the header's checksum does not match"
        case .reservedBlockType: "reserved block type"
        case .storedLengthMismatch: "length of a stored block does not match its complement"
        case .tooManyCodes: "too many codes"
        case .badCodeLengths: "invalid run of code lengths"
        case .badHuffmanCode: "over-subscribed or incomplete Huffman code"
        case .missingEndOfBlock: "no end-of-block code"
        case .badSymbol: "invalid symbol"
        case .distanceTooFar: "match before the start of the data"
        case .checksumMismatch: "CRC-32 does not match"
        case .lengthMismatch: "length does not match"
        }
    }
}
