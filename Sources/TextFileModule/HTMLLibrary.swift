import CLibXML2

/// libxml2, opened when the first page is read.
struct HTMLLibrary: @unchecked Sendable {
    // Never changed and never closed once it is open; every page has a parser of its own.
    private let library: OpaquePointer?

    /// The installed one.
    static let installed = HTMLLibrary(names: ["libxml2.so.2", "libxml2.so.16", "libxml2.2.dylib"])

    /// Opens the first library that there is.
    init(names: [String]) {
        var library: OpaquePointer?
        for name in names where library == nil {
            library = name.withCString { name in
                withUnsafePointer(to: Optional(name)) { html_library_open($0, 1) }
            }
        }
        self.library = library
    }

    /// The text of a page.
    ///
    /// - Parameters:
    ///   - page: Its bytes, in UTF-8.
    ///   - name: What errors call it.
    /// - Returns: The text.
    /// - Throws: `noReader`, `damaged`.
    func text(of page: [UInt8], name: String) throws(TextFileError) -> String {
        guard let library else { throw .noReader(name: name, format: .html) }
        let text = HTMLText()
        var events = html_events(
            opens: { reader, name in HTMLLibrary.text(reader, name) { $0.open($1) } },
            closes: { reader, name in HTMLLibrary.text(reader, name) { $0.close($1) } },
            text: { reader, bytes, count in
                guard let reader, let bytes else { return }
                let text = Unmanaged<HTMLText>.fromOpaque(reader).takeUnretainedValue()
                text.append(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            }
        )
        let status = page.withUnsafeBytes { page in
            html_parse(
                library,
                page.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(page.count),
                &events,
                Unmanaged.passUnretained(text).toOpaque()
            )
        }
        guard status == 0 else { throw .damaged(name: name, reason: "libxml2 has no memory left for it") }
        return text.string
    }

    private static func text(
        _ reader: UnsafeMutableRawPointer?,
        _ name: UnsafePointer<CChar>?,
        _ body: (HTMLText, String) -> Void
    ) {
        guard let reader, let name else { return }
        body(Unmanaged<HTMLText>.fromOpaque(reader).takeUnretainedValue(), String(cString: name))
    }
}
