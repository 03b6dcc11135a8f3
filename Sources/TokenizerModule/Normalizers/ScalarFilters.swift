/// Gives every scalar its lower-case form.
enum Lowercasing {
    static func apply(_ text: inout NormalizedText, _ scratch: inout NormalizedText) {
        var hasOthers = false
        for index in text.bytes.indices {
            let byte = text.bytes[index]
            if byte &- 0x41 < 26 { text.bytes[index] = byte | 0x20 }
            hasOthers = hasOthers || byte >= 0x80
        }
        guard hasOthers else { return }
        let properties = ScalarProperties.shared
        text.rewriteScalars(into: &scratch, where: { properties.flags($0).contains(.lowercases) }) {
            (scalar, origin, output) in
            let (first, second) = properties.lowercased(scalar)
            output.append(scalar: first, origin: origin)
            if let second { output.append(scalar: second, origin: origin) }
        }
    }
}

/// Drops every mark, spacing and enclosing ones too (BERT's normalizer drops nonspacing ones only).
enum MarkStripping {
    static func apply(_ text: inout NormalizedText, _ scratch: inout NormalizedText) {
        guard text.bytes.contains(where: { $0 >= 0x80 }) else { return }
        let categories = ScalarCategoryTable.shared
        text.rewriteScalars(into: &scratch, where: { categories[$0].contains(.mark) }) { _, _, _ in }
    }
}

/// Drops white space at the ends of a text.
enum SpaceStripping {
    static func apply(_ text: inout NormalizedText, left: Bool, right: Bool) {
        let properties = ScalarProperties.shared
        var (start, end) = (0, text.bytes.count)
        while left, start < end {
            let (scalar, count) = UTF8Bytes.decode(text.bytes, at: start)
            guard properties.flags(scalar).contains(.whitespace) else { break }
            start += count
        }
        while right, end > start {
            let (scalar, before) = UTF8Bytes.decodeLast(text.bytes, before: end)
            guard properties.flags(scalar).contains(.whitespace) else { break }
            end = before
        }
        text.bytes.removeSubrange(end...)
        text.origins.removeSubrange(end...)
        text.bytes.removeSubrange(..<start)
        text.origins.removeSubrange(..<start)
    }
}

extension NormalizedText {
    /// Rewrites the scalars beyond ASCII that `changes` names with `body`, which appends what becomes of one.
    fileprivate mutating func rewriteScalars(
        into scratch: inout NormalizedText,
        where changes: (UInt32) -> Bool,
        _ body: (_ scalar: UInt32, _ origin: UInt32, _ output: inout NormalizedText) -> Void
    ) {
        var (index, copied) = (0, 0)
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            let (scalar, count) = UTF8Bytes.decode(bytes, at: index)
            if changes(scalar) {
                scratch.append(copied..<index, of: self)
                body(scalar, origins[index], &scratch)
                copied = index + count
            }
            index += count
        }
        guard copied > 0 else { return }
        scratch.append(copied..<bytes.count, of: self)
        swap(&self, &scratch)
    }
}
