import TestSupport
import Testing

@testable import FileModule

@Suite struct UTF8ValidationTests {
    @Test(arguments: [
        ([0x22, 0xFF, 0x22], 1), ([0xC0, 0x80], 0), ([0xE2, 0x82], 0), ([0x61, 0xED, 0xA0, 0x80], 1),
        ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF0, 0x80, 0x80, 0x80], 0), ([0xE0, 0x9F, 0x80], 0), ([0x80], 0),
        ([0xF0, 0x9F, 0x98], 0), ([0xC3, 0xA9, 0xC3], 2), ([0xF5, 0x80, 0x80, 0x80], 0),
        ([0xE2, 0x82, 0x41], 0),
    ])
    func findsTheFirstInvalidByte(_ bytes: [UInt8], _ byteOffset: Int) {
        #expect(bytes.firstInvalidUTF8Offset == byteOffset)
        // Behind text, and where eight bytes are looked at at once.
        for count in 1..<18 {
            let text = [UInt8](repeating: 0x41, count: count)
            #expect((text + bytes + text).firstInvalidUTF8Offset == count + byteOffset)
        }
    }

    @Test func validatesUTF8AsTheStandardLibraryDoes() {
        var random = SplitMix(seed: 5)
        let leads: [UInt8] = [
            0x41, 0x42, 0x43, 0x44, 0x45, 0x80, 0xBF, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0x9F,
            0xA0, 0x90, 0x8F,
        ]
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(20)).map { _ in leads[random.below(leads.count)] }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect((bytes.firstInvalidUTF8Offset == nil) == isValid, "\(bytes)")
        }
    }
}
