/// A token that is looked for in the text as a whole, before words are split.
struct AddedToken: Sendable {
    var content: String
    /// nil: the id that the vocabulary has for it, else the next free one.
    var id: Int?
    /// It matches only where no word scalar is next to it.
    var isSingleWord = false
    /// It takes the white space before it along.
    var stripsLeft = false
    /// It takes the white space after it along.
    var stripsRight = false
    /// It is looked for, normalized, in the normalized text; otherwise as it stands in the original text.
    var isNormalized = false
    /// It was declared special; special tokens come first where two tokens have the same normal form.
    ///
    /// Deviation: there tokenizers 0.23 takes one or the other by chance, from run to run; pinned by
    /// `takesTheSpecialOfTwoTokensWithTheSameNormalForm`.
    var isSpecial = true
}

extension AddedToken {
    /// Reads one field, or returns false when it is none of an added token.
    mutating func readField(_ key: String, _ reader: inout JSONReader) throws(TokenizerError) -> Bool {
        switch key {
        case "content": content = try reader.readString()
        case "single_word": isSingleWord = try reader.readBool()
        case "lstrip": stripsLeft = try reader.readBool()
        case "rstrip": stripsRight = try reader.readBool()
        case "normalized": isNormalized = try reader.readBool()
        case "special": isSpecial = try reader.readBool()
        default: return false
        }
        return true
    }
}
