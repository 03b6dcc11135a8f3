import FileModule

extension JSONValue {
    /// The member of an object; nil when the key is absent.
    func member(_ key: String, in name: String = "the object") throws(DatasetIssue.Problem) -> JSONValue? {
        guard case .object(let members) = self else {
            throw .wrongType(key: name, expected: "an object", found: typeName)
        }
        var found: JSONValue?
        for member in members where member.key == key {
            guard found == nil else { throw .duplicateKey(key) }
            found = member.value
        }
        return found
    }

    /// A required member.
    func required(_ key: String, in name: String = "the object") throws(DatasetIssue.Problem) -> JSONValue {
        guard let value = try member(key, in: name) else { throw .missingKey(key) }
        return value
    }

    /// A required string.
    func text(_ key: String, in name: String = "the object") throws(DatasetIssue.Problem) -> String {
        try required(key, in: name).asText(key)
    }

    /// The value itself as a string; `key` names it in errors.
    func asText(_ key: String) throws(DatasetIssue.Problem) -> String {
        switch self {
        case .string(let text): return text
        case .malformedString(let reason): throw .malformedText(key: key, reason: reason)
        default: throw .wrongType(key: key, expected: "a string", found: typeName)
        }
    }

    /// An id, under the first of some keys that is there: a string, or an integer as some data sets write it.
    func identifier(_ keys: String...) throws(DatasetIssue.Problem) -> String? {
        for key in keys {
            guard let value = try member(key), value != .null else { continue }
            if let integer = value.integer { return String(integer) }
            return try value.asText(key)
        }
        return nil
    }

    /// The value itself as a flag: a boolean, or what other programs write for one.
    func flag(_ key: String) throws(DatasetIssue.Problem) -> Bool {
        switch self {
        case .bool(let flag): return flag
        case .null, .number("0"): return false
        case .number("1"): return true
        case .string(let text) where ["false", "true"].contains(text.lowercased()):
            return text.lowercased() == "true"
        default: throw .wrongType(key: key, expected: "a boolean", found: typeName)
        }
    }

    /// A required array.
    func array(_ key: String) throws(DatasetIssue.Problem) -> [JSONValue] {
        try required(key).asArray(key)
    }

    /// The value itself as an array; `key` names it in errors.
    func asArray(_ key: String) throws(DatasetIssue.Problem) -> [JSONValue] {
        guard case .array(let elements) = self else {
            throw .wrongType(key: key, expected: "an array", found: typeName)
        }
        return elements
    }

    /// The value itself as an integer; `key` names it in errors.
    func asInteger(_ key: String) throws(DatasetIssue.Problem) -> Int {
        guard let integer else { throw .wrongType(key: key, expected: "an integer", found: typeName) }
        return integer
    }
}
