#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A JSON object in a file, read with errors that name the file, the key and what is allowed.
package struct ConfigurationFile: Sendable {
    /// The path that errors name.
    package let path: String
    private let values: [String: JSONValue]

    /// Reads a whole file.
    ///
    /// - Throws: `unreadableFile`, `notJSONObject`.
    package init(path: String) throws(EncoderError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            var isDirectory = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            let reason =
                isDirectory ? "it is a directory" : exists ? "the system refuses it" : "there is no such file"
            throw .unreadableFile(file: path, reason: reason)
        }
        try self.init(path: path, json: data)
    }

    init(path: String, json: Data) throws(EncoderError) {
        self.path = path
        do {
            values = try JSONDecoder().decode([String: JSONValue].self, from: json)
        } catch DecodingError.typeMismatch, DecodingError.valueNotFound {
            throw .notJSONObject(file: path, reason: "the outermost value is something else")
        } catch {
            throw .notJSONObject(file: path, reason: "it is malformed or not UTF-8")
        }
    }

    /// A whole number; `fallback` when the key is absent, an error when there is none.
    package func integer(
        _ key: String,
        in range: ClosedRange<Int>,
        default fallback: Int? = nil
    ) throws(EncoderError) -> Int {
        guard let value = values[key] else { return try absent(key, fallback) }
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .integer(let number) = value, range.contains(number) else {
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
        guard let value = values[key] else { return try absent(key, fallback) }
        let number: Double
        switch value {
        case .integer(let whole): number = Double(whole)
        case .number(let fraction): number = fraction
        default: number = .nan
        }
        guard range.contains(number) else {
            throw invalid(key, value, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A string; `fallback` when the key is absent, an error when there is none.
    package func string(_ key: String, default fallback: String? = nil) throws(EncoderError) -> String {
        guard let value = values[key] else { return try absent(key, fallback) }
        guard case .string(let text) = value else { throw invalid(key, value, "a string") }
        return text
    }

    /// True or false; `fallback` when the key is absent or null.
    package func flag(_ key: String, default fallback: Bool) throws(EncoderError) -> Bool {
        switch values[key] {
        case nil, .null: return fallback
        case .flag(let flag): return flag
        case .some(let value): throw invalid(key, value, "true or false")
        }
    }

    /// A list of whole numbers.
    package func integers(_ key: String) throws(EncoderError) -> [Int] {
        guard let value = values[key] else { throw .missingKey(file: path, key: key) }
        guard case .array(let elements) = value else {
            throw invalid(key, value, "a list of whole numbers")
        }
        var numbers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element else {
                throw invalid(key, value, "a list of whole numbers")
            }
            numbers.append(number)
        }
        return numbers
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

    /// Whether the key is there with a value that is neither null nor an empty list or object.
    package func hasContent(_ key: String) -> Bool {
        switch values[key] {
        case nil, .null: false
        case .array(let elements): !elements.isEmpty
        case .object(let isEmpty): !isEmpty
        default: true
        }
    }

    private func absent<Value>(_ key: String, _ fallback: Value?) throws(EncoderError) -> Value {
        guard let fallback else { throw .missingKey(file: path, key: key) }
        return fallback
    }

    private func invalid(_ key: String, _ value: JSONValue, _ allowed: String) -> EncoderError {
        .invalidValue(file: path, key: key, value: value.description, allowed: allowed)
    }
}

/// As much of a JSON value as a configuration needs.
private enum JSONValue: Decodable, CustomStringConvertible {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(isEmpty: Bool)

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: AnyKey.self) {
            self = .object(isEmpty: object.allKeys.isEmpty)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else {
            self = .array(try value.decode([JSONValue].self))
        }
    }

    var description: String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .string(let text): "\"\(text)\""
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ", ") + "]"
        case .object: "an object"
        }
    }
}
