import Foundation
import TestSupport
import Testing

@testable import FileModule

@Suite struct AtomicFileTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let file = try AtomicFile(path: path)
        try file.append(bytes)
        try file.commit()
    }

    @Test func appearsWholeOnlyWhenCommitted() throws {
        let path = try scratch.write([9, 9, 9], to: "file")
        let file = try AtomicFile(path: path)
        try file.append([UInt8(1)])
        try file.append([UInt16(0x0302).littleEndian])
        #expect(try InputFile.contents(of: path, limitBytes: 9) == [9, 9, 9])
        try file.commit()
        #expect(try InputFile.contents(of: path, limitBytes: 9) == [1, 2, 3])
        #expect(try scratch.contents() == ["file"])
    }

    @Test func leavesNothingBehindWithoutCommit() throws {
        do {
            let file = try AtomicFile(path: scratch.file("file"))
            try file.append([UInt8(1)])
            #expect(try scratch.contents().count == 1)
        }
        #expect(try scratch.contents() == [])
    }

    @Test func replacesTheFileBehindALink() throws {
        let target = try scratch.write([1], to: "target")
        let link = scratch.file("link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        try write([2], to: link)
        #expect(try InputFile.contents(of: target, limitBytes: 9) == [2])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
        #expect(try scratch.contents() == ["link", "target"])
    }

    @Test func writesDirectlyWhatIsNoRegularFile() throws {
        let pipe = scratch.file("pipe")
        try #require(mkfifo(pipe, 0o600) == 0)
        // Held open for reading, so that opening it for writing does not wait.
        let descriptor = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(descriptor) }
        try write([1, 2], to: pipe)
        var bytes: [UInt8] = [0, 0, 0]
        #expect(read(descriptor, &bytes, 3) == 2)
        #expect(bytes == [1, 2, 0])
        #expect(try scratch.contents() == ["pipe"])
    }

    @Test func saysWhichStepFailed() {
        func failure(_ path: String) -> FileError? {
            do {
                try write([1], to: path)
                return nil
            } catch { return error as? FileError }
        }
        #expect(failure(scratch.path) == FileError(.replace, .isDirectory))
        #expect(failure("") == FileError(.open, .system(ENOENT)))
        #expect(failure("a\0b") == FileError(.open, .nulInPath))
        let absent = failure(scratch.file("absent/file"))
        #expect(absent?.reason == .system(ENOENT))
        #expect(absent?.step.description.hasPrefix("create " + scratch.file("absent/file")) == true)
    }
}
