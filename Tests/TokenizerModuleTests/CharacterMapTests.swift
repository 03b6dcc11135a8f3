import Foundation
import TestSupport
import Testing

@testable import TokenizerModule

/// Precompiled rules that would lead a search out of their table are refused before any search.
@Suite struct CharacterMapTests {
    private static let map = TinyPieceVocabulary.characterMap

    private func problem(of bytes: [UInt8]) -> String? {
        do throws(TokenizerError) {
            _ = try CharacterMap(bytes, file: "f", field: "rules")
            return nil
        } catch {
            guard case .invalidValue(file: "f", field: "rules", let problem) = error else {
                return "\(error)"
            }
            return problem
        }
    }

    /// The map with one of its units replaced.
    private func problem(unit index: Int, _ unit: UInt32) -> String? {
        var bytes = Self.map
        bytes.replaceSubrange(4 + 4 * index..<8 + 4 * index, with: TinyPieceVocabulary.littleEndian(unit))
        return problem(of: bytes)
    }

    @Test func replacesWhatTheRulesSay() throws {
        let map = Data(Self.map).base64EncodedString()
        let json = TinyPieceVocabulary.json(
            normalizer: #"{"type":"Precompiled","precompiled_charsmap":"\#(map)"}"#
        )
        let tokenizer = try Tokenizer(TokenizerDefinition(json: Array(json.utf8), file: "f"))
        let ids = tokenizer.tokenize("c\u{E9}\u{A0}the").ids
        #expect(ids.compactMap { tokenizer.token(forID: $0) } == ["▁c", "e", "▁the"])
    }

    @Test func namesWhatIsWrongWithTheTable() {
        #expect(problem(of: Self.map) == nil)
        #expect(problem(of: []) == "is shorter than its header")
        #expect(problem(of: [0, 0, 0]) == "is shorter than its header")
        #expect(problem(of: [0, 0, 0, 0]) == nil)
        #expect(problem(of: [6, 0, 0, 0, 0, 0, 0, 0, 0, 0]) == "says that its array has 6 bytes")
        #expect(problem(of: [8, 0, 0, 0, 0, 0, 0, 0]) == "says that its array has 8 bytes")
        #expect(problem(of: [0xFF, 0xFF, 0xFF, 0xFF]) == "says that its array has 4294967295 bytes")
        #expect(problem(of: [0, 0, 0, 0, 0xFF]) == "has replacements that are not UTF-8")
        // One unit has no room for its children.
        #expect(
            problem(of: [4, 0, 0, 0, 0, 0, 0, 0])
                == "has unit 0, whose children lie outside of its 1 units"
        )
        #expect(problem(unit: 7, 1 << 18) == "has unit 7, whose children lie outside of its 256 units")
        // With bit 9 an offset counts for 256 times as much.
        #expect(
            problem(unit: 7, 1 << 10 | 1 << 9) == "has unit 7, whose children lie outside of its 256 units"
        )
        #expect(problem(unit: 7, 1 << 10) == nil)
    }

    @Test func namesReplacementOutsideOfTheTextsOrInAScalar() {
        #expect(problem(unit: 7, 1 << 31 | 4) == nil)
        #expect(problem(unit: 7, 1 << 31 | 5) == "has a replacement at 5, outside of its 4 bytes")
        var bytes = Self.map
        bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: "\u{E9}\0\0".utf8)
        #expect(problem(of: bytes) == nil)
        // Units that point to byte 1, the second byte of é.
        bytes.replaceSubrange(4 + 4 * 7..<8 + 4 * 7, with: [1, 0, 0, 0x80])
        #expect(problem(of: bytes) == "has a replacement at 1, outside of its 4 bytes")
    }

    @Test(
        arguments: [
            ("", []), ("AA==", [0]), ("AAE=", [0, 1]), ("AAEC", [0, 1, 2]), ("/+8A", [0xFF, 0xEF, 0]),
        ] as [(String, [UInt8])]
    )
    func decodesBase64(_ text: String, _ bytes: [UInt8]) {
        #expect(Base64.decode(text) == bytes)
    }

    /// Lengths, padding, digits, and bits that are left over.
    @Test(arguments: [
        "A", "AA", "AAA", "AAAAA", "====", "A===", "AA=A", "AA=", "AA==AAAA", "AAA\n", "-_AA", "AAé", "AB==",
        "AAB=",
    ])
    func refusesWhatIsNotBase64(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
