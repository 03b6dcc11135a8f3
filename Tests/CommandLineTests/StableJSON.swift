import Foundation
import Testing

/// Reports as snapshots keep them: without times, and with numbers as exact as any processor computes them.
enum StableJSON {
    /// The text of a report.
    static func text(_ object: [String: Any]) throws -> String {
        var object = object
        let milliseconds = try #require(object["milliseconds"] as? [String: Double])
        #expect(Set(milliseconds.keys) == ["tokenize", "encode", "decode"])
        #expect(milliseconds.values.allSatisfy { $0 >= 0 })
        object["milliseconds"] = nil
        let data = try JSONSerialization.data(
            withJSONObject: rounded(object),
            options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        )
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func rounded(_ value: Any) -> Any {
        switch value {
        case let object as [String: Any]: object.mapValues(rounded)
        case let array as [Any]: array.map(rounded)
        case let number as NSNumber where number.doubleValue != number.doubleValue.rounded():
            (number.doubleValue * 1000).rounded() / 1000
        default: value
        }
    }
}
