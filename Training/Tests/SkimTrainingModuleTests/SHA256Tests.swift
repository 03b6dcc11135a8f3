import Testing

@testable import SkimTrainingModule

/// Vectors of FIPS 180-4's examples.
struct SHA256Tests {
    private func hash(_ text: String) -> String {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.hexadecimal()
    }

    @Test func equalsTheStandardsExamples() {
        #expect(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        )
    }

    /// Lengths at both sides of a block's end, whole and in pieces.
    @Test func piecesGiveWhatTheWholeGives() {
        for length in [55, 56, 63, 64, 65, 119, 120, 1000] {
            let bytes = (0..<length).map { UInt8($0 % 251) }
            var (whole, pieces) = (SHA256(), SHA256())
            whole.update(bytes)
            for start in stride(from: 0, to: length, by: 7) {
                pieces.update(bytes[start..<min(start + 7, length)])
            }
            #expect(whole.hexadecimal() == pieces.hexadecimal())
        }
        var million = SHA256()
        for _ in 0..<1000 { million.update([UInt8](repeating: UInt8(ascii: "a"), count: 1000)) }
        #expect(million.hexadecimal() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }
}
