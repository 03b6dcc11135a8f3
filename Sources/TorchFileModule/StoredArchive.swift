/// A ZIP archive whose parts are stored as they are, which `torch.save` has written since 2020.
///
/// See sections 4.3 and 4.5.3 of the format's
/// [specification](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT); archives over 4 GB have the fields of ZIP64.
struct StoredArchive {
    /// Where the bytes of each part lie in the file, by name.
    private(set) var entries: [String: Range<Int>] = [:]
    private let file: String
    private let bytes: UnsafeRawBufferPointer

    /// The first bytes of an archive with at least one part.
    static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    /// Reads the directory at the end of the file.
    ///
    /// - Throws: `malformedArchive`, `encodedEntry`.
    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(TorchFileError) {
        self.bytes = bytes
        self.file = file
        let (first, byteCount, count) = try directory()
        guard first >= 0, byteCount >= 0, byteCount <= bytes.count, first <= bytes.count - byteCount else {
            throw malformed("its directory lies outside the file")
        }
        var position = first
        for _ in 0..<count {
            guard position < first + byteCount else {
                throw malformed("its directory is shorter than it says")
            }
            try readEntry(&position)
        }
    }

    /// Where the directory begins, how long it is and how many parts it lists.
    private func directory() throws(TorchFileError) -> (first: Int, byteCount: Int, count: Int) {
        // Behind the last record there is only a comment, whose length has 16 bits.
        var end = bytes.count - 22
        let least = max(0, end - 0xFFFF)
        while end >= least, try integer(at: end, 4) != 0x0605_4B50 { end -= 1 }
        guard end >= least else { throw malformed("it has no directory at its end") }
        let plain = (
            first: try integer(at: end + 16, 4), byteCount: try integer(at: end + 12, 4),
            count: try integer(at: end + 10, 2)
        )
        guard end >= 20, try integer(at: end - 20, 4) == 0x0706_4B50 else { return plain }
        let wide = try integer(at: end - 12, 8)
        guard try integer(at: wide, 4) == 0x0606_4B50 else {
            throw malformed("the record of its directory is not where it should be")
        }
        return (
            first: try integer(at: wide + 48, 8), byteCount: try integer(at: wide + 40, 8),
            count: try integer(at: wide + 32, 8)
        )
    }

    /// Reads one record of the directory and finds the part that it describes.
    private mutating func readEntry(_ position: inout Int) throws(TorchFileError) {
        guard try integer(at: position, 4) == 0x0201_4B50 else {
            throw malformed("a record of its directory is not one")
        }
        let flags = try integer(at: position + 8, 2)
        let method = try integer(at: position + 10, 2)
        let nameCount = try integer(at: position + 28, 2)
        let extraCount = try integer(at: position + 30, 2)
        let commentCount = try integer(at: position + 32, 2)
        let nameRange = try range(position + 46, nameCount)
        let name = String(decoding: bytes[nameRange], as: UTF8.self)
        var (stored, whole, start) = (
            try integer(at: position + 20, 4), try integer(at: position + 24, 4),
            try integer(at: position + 42, 4)
        )
        try readWideFields(try range(nameRange.upperBound, extraCount), &whole, &stored, &start)
        guard method == 0, flags & 1 == 0, stored == whole else {
            throw .encodedEntry(file: file, entry: name)
        }
        // The header before the part repeats the name and may have other extra fields.
        guard try integer(at: start, 4) == 0x0403_4B50 else {
            throw malformed("\(name) is not where its directory says")
        }
        let header = 30 + (try integer(at: start + 26, 2)) + (try integer(at: start + 28, 2))
        let (first, overflow) = start.addingReportingOverflow(header)
        guard !overflow else { throw malformed("\(name) lies outside the file") }
        guard entries.updateValue(try range(first, whole), forKey: name) == nil else {
            throw malformed("\(name) occurs twice")
        }
        position = nameRange.upperBound + extraCount + commentCount
    }

    /// Takes sizes and place from the field of ZIP64, which has those that do not fit 32 bits, in this order.
    private func readWideFields(
        _ extra: Range<Int>,
        _ whole: inout Int,
        _ stored: inout Int,
        _ start: inout Int
    ) throws(TorchFileError) {
        var position = extra.lowerBound
        while position + 4 <= extra.upperBound {
            let kind = try integer(at: position, 2)
            let field = try range(position + 4, try integer(at: position + 2, 2))
            position = field.upperBound
            guard kind == 1 else { continue }
            var next = field.lowerBound
            func widen(_ value: inout Int) throws(TorchFileError) {
                guard value == 0xFFFF_FFFF else { return }
                guard next + 8 <= field.upperBound else { throw malformed("a size is missing") }
                value = try integer(at: next, 8)
                next += 8
            }
            try widen(&whole)
            try widen(&stored)
            try widen(&start)
        }
    }

    private func range(_ first: Int, _ count: Int) throws(TorchFileError) -> Range<Int> {
        guard first >= 0, count >= 0, count <= bytes.count, first <= bytes.count - count else {
            throw malformed("it ends too early")
        }
        return first..<first + count
    }

    /// A little-endian number of 2, 4 or 8 bytes.
    private func integer(at position: Int, _ byteCount: Int) throws(TorchFileError) -> Int {
        let range = try range(position, byteCount)
        let value = bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let value = Int(exactly: value) else { throw malformed("a number is out of range") }
        return value
    }

    private func malformed(_ problem: String) -> TorchFileError {
        .malformedArchive(file: file, problem: problem)
    }
}
