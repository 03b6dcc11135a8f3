/// A position that counts Unicode scalars (code points) of the original text from its start.
public typealias ScalarOffset = Int

/// The tokens of one text, without the special tokens that a model puts around it.
///
/// `offsets[i]` is the half-open range of the original text that token `ids[i]` was made of. Ranges are in
/// order; two tokens share a scalar when that one scalar became several tokens. (Only an added token that
/// consists of white space can lie inside the range of one before it that takes white space along.)
public struct TokenizedText: Sendable, Equatable {
    /// Vocabulary ids, one a token.
    public var ids: [Int32]
    /// The range of the original text of each token, same count as `ids`.
    public var offsets: [Range<ScalarOffset>]

    /// Makes a tokenized text of ids and their ranges.
    ///
    /// - Parameters:
    ///   - ids: vocabulary ids.
    ///   - offsets: the range of the original text of each id, same count.
    public init(ids: [Int32] = [], offsets: [Range<ScalarOffset>] = []) {
        precondition(ids.count == offsets.count, "\(ids.count) ids but \(offsets.count) offsets")
        self.ids = ids
        self.offsets = offsets
    }

    mutating func append(_ id: Int32, _ range: Range<ScalarOffset>) {
        ids.append(id)
        offsets.append(range)
    }
}
