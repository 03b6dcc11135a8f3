import Foundation
import TestSupport
import Testing

@testable import FileModule

@Suite struct InputFileTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test func readsAWholeFileOfAnySize() throws {
        for count in [0, 1, 1 << 18, 1 << 18 + 1, 700_000] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let path = try scratch.write(bytes, to: "file")
            #expect(try InputFile.contents(of: path, limitBytes: count) == bytes)
        }
    }

    @Test func saysWhyAFileCannotBeRead() throws {
        func failure(_ path: String, limitBytes: Int = 10) -> FileError? {
            do throws(FileError) {
                _ = try InputFile.contents(of: path, limitBytes: limitBytes)
                return nil
            } catch { return error }
        }
        let absent = failure(scratch.file("absent"))
        #expect(absent == FileError(.open, .system(ENOENT)) && absent?.isMissing == true)
        #expect(absent?.reason.description == "No such file or directory")
        #expect(failure("") == absent)
        let file = try scratch.write([1, 2], to: "file")
        #expect(failure(file + "/below")?.isMissing == true)
        #expect(failure(file + "\0x") == FileError(.open, .nulInPath))
        #expect(failure(scratch.path) == FileError(.open, .isDirectory))
        #expect(failure(file, limitBytes: 1) == FileError(.read, .tooLarge(limitBytes: 1)))
        #expect(failure("/dev/zero", limitBytes: 1 << 20)?.isMissing == false)
    }
}
