import Foundation
import TestSupport
import Testing

@testable import DatasetModule

/// Conditions of the whole file.
@Suite struct DatasetErrorTests {
    private func failure(_ bytes: [UInt8], limits: DatasetReader.Limits = .init()) -> DatasetError? {
        do throws(DatasetError) {
            _ = try DatasetReader(bytes: bytes, name: "data", limits: limits).readAll()
            return nil
        } catch {
            return error
        }
    }

    private func failure(_ text: String, limits: DatasetReader.Limits = .init()) -> DatasetError? {
        failure(Array(text.utf8), limits: limits)
    }

    private func notJSON(_ line: Int, _ column: Int, _ reason: String) -> DatasetError {
        .notJSON(path: "data", line: line, column: column, reason: reason)
    }

    @Test func namesPathsThatCannotBeRead() throws {
        #expect(throws: DatasetError.cannotOpen(path: "/nonexistent/x", reason: "No such file or directory"))
        {
            try DatasetReader(path: "/nonexistent/x")
        }
        #expect(throws: DatasetError.cannotOpen(path: "", reason: "No such file or directory")) {
            try DatasetReader(path: "")
        }
        #expect(throws: DatasetError.cannotOpen(path: "a\0b", reason: "the path contains a NUL character")) {
            try DatasetReader(path: "a\0b")
        }
        #expect(throws: DatasetError.isDirectory(path: "/")) { try DatasetReader(path: "/") }
        let directory = try ScratchDirectory()
        let path = directory.file("empty")
        try Data().write(to: URL(filePath: path))
        #expect(throws: DatasetError.emptyFile(path: path)) { try DatasetReader(path: path) }
    }

    @Test func blankFileIsEmpty() {
        #expect(failure("") == .emptyFile(path: "data"))
        #expect(failure(" \n\r\n\t") == .emptyFile(path: "data"))
    }

    @Test func namesLineAndColumnOfWhatIsNotJSON() {
        #expect(failure("hello") == notJSON(1, 1, "'h' where a value should be"))
        #expect(failure("\n\n{\n \"data\": [1,]\n}") == notJSON(4, 13, "']' where a value should be"))
        #expect(failure("{\"data\":[]}\n\n x") == notJSON(3, 2, "something follows the end of the document"))
        #expect(failure("{\"data\":[") == notJSON(1, 10, "it ends too early"))
    }

    @Test func recognisesCommonMistakes() {
        #expect(failure([0x50, 0x4B, 3, 4]) == notJSON(1, 1, "it is a zip archive; unpack it"))
        #expect(failure([0xFF, 0xFE, 0x7B, 0]) == notJSON(1, 1, "it is UTF-16 text; save it as UTF-8"))
        let tar = Array("data.json".utf8) + [UInt8](repeating: 0, count: 248) + Array("ustar".utf8)
        #expect(failure(tar) == notJSON(1, 1, "it is a tar archive; unpack it"))
        for (content, word) in [
            ("PAR1\u{15}", "pandas.read_parquet"), ("BZh91AY&SY", "bunzip2"),
            ("version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull"),
            ("<!DOCTYPE html>", "HTML"),
            ("id,title,context,question,answers\n1,T,C,Q,A\n", "pandas.read_csv"),
            (#"{"data": NaN}"#, "NaN is not JSON"),
        ] {
            guard case .notJSON(_, 1, _, let reason) = failure(Array(content.utf8)) else {
                Issue.record("\(content) was read")
                continue
            }
            #expect(reason.contains(word), "\(content)")
        }
    }

    @Test func namesTheLayoutFound() {
        func unknown(_ found: String) -> DatasetError { .unknownLayout(path: "data", found: found) }
        #expect(failure("12") == unknown("a single value"))
        #expect(failure("{}") == unknown("an empty object"))
        #expect(failure(#"{"data":{}}"#) == unknown("\"data\" that is not an array"))
        #expect(failure(#"{"data":[],"data":[]}"#) == unknown("the key \"data\" twice"))
        #expect(failure(#"{"a":1,"b":2}"#) == unknown(#"an object with "a", "b""#))
    }

    @Test func fileWithoutUsableQuestionsIsAnError() {
        #expect(failure(#"{"data":[]}"#) == .noQuestions(path: "data", issueCount: 0))
        #expect(failure("[]") == .noQuestions(path: "data", issueCount: 0))
        #expect(failure(#"{"header":{"dataset":"X"}}"#) == .noQuestions(path: "data", issueCount: 0))
        #expect(failure("{\"header\":{}}\nx\n{}") == .noQuestions(path: "data", issueCount: 2))
    }

    @Test func limitsHold() {
        var limits = DatasetReader.Limits()
        limits.documentBytes = 20
        let long = "{\"data\":[1,2,3,4,5,6,7,8,9,10,11]}"
        #expect(failure(long, limits: limits) == .lineTooLong(path: "data", line: 1, limitBytes: 20))
        let many = "{\n\"data\":[\n1,2,3,\n4,5,6,7]}"
        #expect(failure(many, limits: limits) == .tooLarge(path: "data", limitBytes: 20))
        limits = DatasetReader.Limits()
        limits.lineBytes = 20
        let lines = "{\"header\":1}\n{\"context\":\"0123456789\"}"
        #expect(failure(lines, limits: limits) == .lineTooLong(path: "data", line: 2, limitBytes: 20))
    }

    @Test func truncatedGzipIsAnErrorAndEndsTheReading() throws {
        var packed = try GoldenFiles(.module).bytes("mrqa.jsonl.gz")
        packed.removeLast()
        #expect(failure(packed) == .truncatedGzip(path: "data", compressedOffset: packed.count))
        #expect(failure([0x1F, 0x8B]) == .truncatedGzip(path: "data", compressedOffset: 2))
    }

    @Test func errorEndsTheReading() throws {
        let text =
            "{\"context\":\"C\",\"qas\":[{\"qid\":\"1\",\"question\":\"Q\"}]}\n"
            + String(repeating: " ", count: 99)
        var limits = DatasetReader.Limits()
        limits.lineBytes = 60
        let reader = try DatasetReader(bytes: Array(text.utf8), name: "data", limits: limits)
        _ = try reader.next()
        #expect(throws: DatasetError.lineTooLong(path: "data", line: 2, limitBytes: 60)) { try reader.next() }
        #expect(try reader.next() == nil)
    }

    @Test func everyDescriptionNamesTheFile() {
        let errors: [DatasetError] = [
            .cannotOpen(path: "F", reason: "r"), .isDirectory(path: "F"), .readFailed(path: "F", reason: "r"),
            .emptyFile(path: "F"), .truncatedGzip(path: "F", compressedOffset: 1),
            .corruptGzip(path: "F", reason: "r", compressedOffset: 1),
            .tooLarge(path: "F", limitBytes: 1),
            .lineTooLong(path: "F", line: 1, limitBytes: 1), notJSON(1, 1, "r"),
            .unknownLayout(path: "F", found: "r"), .noQuestions(path: "F", issueCount: 0),
            .cannotWrite(path: "F", reason: "r"),
        ]
        for error in errors {
            #expect(error.description.contains("F") || error.description.contains("data"))
            #expect(!error.description.contains("\n"))
        }
    }
}
