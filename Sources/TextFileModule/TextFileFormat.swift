/// How the text of a file is stored.
public enum TextFileFormat: Sendable, Equatable {
    /// Text and nothing else, in UTF-8; Markdown is read as it is.
    case plain
    /// A page, whose text is taken from between its tags.
    case html
    /// A PDF, whose text the program `pdftotext` takes out.
    case pdf

    /// The format of a file, told by how it begins and else by its name: `.html`, `.htm` and `.xhtml` are pages.
    package init(_ bytes: [UInt8], path: String) {
        let isPage = [".html", ".htm", ".xhtml"].contains { path.lowercased().hasSuffix($0) }
        self = Self(beginning: bytes) ?? (isPage ? .html : .plain)
    }

    /// The format of a file that is not plain text; nil for what may be.
    ///
    /// HTML may begin with an XML declaration, comments and a byte order mark; a text that only speaks of tags is
    /// plain.
    package init?(beginning bytes: [UInt8]) {
        var rest = bytes.prefix(1 << 14)
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while true {
            rest = rest.drop { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains($0) }
            if let body = Self.behind("<!--", "-->", rest) ?? Self.behind("<?", "?>", rest) {
                rest = body
            } else if rest.starts(with: "%PDF-".utf8) {
                self = .pdf
                return
            } else if Self.startsHTML(rest) {
                self = .html
                return
            } else {
                return nil
            }
        }
    }

    /// What to do where only plain text can be used.
    package var advice: String {
        switch self {
        case .plain: "it is plain text"
        case .html:
            "it is HTML, whose markup and scripts would be taken for text; convert it, for example with pandoc -t plain"
        case .pdf: "it is a PDF; convert it to text, for example with pdftotext"
        }
    }

    private static func startsHTML(_ bytes: ArraySlice<UInt8>) -> Bool {
        if isTag("<html", bytes) { return true }
        return isTag("<!doctype", bytes) && isTag("html", bytes.dropFirst(9).drop { $0 <= 0x20 })
    }

    /// Whether the bytes start with a word, in any case, that ends there.
    private static func isTag(_ word: StaticString, _ bytes: ArraySlice<UInt8>) -> Bool {
        let word = word.withUTF8Buffer(Array.init)
        let isEqual = zip(bytes, word).allSatisfy {
            ($0.0 | ($0.0 >= 0x41 && $0.0 <= 0x5A ? 0x20 : 0)) == $0.1
        }
        let next = bytes.dropFirst(word.count).first
        return isEqual && bytes.count >= word.count
            && (next.map { $0 <= 0x20 || $0 == UInt8(ascii: ">") } ?? true)
    }

    /// What follows a part between two marks; nil when the bytes do not start with one.
    private static func behind(
        _ opening: StaticString,
        _ closing: StaticString,
        _ bytes: ArraySlice<UInt8>
    ) -> ArraySlice<UInt8>? {
        let (opening, closing) = (opening.withUTF8Buffer(Array.init), closing.withUTF8Buffer(Array.init))
        guard bytes.starts(with: opening) else { return nil }
        var rest = bytes.dropFirst(opening.count)
        while !rest.isEmpty, !rest.starts(with: closing) { rest = rest.dropFirst() }
        return rest.dropFirst(closing.count)
    }
}
