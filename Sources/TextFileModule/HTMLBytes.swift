import FileModule

/// Pages are stored in more encodings than text is; this makes UTF-8 of the usual ones.
enum HTMLBytes {
    /// The bytes of a page in UTF-8.
    ///
    /// What is UTF-8 is taken as that, whatever it says of itself. Else a byte order mark or the declared encoding
    /// decides: UTF-16, or Windows-1252, of which ISO 8859-1 is a part, as in browsers.
    ///
    /// - Throws: `notUTF8` when no encoding is declared, `unknownEncoding`.
    static func utf8(_ bytes: [UInt8], of name: String) throws(TextFileError) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try utf8(Array(bytes.dropFirst(3)), of: name) }
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes.dropFirst(2), lowByteFirst: true) }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes.dropFirst(2), lowByteFirst: false) }
        guard let byteOffset = bytes.firstInvalidUTF8Offset else { return bytes }
        guard let encoding = declaredEncoding(bytes), encoding != "utf-8", encoding != "utf8" else {
            throw .notUTF8(name: name, byteOffset: byteOffset)
        }
        guard windows1252Names.contains(encoding) else {
            throw .unknownEncoding(name: name, encoding: encoding)
        }
        return windows1252(bytes)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, lowByteFirst: Bool) -> [UInt8] {
        let bytes = Array(bytes)
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            let (low, high) = lowByteFirst ? (index, index + 1) : (index + 1, index)
            return UInt16(bytes[high]) << 8 | UInt16(bytes[low])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// What stands behind the first `charset=` or `encoding=`, in lower case.
    private static func declaredEncoding(_ bytes: [UInt8]) -> String? {
        let looksAtBytes = 1024
        let start = String(decoding: bytes.prefix(looksAtBytes).filter { $0 < 0x80 }, as: UTF8.self)
            .lowercased()
        for mark in ["charset", "encoding"] {
            guard let range = start.firstRange(of: mark) else { continue }
            let value = start[range.upperBound...].drop { " \t\n\r=\"'".contains($0) }
            let encoding = value.prefix { $0.isLetter || $0.isNumber || "-_:".contains($0) }
            if !encoding.isEmpty { return String(encoding) }
        }
        return nil
    }

    private static let windows1252Names: Set = [
        "windows-1252", "cp1252", "x-cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1",
        "us-ascii", "ascii",
    ]

    private static func windows1252(_ bytes: [UInt8]) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            let isSpecial = (0x80..<0xA0).contains(byte)
            text.append(isSpecial ? windows1252From80[Int(byte) - 0x80] : Unicode.Scalar(byte))
        }
        return Array(String(text).utf8)
    }

    /// 0x80 to 0x9F; the five that have no character are U+FFFD.
    private static let windows1252From80 = Array(
        ("\u{20AC}\u{FFFD}\u{201A}\u{0192}\u{201E}\u{2026}\u{2020}\u{2021}\u{02C6}\u{2030}\u{0160}\u{2039}\u{0152}"
            + "\u{FFFD}\u{017D}\u{FFFD}\u{FFFD}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{02DC}"
            + "\u{2122}\u{0161}\u{203A}\u{0153}\u{FFFD}\u{017E}\u{0178}").unicodeScalars
    )
}
