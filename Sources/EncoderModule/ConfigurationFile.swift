import FileModule

/// A JSON object in a file, read with errors that name the file, the key and what is allowed.
///
/// A key with null counts as absent.
package struct ConfigurationFile: Sendable {
    /// The path that errors name.
    package let path: String
    private let values: [ExactString: JSONValue]

    /// The most that a file may hold: far more than any configuration has.
    private static let limitBytes = 1 << 26

    /// Reads a whole file.
    ///
    /// - Throws: `unreadableFile`, `notJSONObject`; a key that stands twice in one object is the latter.
    package init(path: String) throws(EncoderError) {
        self.path = path
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try InputFile.contents(of: path, limitBytes: Self.limitBytes)
        } catch {
            let reason = error.isMissing ? "there is no such file" : error.reason.description
            throw .unreadableFile(file: path, reason: reason)
        }
        let value: JSONValue
        do throws(JSONSyntaxError) {
            var parser = try JSONParser(bytes)
            value = try parser.document()
        } catch {
            let place = error.lineAndColumn(in: bytes)
            throw .notJSONObject(
                file: path,
                reason: "line \(place.line), column \(place.column): \(error.description)"
            )
        }
        guard case .object(let members) = value else {
            throw .notJSONObject(file: path, reason: "the outermost value is \(value.typeName)")
        }
        values = Dictionary(uniqueKeysWithValues: members.map { (ExactString($0.key), $0.value) })
    }

    /// The value of a key; null is as good as none.
    private subscript(key: String) -> JSONValue? {
        let value = values[ExactString(key)]
        return value == .null ? nil : value
    }

    /// A whole number; `fallback` when the key is absent, an error when there is none.
    package func integer(
        _ key: String,
        in range: ClosedRange<Int>,
        default fallback: Int? = nil
    ) throws(EncoderError) -> Int {
        guard let value = self[key] else { return try absent(key, fallback) }
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = value.wholeNumber, range.contains(number) else {
            throw invalid(key, value, allowed)
        }
        return number
    }

    /// A finite number; `fallback` when the key is absent, an error when there is none.
    package func number(
        _ key: String,
        in range: ClosedRange<Double>,
        default fallback: Double? = nil
    ) throws(EncoderError) -> Double {
        guard let value = self[key] else { return try absent(key, fallback) }
        guard let number = value.double, range.contains(number) else {
            throw invalid(key, value, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A string; `fallback` when the key is absent, an error when there is none.
    package func string(_ key: String, default fallback: String? = nil) throws(EncoderError) -> String {
        guard let value = self[key] else { return try absent(key, fallback) }
        guard case .string(let text) = value else { throw invalid(key, value, "a string") }
        return text
    }

    /// True or false; `fallback` when the key is absent.
    package func flag(_ key: String, default fallback: Bool) throws(EncoderError) -> Bool {
        switch self[key] {
        case nil: return fallback
        case .bool(let flag): return flag
        case .some(let value): throw invalid(key, value, "true or false")
        }
    }

    /// A list of whole numbers.
    package func integers(_ key: String) throws(EncoderError) -> [Int] {
        guard let value = self[key] else { throw .missingKey(file: path, key: key) }
        guard case .array(let elements) = value else {
            throw invalid(key, value, "a list of whole numbers")
        }
        var numbers: [Int] = []
        for element in elements {
            guard let number = element.wholeNumber else {
                throw invalid(key, value, "a list of whole numbers")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// A number, or a list of them, all finite.
    package func numbers(_ key: String, in range: ClosedRange<Double>) throws(EncoderError) -> [Double] {
        guard case .array(let elements)? = self[key] else { return [try number(key, in: range)] }
        var numbers: [Double] = []
        for element in elements {
            guard let number = element.double, range.contains(number) else {
                throw invalid(
                    key,
                    .array(elements),
                    "a number, or a list of numbers, from \(range.lowerBound) to \(range.upperBound)"
                )
            }
            numbers.append(number)
        }
        return numbers
    }

    /// An object whose values are all strings, in the order of the file.
    package func strings(_ key: String) throws(EncoderError) -> [(key: String, value: String)] {
        guard let value = self[key] else { throw .missingKey(file: path, key: key) }
        guard case .object(let members) = value else { throw invalid(key, value, "an object of strings") }
        var strings: [(String, String)] = []
        for (name, member) in members {
            guard case .string(let text) = member else { throw invalid("\(key).\(name)", member, "a string") }
            strings.append((name, text))
        }
        return strings
    }

    /// One of the names of an enumeration whose raw values are the names in the file.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String,
        of _: Choice.Type = Choice.self
    ) throws(EncoderError) -> Choice where Choice.RawValue == String {
        let name = try string(key)
        guard let choice = Choice(rawValue: name) else {
            let names = Choice.allCases.map { "\"\($0.rawValue)\"" }
            throw invalid(key, .string(name), names.joined(separator: " or "))
        }
        return choice
    }

    /// The first text of a list; nil when the key is absent or begins with something else.
    package func firstString(_ key: String) -> String? {
        guard case .array(let elements)? = self[key], case .string(let text)? = elements.first else {
            return nil
        }
        return text
    }

    /// Names, in small letters, as a list or in a string with `|` between them; none where the key is absent or null.
    package func names(_ key: String) throws(EncoderError) -> [String] {
        func split(_ text: String) -> [String] {
            text.lowercased().split(separator: "|").map { name in
                String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }
        switch self[key] {
        case nil, .null: return []
        case .string(let text): return split(text)
        case .array(let elements):
            var names: [String] = []
            for element in elements {
                guard case .string(let text) = element else { throw invalid(key, element, "a list of names") }
                names += split(text)
            }
            return names
        case .some(let value): throw invalid(key, value, "names with | between them")
        }
    }

    /// Whether the key is there with a value that is not an empty list or object.
    package func hasContent(_ key: String) -> Bool {
        switch self[key] {
        case nil: false
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        default: true
        }
    }

    private func absent<Value>(_ key: String, _ fallback: Value?) throws(EncoderError) -> Value {
        guard let fallback else { throw .missingKey(file: path, key: key) }
        return fallback
    }

    private func invalid(_ key: String, _ value: JSONValue, _ allowed: String) -> EncoderError {
        .invalidValue(file: path, key: key, value: value.summary, allowed: allowed)
    }
}

extension JSONValue {
    /// The number if it is whole, written as `2`, `2.0` or `2e0`.
    fileprivate var wholeNumber: Int? { integer ?? double.flatMap(Int.init(exactly:)) }

    /// The value in one line, for errors.
    fileprivate var summary: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let text): text
        case .string(let text): JSONText.quoted(text)
        case .malformedString, .object: typeName
        case .array(let elements): "[" + elements.map(\.summary).joined(separator: ", ") + "]"
        }
    }
}
