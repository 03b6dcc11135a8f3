import CZlib
import TestSupport
import Testing

@testable import DatasetModule

/// Every real data set, against what Python reads.
@Suite struct SharedDataTests {
    private struct Golden: Decodable {
        var files: [String: Contents]
    }

    private struct Contents: Decodable, Equatable {
        var passages: Int
        var examples: Int
        var answers: Int
        var crc32: UInt32
    }

    @Test(.enabled(if: SharedDirectory.path("data/squad/dev-a.json") != nil, "needs the shared data sets"))
    func readsTheSameAsPython() throws {
        let files = try GoldenFiles(.module).decode("shared-data.json", as: Golden.self).files
        #expect(files.count >= 12)
        for (name, expected) in files {
            let (passages, issues) = try DatasetReader(path: #require(SharedDirectory.path("data/\(name)")))
                .readAll()
            #expect(issues == [], "\(name)")
            var checksum: UInt = 0
            let examples = passages.flatMap(\.examples)
            for example in examples {
                let flag = example.isImpossible ? "1" : "0"
                var fields = [example.id, example.question, example.title ?? "", example.context, flag]
                for (answer, range) in zip(example.answers, example.answerRanges) {
                    #expect(answer.start == range.lowerBound)
                    fields += [answer.text, "\(range.lowerBound)", "\(range.upperBound)"]
                }
                let bytes = Array(fields.joined(separator: "\0").utf8)
                checksum = crc32_z(checksum, bytes, bytes.count)
            }
            let found = Contents(
                passages: passages.count,
                examples: examples.count,
                answers: examples.reduce(0) { $0 + $1.answerRanges.count },
                crc32: UInt32(checksum)
            )
            #expect(found == expected, "\(name)")
        }
    }

    @Test(
        .enabled(
            if: SharedDirectory.path("data/samples/mrqa_NewsQA_sample.jsonl") != nil,
            "needs the shared samples"
        )
    )
    func readsRealMRQALines() throws {
        for name in ["mrqa_NewsQA_sample.jsonl", "mrqa_NewsQA_single_sample.json"] {
            let reader = try DatasetReader(path: #require(SharedDirectory.path("data/samples/\(name)")))
            #expect(reader.layout == .mrqa(name: nil))
            let (passages, issues) = try reader.readAll()
            #expect(issues == [], "\(name)")
            #expect(
                passages.flatMap(\.examples).allSatisfy { !$0.answerRanges.isEmpty && !$0.answers.isEmpty }
            )
        }
    }

    @Test(
        .enabled(
            if: SharedDirectory.path("data/samples/hf_mrqa_dummy_data.zip") != nil,
            "needs the shared samples"
        )
    )
    func namesArchivesForWhatTheyAre() throws {
        for (name, kind) in [("hf_mrqa_dummy_data.zip", "zip"), ("allennlp_triviaqa-sample.tgz", "tar")] {
            let path = try #require(SharedDirectory.path("data/samples/\(name)"))
            do throws(DatasetError) {
                _ = try DatasetReader(path: path)
                Issue.record("\(name) was accepted")
            } catch {
                #expect(error.description.contains("it is a \(kind) archive"), "\(error)")
            }
        }
    }
}
