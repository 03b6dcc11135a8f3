/// The text of a page, put together from its elements in order.
///
/// White space becomes one space, except in `pre`; a block is separated from what stands around it by a line feed, and
/// a paragraph or heading by an empty line; cells of a table by a tab. What is no text of the page (scripts, styles, its
/// head) is left out.
final class HTMLText {
    private var bytes: [UInt8] = []
    /// How many elements that are left out are open.
    private var leftOutDepth = 0
    private var preformattedDepth = 0
    /// What stands between the last text and the next, if more text comes.
    private var lineFeeds = 0
    private var gap: UInt8?

    private static let leftOut: Set = ["head", "script", "style", "template", "title"]
    private static let paragraphs: Set = [
        "blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table",
        "ul",
    ]
    private static let blocks: Set = [
        "address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
        "dt",
        "fieldset", "figcaption", "footer", "form", "header", "legend", "li", "main", "menu", "nav",
        "optgroup",
        "option", "search", "section", "select", "summary", "tbody", "textarea", "tfoot", "thead", "tr",
    ]

    /// The text so far.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    func open(_ name: String) {
        switch name {
        case "br": lineFeeds = min(2, lineFeeds + 1)
        case "td", "th": gap = UInt8(ascii: "\t")
        default: separate(name)
        }
        if name == "pre" { preformattedDepth += 1 }
        if Self.leftOut.contains(name) { leftOutDepth += 1 }
    }

    func close(_ name: String) {
        separate(name)
        if name == "pre" { preformattedDepth -= 1 }
        if Self.leftOut.contains(name) { leftOutDepth -= 1 }
    }

    func append(_ text: UnsafeRawBufferPointer) {
        guard leftOutDepth == 0 else { return }
        if preformattedDepth > 0 {
            if !text.isEmpty { appendSeparator() }
            bytes.append(contentsOf: text)
            return
        }
        for byte in text {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D: gap = gap ?? UInt8(ascii: " ")
            default:
                appendSeparator()
                bytes.append(byte)
            }
        }
    }

    private func separate(_ name: String) {
        if Self.paragraphs.contains(name) {
            lineFeeds = 2
        } else if Self.blocks.contains(name) {
            lineFeeds = max(1, lineFeeds)
        }
    }

    private func appendSeparator() {
        if !bytes.isEmpty {
            if lineFeeds > 0 {
                for _ in 0..<lineFeeds { bytes.append(UInt8(ascii: "\n")) }
            } else if let gap {
                bytes.append(gap)
            }
        }
        lineFeeds = 0
        gap = nil
    }
}
