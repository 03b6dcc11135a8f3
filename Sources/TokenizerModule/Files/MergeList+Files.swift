import FileModule

extension MergeList {
    /// Reads merges as lists of two tokens, or as older files have them: `"a b"`.
    init(_ parser: inout JSONParser) throws {
        self.init()
        try parser.readElements { parser in
            let start = bytes.count
            if try parser.peekKind() == .string {
                try readToken(&parser)
                let line = bytes[start...]
                bytes.removeSubrange(start...)
                try append(line: line, number: entries.count + 1, file: parser.file)
                return
            }
            let (middle, _) = try parser.readPair("two tokens") { parser in
                try readToken(&parser)
                return bytes.count
            } _: { parser in
                try readToken(&parser)
            }
            entries.append(Entry(start: start, middle: middle, end: bytes.count))
        }
    }

    /// Reads `merges.txt`: a merge a line, by rank; a first line `#version` says nothing.
    init(lines file: [UInt8], name: String) throws(TokenizerError) {
        self.init()
        if let offset = file.firstInvalidUTF8Offset { throw .invalidUTF8(file: name, byteOffset: offset) }
        bytes.reserveCapacity(file.count)
        var (start, number) = (0, 0)
        while start < file.count {
            let lineEnd = file[start...].firstIndex(of: UInt8(ascii: "\n")) ?? file.count
            number += 1
            var line = file[start..<lineEnd]
            start = lineEnd + 1
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            if line.starts(with: "#version".utf8) && number == 1 || line.isEmpty { continue }
            try append(line: line, number: number, file: name)
        }
    }

    private mutating func readToken(_ parser: inout JSONParser) throws {
        try parser.string(appendingTo: &bytes)
    }

    private mutating func append(
        line: ArraySlice<UInt8>,
        number: Int,
        file: String
    ) throws(TokenizerError) {
        let tokens = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard tokens.count == 2, !tokens[0].isEmpty, !tokens[1].isEmpty else {
            throw .malformedMerge(file: file, line: number)
        }
        let start = bytes.count
        bytes += tokens[0]
        let middle = bytes.count
        bytes += tokens[1]
        entries.append(Entry(start: start, middle: middle, end: bytes.count))
    }
}
