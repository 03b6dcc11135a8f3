/// GPT-2's printable scalars, one for each byte, in which byte-level vocabularies are written.
enum ByteAlphabet {
    /// The scalar of each byte: printable ones stand for themselves, the others for U+0100 and on.
    private static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (0..<256).map { (byte: UInt32) in
            if 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || 0xAE...0xFF ~= byte { return byte }
            defer { next += 1 }
            return next
        }
    }()

    /// The UTF-8 form of a byte's scalar.
    static func utf8(of byte: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        UTF8Bytes.encode(scalars[Int(byte)]) { bytes.append($0) }
        return bytes
    }

    /// The byte of each scalar.
    private static let bytes = Dictionary(
        uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) }
    )

    /// The tokens of a vocabulary by the bytes that they stand for.
    struct Words: Sendable {
        private var ids: [[UInt8]: Int32] = [:]

        init(_ vocabulary: Vocabulary) {
            for id in 0..<Int32(vocabulary.count) {
                guard let token = vocabulary.token(id) else { continue }
                var index = token.startIndex
                var word: [UInt8] = []
                while index < token.endIndex {
                    let (scalar, count) = UTF8Bytes.decode(token, at: index)
                    guard let byte = ByteAlphabet.bytes[scalar] else { break }
                    word.append(byte)
                    index += count
                }
                if index == token.endIndex { ids[word] = id }
            }
        }

        /// The id of a word, nil when it is no token.
        func id(of word: ArraySlice<UInt8>) -> Int32? { ids[Array(word)] }
    }
}
