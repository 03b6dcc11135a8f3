/// Text from outside as a terminal may get it.
enum PrintableText {
    /// The text in one line.
    static func oneLine(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(scalar.properties.isWhitespace ? " " : Self.scalar(scalar))
        }
        return String(result)
    }

    /// The scalar itself, or a placeholder for one that could make the terminal do something.
    static func scalar(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            ? "\u{FFFD}" : scalar
    }
}
