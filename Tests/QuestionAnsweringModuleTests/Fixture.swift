import Foundation
import Testing
import TokenizerModule

@testable import QuestionAnsweringModule

/// Reads a golden file that a program under `Scripts/golden` wrote.
func fixture<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let url = try #require(
        Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures")
    )
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
}

/// The same sequence in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension ContextDocument {
    /// A document of one token for every scalar, numbered from 1000.
    static func letters(_ count: Int) throws -> ContextDocument {
        try ContextDocument(String(repeating: "x", count: count)) { text in
            let count = text.unicodeScalars.count
            return TokenizedText(
                ids: (0..<count).map { 1000 + Int32($0) },
                offsets: (0..<count).map { $0..<$0 + 1 }
            )
        }
    }
}

extension Question {
    /// A question of so many tokens, numbered from 500.
    static func tokens(_ count: Int) throws -> Question {
        try Question("?") { _ in
            TokenizedText(
                ids: (0..<count).map { 500 + Int32($0) },
                offsets: Array(repeating: 0..<1, count: count)
            )
        }
    }
}

extension SpecialTokenLayout {
    static let bertUncased = SpecialTokenLayout.bert(classifierID: 101, separatorID: 102)
}
