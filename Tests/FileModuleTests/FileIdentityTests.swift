import Foundation
import TestSupport
import Testing

@testable import FileModule

@Suite struct FileIdentityTests {
    @Test func isTheSameForEverySpellingOfAPath() throws {
        let scratch = try ScratchDirectory(["a": "x", "b": "x"])
        let manager = FileManager.default
        try manager.createDirectory(atPath: scratch.file("folder"), withIntermediateDirectories: false)
        try manager.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: "a")
        try manager.linkItem(atPath: scratch.file("a"), toPath: scratch.file("hard"))
        let identity = try #require(FileIdentity(path: scratch.file("a")))
        for name in ["./a", "folder/../a", "link", "hard", "/a"] {
            #expect(FileIdentity(path: scratch.file(name)) == identity, "\(name)")
        }
        #expect(try #require(FileIdentity(path: scratch.file("b"))) != identity)
    }

    @Test func ofWhatIsNotThereGoesByDirectoryAndName() throws {
        let scratch = try ScratchDirectory(["a": "x"])
        let identity = try #require(FileIdentity(path: scratch.file("new")))
        #expect(FileIdentity(path: scratch.file("./new")) == identity)
        #expect(FileIdentity(path: scratch.file("other")) != identity)
        #expect(FileIdentity(path: scratch.file("a")) != identity)
        #expect(FileIdentity(path: scratch.file("none/new")) == nil)
    }

    @Test(arguments: ["", "/dev/null", "/", "a\0b"]) func isOfRegularFilesOnly(path: String) {
        #expect(FileIdentity(path: path) == nil)
    }
}
