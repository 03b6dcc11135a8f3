import Foundation
import Testing

@testable import BlockSkimModule

@Suite struct SkipThresholdsTests {
    @Test(arguments: [
        ([0.9], "0.9"), ([0.5, 0.5], "0.5"), ([0.25, 0.75, 1], "[0.25,0.75,1]"),
    ])
    func fileHasANumberWhereAllAreEqual(values: [Double], text: String) throws {
        let thresholds = SkipThresholds(values)
        #expect(try String(decoding: JSONEncoder().encode(thresholds), as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(SkipThresholds.self, from: Data(text.utf8)) == thresholds)
    }

    @Test func refusesWhatIsNoNumber() {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SkipThresholds.self, from: Data(#""high""#.utf8))
        }
    }

    @Test func eachLayerHasItsOwnOrTheOneOfAll() {
        #expect(SkipThresholds([0.25, 0.75]).byLayer([3, 4]) == [3: 0.25, 4: 0.75])
        #expect(SkipThresholds([0.5]).byLayer([3, 4]) == [3: 0.5, 4: 0.5])
    }
}
