import TestSupport
import Testing

@testable import DatasetModule

/// A slice of what `Benchmarks/Fuzz` does: no mutation may trap, and what is accepted keeps its promises.
@Suite struct DatasetFuzzTests {
    private let squad = Array(
        #"""
        {"version":"v2.0","data":[{"title":"N","paragraphs":[{"context":"The Normans é 😀 came.","qas":[
        {"id":"1","question":"Who \u00e9?","answers":[{"text":"Normans","answer_start":4}]},
        {"id":"2","question":"Why?","is_impossible":true,"answers":[]}]}]},{"paragraphs":[]}]}
        """#.utf8
    )

    private func checkPromises(_ bytes: [UInt8]) -> String {
        do throws(DatasetError) {
            let reader = try DatasetReader(bytes: bytes, name: "data")
            var outcome = "accepted"
            while let item = try reader.next() {
                switch item {
                case .issue(let issue):
                    outcome = "issues"
                    #expect(!issue.description.contains("\n"))
                case .passage(let passage):
                    let scalars = Array(passage.context.unicodeScalars)
                    #expect(!passage.examples.isEmpty)
                    for example in passage.examples {
                        for range in example.answerRanges {
                            #expect(
                                range.lowerBound >= 0 && range.upperBound <= scalars.count && !range.isEmpty
                            )
                        }
                        for answer in example.answers {
                            guard let start = answer.start else { continue }
                            let text = Array(answer.text.unicodeScalars)
                            #expect(Array(scalars[start..<start + text.count]) == text)
                        }
                    }
                }
            }
            return outcome
        } catch {
            #expect(!error.description.contains("\n"))
            return "rejected"
        }
    }

    @Test func noMutationTraps() throws {
        let packed = try GoldenFiles(.module).bytes("mrqa.jsonl.gz")
        let plain = try FileContent.decompressed(packed, name: "x", limitBytes: 1 << 20)
        var random = SplitMix(seed: 99)
        var outcomes: [String: Int] = [:]
        for _ in 0..<1_250 {
            outcomes[checkPromises(random.mutated(squad)), default: 0] += 1
            outcomes[checkPromises(random.mutated(plain)), default: 0] += 1
            outcomes[checkPromises(random.mutatedText(squad)), default: 0] += 1
            outcomes[checkPromises(random.mutated(packed)), default: 0] += 1
        }
        // The mutations reach all three ends.
        #expect(outcomes.values.allSatisfy { $0 > 100 } && outcomes.count == 3, "\(outcomes)")
    }
}
