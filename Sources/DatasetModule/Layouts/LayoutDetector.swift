import FileModule

/// Finds out from the content which layout a data set has.
///
/// The first line decides if it is a whole JSON object: MRQA has one object a line, and a SQuAD document is often a
/// single line. Otherwise the whole content must be one object, unless the second line is an MRQA record: then the
/// first is one bad line of an MRQA file. A first line that is no JSON and names columns is the header of a table.
enum LayoutDetector {
    enum Detected {
        case squad(SquadArticles)
        case mrqa(MRQALines)
        case table(TableRows)
    }

    static func detect(
        _ source: any ByteSource,
        name: String,
        limits: DatasetReader.Limits,
        tables: DatasetReader.Tables
    ) throws(DatasetError) -> Detected {
        var reader = LineReader(source: source, path: name)
        var content: [UInt8] = []
        // Blank lines at the start carry nothing.
        repeat {
            guard try reader.next(into: &content, limitBytes: limits.documentBytes) else {
                throw .emptyFile(path: name)
            }
            if reader.lineNumber == 1, content.starts(with: [0xEF, 0xBB, 0xBF]) { content.removeFirst(3) }
        } while content.allSatisfy(isSpace)
        let firstLine = reader.lineNumber

        if let outline = try? DocumentOutline.scan(content) {
            if outline.isMRQA {
                let first = MRQALines.Raw(number: firstLine, bytes: content)
                return .mrqa(MRQALines(reader: reader, pending: [first], limitBytes: limits.lineBytes))
            }
            var rest: [UInt8] = []
            if outline.articles != nil || outline.columns != nil {
                try reader.rest(appendedTo: &rest, limitBytes: limits.documentBytes)
                if let index = rest.firstIndex(where: { !isSpace($0) }) {
                    let error = JSONSyntaxError(offset: index, fault: .trailingBytes)
                    let place = error.lineAndColumn(in: rest)
                    throw .notJSON(
                        path: name,
                        line: firstLine + place.line,
                        column: place.column,
                        reason: error.description
                    )
                }
            }
            return try .squad(squad(outline, content, name: name))
        }

        if let separator = TableHeader.separator(in: content, path: name) {
            guard tables == .read, separator != UInt8(ascii: ";") else {
                throw .notJSON(path: name, line: firstLine, column: 1, reason: conversion(separator))
            }
            let records = TableRecords(
                reader: reader,
                firstLine: content,
                separator: separator,
                path: name,
                limitBytes: limits.lineBytes
            )
            return try .table(TableRows(records, path: name))
        }

        var second: [UInt8] = []
        if try reader.next(into: &second, limitBytes: limits.documentBytes) {
            let beginsArray = content.first { !isSpace($0) } == UInt8(ascii: "[")
            if !beginsArray, let outline = try? DocumentOutline.scan(second), outline.isMRQA {
                let pending = [
                    MRQALines.Raw(number: firstLine, bytes: content),
                    MRQALines.Raw(number: reader.lineNumber, bytes: second),
                ]
                return .mrqa(MRQALines(reader: reader, pending: pending, limitBytes: limits.lineBytes))
            }
            content.append(UInt8(ascii: "\n"))
            content += second
            content.append(UInt8(ascii: "\n"))
            try reader.rest(appendedTo: &content, limitBytes: limits.documentBytes)
        }
        let outline: DocumentOutline
        do { outline = try DocumentOutline.scan(content) } catch {
            let place = error.lineAndColumn(in: content)
            throw .notJSON(
                path: name,
                line: firstLine - 1 + place.line,
                column: place.column,
                reason: knownFormat(content) ?? error.description
            )
        }
        if outline.isMRQA {
            // One record printed over several lines.
            let record = MRQALines.Raw(number: firstLine, bytes: content)
            return .mrqa(MRQALines(reader: reader, pending: [record], limitBytes: limits.lineBytes))
        }
        return try .squad(squad(outline, content, name: name))
    }

    private static func squad(
        _ outline: DocumentOutline,
        _ content: [UInt8],
        name: String
    ) throws(DatasetError) -> SquadArticles {
        guard let articles = SquadArticles(content: content, outline: outline) else {
            throw .unknownLayout(path: name, found: outline.summary)
        }
        return articles
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// What a file that is not JSON is, if it is something people commonly pass by mistake.
    private static func knownFormat(_ content: [UInt8]) -> String? {
        if content.starts(with: [0x50, 0x4B]) { return "it is a zip archive; unpack it" }
        if content.starts(with: [0xFF, 0xFE]) || content.starts(with: [0xFE, 0xFF]) {
            return "it is UTF-16 text; save it as UTF-8"
        }
        if content.dropFirst(257).starts(with: Array("ustar".utf8)) {
            return "it is a tar archive; unpack it"
        }
        if content.starts(with: Array("PAR1".utf8)) {
            return
                "it is Parquet; convert it, in Python with pandas.read_parquet(\"FILE\").to_json(\"rows.jsonl\","
                + " orient=\"records\", lines=True)"
        }
        if content.starts(with: Array("BZh".utf8)) {
            return "it is compressed by bzip2; unpack it with bunzip2"
        }
        if content.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) {
            return "it is compressed by xz; unpack it with unxz"
        }
        if content.starts(with: Array("version https://git-lfs".utf8)) {
            return "it is a pointer of Git LFS; fetch the file itself with git lfs pull"
        }
        if content.starts(with: Array("<".utf8)) {
            return "it looks like HTML or XML; check what was downloaded"
        }
        return nil
    }

    /// How to make a table what can be read here.
    private static func conversion(_ separator: UInt8) -> String {
        let (name, argument) =
            switch separator {
            case UInt8(ascii: "\t"): ("TSV", ", sep=\"\\t\"")
            case UInt8(ascii: ";"): ("CSV with semicolons", ", sep=\";\"")
            default: ("CSV", "")
            }
        return
            "it looks like \(name); convert it, in Python with pandas.read_csv(\"FILE\"\(argument)).to_json(\"rows.jsonl\","
            + " orient=\"records\", lines=True)"
    }
}
