import QuestionAnsweringModule

/// Windows by what they hold and by where they stand in a text, without their tokens: what teacher and student find each
/// other's windows by.
struct PlacedWindows: Equatable {
    /// A window.
    struct Window: Equatable {
        /// The hash of its tokens: equal for windows of equal tokens.
        var tokens: Int64
        /// The hash of the texts of its question and its document.
        var question: Int64
        /// Its document, from 0.
        var document: Int
        /// The tokens of the window, special ones included.
        var tokenCount: Int
        /// The tokens before the context.
        var prefixLength: Int
        /// Which of the document's tokens it holds.
        var contextTokens: Range<Int>
    }

    var windows: [Window] = []
    /// Where the tokens of each document stand in its text, in Unicode scalars, without white space at either end.
    var documents: [[Range<Int>]] = []

    /// Where the context's tokens of a window stand in the text.
    func places(of window: Window) -> ArraySlice<Range<Int>> {
        documents[window.document][window.contextTokens]
    }

    /// The hash of a window's tokens.
    static func hash(_ ids: [Int32]) -> Int64 {
        var hash = SHA256()
        ids.withUnsafeBytes { hash.update($0) }
        return hash.leadingBits()
    }

    /// Whether all numbers are in their ranges, as they must be in a file.
    var isConsistent: Bool {
        windows.allSatisfy { window in
            documents.indices.contains(window.document) && window.prefixLength > 0
                && window.contextTokens.upperBound <= documents[window.document].count
                && window.prefixLength + window.contextTokens.count <= window.tokenCount
        }
    }
}
