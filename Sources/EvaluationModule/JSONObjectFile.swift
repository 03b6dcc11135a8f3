/// Writes a large JSON object member by member, one a line.
final class JSONObjectFile {
    private let file: AtomicFile
    private var buffer: [UInt8] = Array("{".utf8)
    private var isEmpty = true

    init(path: String) throws(EvaluationError) { file = try AtomicFile(path: path) }

    /// Adds a member; `appendValue` appends its value as JSON.
    func append(key: String, _ appendValue: (inout [UInt8]) -> Void) throws(EvaluationError) {
        buffer += Array((isEmpty ? "\n  " : ",\n  ").utf8)
        isEmpty = false
        JSONText.append(key, to: &buffer)
        buffer += Array(": ".utf8)
        appendValue(&buffer)
        if buffer.count >= 1 << 16 {
            try file.write(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
    }

    /// Ends the object and gives the file its name.
    func commit() throws(EvaluationError) {
        buffer += Array((isEmpty ? "}\n" : "\n}\n").utf8)
        try file.write(buffer)
        try file.commit()
    }
}

/// Text as JSON.
enum JSONText {
    /// Appends a quoted string: UTF-8, with escapes only where JSON demands them.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        let hexDigits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20:
                bytes += Array("\\u00".utf8) + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
