import ArgumentParser
import TerminalModule

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
}

/// Prints a value as one line of JSON, keys in alphabetical order.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try StandardOutput.write(String(decoding: encoder.encode(value), as: UTF8.self))
}

extension Double {
    /// The number rounded to `digits` digits after the decimal point.
    func formatted(digits: Int) -> String {
        guard isFinite else { return "\(self)" }
        var factor = 1.0
        for _ in 0..<digits { factor *= 10 }
        let scaled = (magnitude * factor).rounded()
        guard scaled < 1e15 else { return "\(self)" }
        let sign = self < 0 && scaled > 0 ? "-" : ""
        let (whole, fraction) = (Int(scaled) / Int(factor), Int(scaled) % Int(factor))
        guard digits > 0 else { return "\(sign)\(whole)" }
        let padding = String(repeating: "0", count: digits - "\(fraction)".utf8.count)
        return "\(sign)\(whole).\(padding)\(fraction)"
    }
}
