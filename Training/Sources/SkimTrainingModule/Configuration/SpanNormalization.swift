/// Over which positions the start, and the end, of an answer are a distribution.
public enum SpanNormalization: String, Codable, Sendable, CaseIterable {
    /// Over those of one window: a window without its question's answer has the null answer, its first token.
    case window
    /// Over those of all windows of a question, so that scores of windows can be compared: Clark and Gardner 2018, shared
    /// normalisation.
    case document
}

extension KeyedDecodingContainer {
    /// Runs from before there was a choice normalised over windows.
    func decode(_: SpanNormalization.Type, forKey key: Key) throws -> SpanNormalization {
        try decodeIfPresent(SpanNormalization.self, forKey: key) ?? .window
    }
}
