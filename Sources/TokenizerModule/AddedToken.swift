import FileModule

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
    /// A file says how it is matched; otherwise it has only a name.
    var hasRules = false
}

extension AddedToken {
    /// Reads one field, or returns false when it is none of an added token.
    mutating func readField(_ key: String, _ parser: inout JSONParser) throws -> Bool {
        switch key {
        case "content": content = try parser.string()
        case "single_word": isSingleWord = try parser.bool()
        case "lstrip": stripsLeft = try parser.bool()
        case "rstrip": stripsRight = try parser.bool()
        case "normalized": isNormalized = try parser.bool()
        case "special": isSpecial = try parser.bool()
        default: return false
        }
        return true
    }
}
