extension JSONParser {
    /// The one value that the bytes hold.
    ///
    /// - Parameter keys: members of objects with other keys are checked and left out; nil keeps all.
    /// - Returns: the value.
    /// - Throws: ``JSONSyntaxError`` at the first byte that the grammar does not allow.
    package mutating func document(keeping keys: Set<String>? = nil) throws(JSONSyntaxError) -> JSONValue {
        let value = try value(keeping: keys)
        try finish()
        return value
    }

    /// The next value; `keys` as for `document(keeping:)`.
    package mutating func value(keeping keys: Set<String>? = nil) throws(JSONSyntaxError) -> JSONValue {
        switch try peekKind() {
        case .object:
            return .object(try members(keeping: keys))
        case .array:
            var elements: [JSONValue] = []
            try beginArray()
            while try nextElement() { elements.append(try value(keeping: keys)) }
            return .array(elements)
        case .string: return try stringValue()
        case .boolean: return .bool(try bool())
        case .null:
            try literal("null")
            return .null
        case .number:
            return .number(String(decoding: bytes[try number()], as: UTF8.self))
        }
    }

    private mutating func members(
        keeping keys: Set<String>?
    ) throws(JSONSyntaxError) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = []
        var seen: Set<ExactString> = []
        try beginObject()
        while let key = try nextKey() {
            if isStrict, !seen.insert(ExactString(key)).inserted {
                throw error(.duplicateKey(key), at: keyOffset)
            }
            if let keys, !keys.contains(key) {
                try skipValue()
            } else {
                members.append((key, try value(keeping: keys)))
            }
        }
        return members
    }

    /// Checks the next value without building it.
    package mutating func skipValue() throws(JSONSyntaxError) {
        switch try peekKind() {
        case .object:
            try beginObject()
            while try skipKey() { try skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        case .string: try skipString()
        case .boolean: _ = try bool()
        case .null: try literal("null")
        case .number: _ = try number()
        }
    }

    /// The next value, which must be true or false.
    package mutating func bool() throws(JSONSyntaxError) -> Bool {
        switch try peek() {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        case UInt8(ascii: "f"):
            try literal("false")
            return false
        default: throw unexpected("true or false")
        }
    }

    /// Steps over null, or returns false and stays.
    package mutating func null() throws(JSONSyntaxError) -> Bool {
        guard try peekKind() == .null else { return false }
        try literal("null")
        return true
    }

    private mutating func literal(_ word: StaticString) throws(JSONSyntaxError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < end, bytes[position] == word.utf8Start[index] else {
                throw unexpected("\"\(word)\"")
            }
            position += 1
        }
    }
}
