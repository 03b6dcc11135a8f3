import TestSupport
import Testing

@testable import EvaluationModule

/// Every scalar that is assigned in the Unicode version of the Python that wrote the fixture.
@Suite struct PythonTextTests {
    private struct Table: Decodable {
        var assigned: [UInt32]
        var word: [UInt32]
        var space: [UInt32]
        var lower: [[UInt32]]
        var cased: [UInt32]
        var passedOver: [UInt32]
    }

    private func expand(_ ranges: [UInt32]) -> Set<UInt32> {
        var result: Set<UInt32> = []
        for index in stride(from: 0, to: ranges.count, by: 2) {
            result.formUnion(ranges[index]...ranges[index + 1])
        }
        return result
    }

    @Test func classifiesEveryAssignedScalarAsPythonDoes() throws {
        let table = try GoldenFiles(.module).decode("python-text.json", as: Table.self)
        let (word, space) = (expand(table.word), expand(table.space))
        let (cased, passedOver) = (expand(table.cased), expand(table.passedOver))
        let lower = Dictionary(uniqueKeysWithValues: table.lower.map { ($0[0], Array($0[1...])) })
        var compared = 0
        var differences: [String] = []
        for value in expand(table.assigned).sorted() {
            guard let scalar = Unicode.Scalar(value) else { continue }
            compared += 1
            func check(_ what: String, _ isSame: Bool) {
                if !isSame { differences.append("U+\(String(value, radix: 16, uppercase: true)) \(what)") }
            }
            check("word", PythonText.isWord(scalar) == word.contains(value))
            check("space", PythonText.isSpace(scalar) == space.contains(value))
            let ignorable = scalar.properties.isCaseIgnorable
            check("case-ignorable", ignorable == passedOver.contains(value))
            check("cased", (scalar.properties.isCased && !ignorable) == cased.contains(value))
            var text = String.UnicodeScalarView()
            text.append(scalar)
            check("lower", PythonText.lowercased(String(text)).map(\.value) == lower[value] ?? [value])
        }
        #expect(compared > 280_000)
        // Reclassified after Unicode 14, which that Python has; both matter only beside a capital sigma.
        let reclassified: Set = ["U+295 cased", "U+1171E case-ignorable"]
        #expect(Set(differences).subtracting(reclassified) == [])
    }

    @Test func capitalSigmaAtTheEndOfAWordBecomesFinal() {
        func lowered(_ text: String) -> String {
            String(String.UnicodeScalarView(PythonText.lowercased(text)))
        }
        #expect(lowered("ΟΔΟΣ ΣΑΣ.") == "οδος σας.")
        #expect(lowered("Σ") == "σ")
        #expect(lowered("ΑΣ\u{301}Α") == "ασ\u{301}α")
        #expect(lowered("Α'Σ'") == "α'ς'")
    }
}
