import TestSupport
import Testing

@testable import TextFileModule

@Suite(.enabled(if: HTMLPages.areRead, "needs libxml2")) struct HTMLTextTests {
    private func text(_ page: String) throws -> String {
        try HTMLLibrary.installed.text(of: Array(page.utf8), name: "page")
    }

    @Test(arguments: [
        ("<p>One <b>bold</b> word.</p>", "One bold word."),
        // White space, also between elements.
        ("<p>  One\n\t two  <i> three</i></p>\n\n", "One two three"),
        // Blocks and paragraphs.
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<h1>Title</h1><p>One.<p>Two.<ul><li>a<li>b</ul>end", "Title\n\nOne.\n\nTwo.\n\na\nb\n\nend"),
        ("<p>a<br>b<br><br>c<br/></p>", "a\nb\n\nc"),
        ("<table><tr><th>Year<th>Name<tr><td>1921<td>mill</table>", "Year\tName\n1921\tmill"),
        ("<pre>one\n  two</pre>three", "one\n  two\n\nthree"),
        // Entities.
        ("caf&eacute; &amp; b&#x1F600;&#97;r &lt;tag&gt; &copy; 5 < 6", "café & b😀ar <tag> © 5 < 6"),
        ("a&nbsp;b", "a\u{A0}b"),
        // What is no text of the page.
        ("<head><title>T</title><style>p {}</style></head><body>text", "text"),
        ("<title>T</title><meta charset=utf-8>text", "text"),
        (#"a<script>var x = "</p><b>";</script><style>p > a {}</style><template>no</template>b"#, "ab"),
        ("a<!-- <p>no</p> -->b", "ab"),
        // Pages say all sorts of things about their encoding.
        ("<meta charset=\"iso-8859-1\"><p>caf\u{E9} \u{65E5}\u{672C}", "caf\u{E9} \u{65E5}\u{672C}"),
        ("<?xml version=\"1.0\" encoding=\"utf-16\"?><html><body>caf\u{E9}</body></html>", "caf\u{E9}"),
        // Tags that are not closed, or not open.
        ("<p>one<b>two<p>three</i></div>", "onetwo\n\nthree"),
        ("", ""), ("   ", ""), ("<html></html>", ""), ("no tags", "no tags"),
    ])
    func textOfAPage(page: String, text: String) throws {
        #expect(try self.text(page) == text)
    }

    @Test func deepNestingLosesNothing() throws {
        let depth = 5000
        let page =
            String(repeating: "<div>", count: depth) + "deep" + String(repeating: "</div>", count: depth)
            + "after"
        #expect(try text(page) == "deep\nafter")
    }

    @Test func longTextsComeWhole() throws {
        let paragraph = "Caf\u{E9} & \u{1F600} " + String(repeating: "word ", count: 20_000) + "end"
        let page = (0..<5).map { _ in "<p>\(paragraph.replacing("&", with: "&amp;"))</p>" }.joined()
        #expect(try text(page) == Array(repeating: paragraph, count: 5).joined(separator: "\n\n"))
    }

    /// Whatever the bytes are, there is text that is UTF-8, and no trap.
    @Test func damagedPagesGiveText() throws {
        let page = Array(
            "<html><head><script>x</script></head><body><p class='a'>caf\u{E9} &amp; &#233;</p></body>".utf8
        )
        var random = SplitMix(seed: 7)
        for _ in 0..<2000 {
            let mutated = random.mutated(page)
            let text = try HTMLLibrary.installed.text(of: mutated, name: "page")
            #expect(text.utf8.count <= 3 * mutated.count)
        }
    }
}

enum HTMLPages {
    /// Whether libxml2 is there.
    static let areRead = (try? HTMLLibrary.installed.text(of: Array("a".utf8), name: "")) != nil
}

@Suite struct HTMLLibraryTests {
    @Test func missingLibraryNamesThePackage() throws {
        let library = HTMLLibrary(names: ["libnone.so.1", "libnone.so.2"])
        let error = #expect(throws: TextFileError.noReader(name: "a.html", format: .html)) {
            try library.text(of: Array("<p>a".utf8), name: "a.html")
        }
        #expect(error?.description.contains("apt-get install libxml2") == true)
    }

    @Test func libraryWithoutTheFunctionsIsNone() {
        let library = HTMLLibrary(names: ["libm.so.6"])
        #expect(throws: TextFileError.self) { try library.text(of: [], name: "a.html") }
    }
}
