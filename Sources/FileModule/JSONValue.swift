/// A JSON value, or what of it was asked for.
package enum JSONValue: Equatable, Sendable {
    /// What a value is.
    package enum Kind: String, Sendable {
        case object, array, string, number, boolean, null
    }

    case null
    case bool(Bool)
    /// The number as written.
    case number(String)
    case string(String)
    /// A string that is JSON but not Unicode text, with the reason.
    case malformedString(reason: String)
    case array([JSONValue])
    /// The members in the order of the text, duplicates included.
    case object([(key: String, value: JSONValue)])

    package static func == (lhs: JSONValue, rhs: JSONValue) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.malformedString(let left), .malformedString(let right)): left == right
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left.elementsEqual(right) { $0 == $1 }
        default: false
        }
    }

    /// The number as an integer; nil for other values, fractions and exponents.
    package var integer: Int? {
        if case .number(let text) = self { Int(text) } else { nil }
    }

    /// The number as a double, correctly rounded; nil for other values and beyond the range of doubles.
    package var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The type in words, with an article, for messages.
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number(let text): Int(text) == nil ? "the number \(text.prefix(24))" : "an integer"
        case .string: "a string"
        case .malformedString: "a string that is not Unicode text"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
