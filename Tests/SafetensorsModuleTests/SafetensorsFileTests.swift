import Foundation
import TestSupport
import Testing

@testable import SafetensorsModule

@Suite struct SafetensorsFileTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    // MARK: The path

    @Test func rejectsMissingFile() {
        let path = scratch.file("absent")
        #expect(errorOpening(path) == .fileMissing(file: path))
    }

    @Test func rejectsEmptyPath() {
        #expect(errorOpening("") == .fileMissing(file: ""))
    }

    @Test func rejectsPathWithNUL() throws {
        let path = try scratch.write(header: "{}", dataByteCount: 0) + "\0.backup"
        #expect(errorOpening(path) == .fileMissing(file: path))
    }

    @Test func rejectsFileUsedAsDirectory() throws {
        let path = try scratch.write(header: "{}", dataByteCount: 0) + "/model.safetensors"
        #expect(errorOpening(path) == .fileMissing(file: path))
    }

    @Test func rejectsDirectory() {
        #expect(errorOpening(scratch.path) == .isDirectory(file: scratch.path))
    }

    @Test func rejectsPipeWithoutWaiting() {
        let path = scratch.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        #expect(errorOpening(path) == .notRegularFile(file: path))
    }

    @Test func rejectsLinkLoopWithTheReasonOfTheSystem() {
        let path = scratch.file("loop")
        #expect(symlink(path, path) == 0)
        #expect(errorOpening(path) == .unreadable(file: path, reason: String(cString: strerror(ELOOP))))
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read every file"))
    func rejectsFileWithoutPermission() throws {
        let path = try scratch.write(header: "{}", dataByteCount: 0)
        #expect(chmod(path, 0) == 0)
        #expect(errorOpening(path) == .unreadable(file: path, reason: String(cString: strerror(EACCES))))
    }

    // MARK: What the format permits

    @Test(arguments: ["{}", "{}    ", "{ \n\t\r}", "{\"__metadata__\" : { } }"])
    func acceptsFileWithoutTensors(header: String) throws {
        let file = try SafetensorsFile(path: scratch.write(header: header, dataByteCount: 0))
        #expect(file.tensorNames.isEmpty)
        #expect(file.metadata.isEmpty)
    }

    @Test func acceptsEscapesInNames() throws {
        let header =
            #"{"\"\\\/\b\f\n\r\t\u00e9\ud83d\uDE00":{"dtype":"F16","shape":[0],"data_offsets":[0,0]}}"#
        let file = try SafetensorsFile(path: scratch.write(header: header, dataByteCount: 0))
        #expect(file.tensorNames == ["\"\\/\u{08}\u{0C}\n\r\té😀"])
    }

    @Test func acceptsEmptyTensorsAtAnyBorder() throws {
        let header = """
            {"z":{"dtype":"I64","shape":[0,5],"data_offsets":[4,4]},
             "w":{"dtype":"F32","shape":[],"data_offsets":[0,4]},
             "a":{"dtype":"BF16","shape":[2,0],"data_offsets":[0,0]}}
            """
        let file = try SafetensorsFile(path: scratch.write(header: header, dataByteCount: 4))
        #expect(file.tensorNames == ["a", "w", "z"])
        #expect(try file.floats(named: "a").isEmpty)
        #expect(try file.integers(named: "z").isEmpty)
    }

    /// Every type at every misalignment that a header can cause, in the order that aligns nothing.
    @Test(arguments: 0..<8) func readsMisalignedData(padding: Int) throws {
        let header =
            #"{"half":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"#
            + #""float":{"dtype":"F32","shape":[2],"data_offsets":[2,10]},"#
            + #""brain":{"dtype":"BF16","shape":[1],"data_offsets":[10,12]},"#
            + #""integer":{"dtype":"I64","shape":[1],"data_offsets":[12,20]}}"#
            + String(repeating: " ", count: padding)
        let data: [UInt8] = [
            0x00, 0x3E, 0x00, 0x00, 0xC0, 0x3F, 0x00, 0x00, 0x30, 0xC0, 0x28, 0x42,
            0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        ]
        let path = try scratch.write(safetensors(header: Array(header.utf8), data: data))
        let file = try SafetensorsFile(path: path)
        #expect(try file.floats(named: "half") == [1.5])
        #expect(try file.floats(named: "float") == [1.5, -2.75])
        #expect(try file.floats(named: "brain") == [42])
        #expect(try file.integers(named: "integer") == [-2])
    }

    // MARK: Reading

    @Test func copiesARangeOfElements() throws {
        let path = scratch.file("range")
        for elementType in FloatingPointElementType.allCases {
            var writer = SafetensorsWriter()
            writer.append("w", shape: [4, 5], floats: (0..<20).map(Float.init), as: elementType)
            try writer.write(to: path)
            let file = try SafetensorsFile(path: path)
            var row = [Float](repeating: -1, count: 5)
            try row.withUnsafeMutableBufferPointer { (buffer) throws(SafetensorsError) in
                try file.copyFloats(named: "w", elements: 10..<15, into: buffer)
            }
            #expect(row == [10, 11, 12, 13, 14])
        }
    }

    @Test(arguments: [-1..<0, 0..<3, 3..<3]) func rejectsElementsOutOfRange(elements: Range<Int>) throws {
        let path = scratch.file("range")
        var writer = SafetensorsWriter()
        writer.append("w", shape: [2], floats: [1, 2])
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        var values = [Float](repeating: 0, count: elements.count)
        let expected = SafetensorsError.elementsOutOfRange(
            file: path,
            tensor: "w",
            elements: elements,
            elementCount: 2
        )
        #expect(throws: expected) {
            try values.withUnsafeMutableBufferPointer {
                try file.copyFloats(named: "w", elements: elements, into: $0)
            }
        }
    }

    @Test func namesTheTensorThatIsAbsentOrOfAnotherType() throws {
        let path = scratch.file("types")
        var writer = SafetensorsWriter()
        writer.append("ids", shape: [1], integers: [7])
        writer.append("w", shape: [1], floats: [7], as: .bf16)
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.info(named: "v") == nil)
        #expect(throws: SafetensorsError.noSuchTensor(file: path, tensor: "v")) {
            try file.floats(named: "v")
        }
        #expect(
            throws: SafetensorsError.wrongElementType(
                file: path,
                tensor: "ids",
                found: .i64,
                wanted: [.f32, .f16, .bf16]
            )
        ) { try file.floats(named: "ids") }
        #expect(
            throws: SafetensorsError.wrongElementType(file: path, tensor: "w", found: .bf16, wanted: [.i64])
        ) { try file.integers(named: "w") }
    }

    @Test func readsTheSameAfterReleasingPages() throws {
        let path = scratch.file("pages")
        var writer = SafetensorsWriter()
        writer.append("w", shape: [5000], floats: (0..<5000).map(Float.init))
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        let before = try file.floats(named: "w")
        file.releasePages()
        #expect(try file.floats(named: "w") == before)
    }

    @Test func lendsTheStoredBytes() throws {
        let path = scratch.file("bytes")
        var writer = SafetensorsWriter()
        writer.append("w", shape: [2], floats: [1, -2], as: .bf16)
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(try file.withBytes(named: "w") { Array($0) } == [0x80, 0x3F, 0x00, 0xC0])
    }
}
