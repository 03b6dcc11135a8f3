extension [String] {
    /// The strings as a sentence names them: "3", "3 and 4", "3, 4 and 5".
    var enumeration: String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " and " + last
    }
}
