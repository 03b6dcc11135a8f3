import BlockSkim

/// Reads the input as a page; the bytes are told to be one by the doctype that the seeds begin with.
struct HTMLTarget: FuzzTarget {
    static let name = "html"

    let seeds = [
        """
        <!DOCTYPE html><html><head><title>T</title><script>var a = "</p>";</script></head><body><h1>The
        mill</h1><p>Built in 1921 &amp; burnt &#233; down.<ul><li>one<li>two</ul><table><tr><td>a<th>b</table>
        <pre> x </pre><!-- no --><br/>end</body></html>
        """,
        "<!DOCTYPE html><meta charset=\"iso-8859-1\"><div><p>caf\u{E9} \u{65E5}\u{672C}<style>p {}</style></div>",
    ].map { Array($0.utf8) }
    let fragments = [
        "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&", ";", "&#", "&#x", "&nbsp;",
        "\"",
        "'", "=", "<script>", "</script>", "<pre>", "</pre>", "<head>", "</head>", "<body>", "<p>", "</p>",
        "<td>", "<table>", "<br>", "<template>", "charset=", "utf-16", "iso-8859-1", "\0", "\u{E9}",
        "\u{FEFF}",
        String(repeating: "<div>", count: 300),
    ]

    init() throws {}

    func run(_ input: [UInt8], path: String) -> String {
        do throws(TextFileError) {
            let file = try TextFile(path: path)
            // A byte of a page is at most one character, and no separator is longer than the tag that it stands for.
            guard file.text.unicodeScalars.count <= max(2, input.count) else { return "TOO LONG" }
            return file.format == .html ? "accepted" : "accepted as text"
        } catch {
            return error.description.contains(path) ? outcome(of: error) : "BAD DESCRIPTION"
        }
    }
}
