import Foundation
import TestSupport
import Testing

@testable import TextFileModule

@Suite struct TextFolderTests {
    let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        for folder in ["b", "b/c", ".hidden", "empty"] {
            try FileManager.default.createDirectory(
                atPath: scratch.file(folder),
                withIntermediateDirectories: true
            )
        }
        for name in ["z.txt", "a.txt", "b/y.txt", "b/c/x.txt", "b.txt", ".dot", ".hidden/w.txt", "b/.dot"] {
            try scratch.write([0x61], to: name)
        }
    }

    private func files(_ report: (TextFileError) -> Void = { _ in }) throws -> [String] {
        let prefix = scratch.path + "/"
        return try TextFolder.files(in: scratch.path, report: report).map {
            String($0.dropFirst(prefix.count))
        }
    }

    @Test func filesOfAllLevelsAreSortedByPath() throws {
        #expect(try files() == ["a.txt", "b.txt", "b/c/x.txt", "b/y.txt", "z.txt"])
        #expect(
            try TextFolder.files(in: scratch.file("b/")) == [
                scratch.file("b/c/x.txt"), scratch.file("b/y.txt"),
            ]
        )
    }

    @Test func linksToFilesCountAndLinksToDirectoriesDoNot() throws {
        let manager = FileManager.default
        for (name, target) in [("loop", "."), ("link", "a.txt"), ("broken", "none")] {
            try manager.createSymbolicLink(atPath: scratch.file(name), withDestinationPath: target)
        }
        #expect(try files() == ["a.txt", "b.txt", "b/c/x.txt", "b/y.txt", "broken", "link", "z.txt"])
    }

    @Test func pipesAreReportedAndNotRead() throws {
        #expect(mkfifo(scratch.file("pipe"), 0o600) == 0)
        var reported: [TextFileError] = []
        #expect(try !files { reported.append($0) }.contains("pipe"))
        #expect(reported.count == 1 && reported.first?.description.contains(scratch.file("pipe")) == true)
    }

    @Test(.enabled(if: getuid() != 0, "root may read everything")) func aClosedDirectoryIsReported() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: scratch.file("b"))
        defer {
            try? FileManager.default.setAttributes(
                [.posixPermissions: 0o700],
                ofItemAtPath: scratch.file("b")
            )
        }
        var reported: [TextFileError] = []
        #expect(try files { reported.append($0) } == ["a.txt", "b.txt", "z.txt"])
        #expect(reported.count == 1)
    }

    @Test func aDirectoryThatIsNotThereIsAnError() {
        let path = scratch.file("none")
        #expect(throws: TextFileError.self) { try TextFolder.files(in: path) }
        #expect(!TextFolder.isDirectory(path) && TextFolder.isDirectory(scratch.path))
        #expect(!TextFolder.isDirectory(scratch.file("a.txt")))
    }
}
