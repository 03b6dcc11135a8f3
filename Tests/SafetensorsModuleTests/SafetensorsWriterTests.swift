import Foundation
import TestSupport
import Testing

@testable import SafetensorsModule

@Suite struct SafetensorsWriterTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func errorWriting(_ writer: SafetensorsWriter, to path: String) -> SafetensorsError? {
        do throws(SafetensorsError) {
            try writer.write(to: path)
            return nil
        } catch {
            return error
        }
    }

    /// Elements that are made when they are written give the same file, and are made one tensor after the other.
    @Test(arguments: [FloatingPointElementType.f32, .bf16])
    func elementsMadeWhenTheyAreWrittenGiveTheSameFile(elementType: FloatingPointElementType) throws {
        let values: [[Float]] = [[1, 2, 3, 4, 5, 6], [0.1], []]
        let shapes = [[2, 3], [1], [0, 4]]
        var (ready, made) = (SafetensorsWriter(metadata: ["a": "b"]), SafetensorsWriter(metadata: ["a": "b"]))
        var order: [Int] = []
        for (index, (values, shape)) in zip(values, shapes).enumerated() {
            ready.append("t\(index)", shape: shape, floats: values, as: elementType)
            made.append("t\(index)", shape: shape, as: elementType) { () throws(SafetensorsError) in
                order.append(index)
                return values
            }
        }
        #expect(order.isEmpty)
        try ready.write(to: scratch.file("ready"))
        try made.write(to: scratch.file("made"))
        #expect(order == [0, 1, 2])
        #expect(try bytes(scratch.file("ready")) == bytes(scratch.file("made")))

        var short = SafetensorsWriter()
        short.append("t", shape: [2]) { () throws(SafetensorsError) in [1] }
        guard case .elementCountMismatch(_, "t", [2], 1) = errorWriting(short, to: scratch.file("short"))
        else {
            Issue.record("another error, or none")
            return
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.file("short")))
    }

    @Test func roundTripsSeededTensors() throws {
        var generator = SplitMix(seed: 7)
        for _ in 0..<50 {
            var writer = SafetensorsWriter(metadata: ["k\(generator.next())": "v\n\(generator.next())"])
            var expected: [String: [Float]] = [:]
            for index in 0..<Int.random(in: 0..<6, using: &generator) {
                let shape = (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                    Int.random(in: 0..<6, using: &generator)
                }
                let values = (0..<shape.reduce(1, *)).map { _ in
                    Float(Int.random(in: -255...255, using: &generator)) / 8
                }
                let elementType = FloatingPointElementType.allCases.randomElement(using: &generator) ?? .f32
                expected["tensor.\(index)"] = values
                writer.append("tensor.\(index)", shape: shape, floats: values, as: elementType)
            }
            let path = scratch.file("round-trip")
            try writer.write(to: path)
            let file = try SafetensorsFile(path: path)
            #expect(file.metadata == writer.metadata)
            #expect(Set(file.tensorNames) == Set(expected.keys))
            for (name, values) in expected {
                #expect(try file.floats(named: name) == values)
            }
        }
    }

    @Test func keepsTheOrderAndAlignsWiderElementsFirst() throws {
        var writer = SafetensorsWriter()
        writer.append("half", shape: [1], floats: [1], as: .f16)
        writer.append("z", shape: [1], floats: [1])
        writer.append("brain", shape: [1], floats: [1], as: .bf16)
        writer.append("a", shape: [1], floats: [1])
        writer.append("integer", shape: [1], integers: [1])
        let path = scratch.file("order")
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.tensorNames == ["integer", "z", "a", "half", "brain"])
        for name in file.tensorNames {
            let info = try #require(file.info(named: name))
            #expect(info.byteOffset.isMultiple(of: info.elementType.byteCount))
        }
    }

    @Test(arguments: 0..<9) func alignsTheDataToEightBytes(nameLength: Int) throws {
        var writer = SafetensorsWriter()
        writer.append(String(repeating: "n", count: nameLength), shape: [1], floats: [1])
        let path = scratch.file("alignment")
        try writer.write(to: path)
        #expect(try bytes(path).count % 8 == 4)
        #expect(
            try bytes(path).dropLast(4).last.map { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "}") }
                == true
        )
    }

    @Test func replacesTheFileAndLeavesNothingBeside() throws {
        let path = try scratch.write([1, 2, 3], to: "model")
        var writer = SafetensorsWriter()
        writer.append("w", shape: [1], floats: [1])
        try writer.write(to: path)
        #expect(try SafetensorsFile(path: path).floats(named: "w") == [1])
        #expect(try scratch.contents() == ["model"])
    }

    @Test func anOpenFileKeepsItsValuesWhenReplaced() throws {
        let path = scratch.file("model")
        var writer = SafetensorsWriter()
        writer.append("w", shape: [2], floats: [1, 2])
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        try SafetensorsWriter().write(to: path)
        file.releasePages()
        #expect(try file.floats(named: "w") == [1, 2])
    }

    @Test func rejectsDuplicateName() {
        var writer = SafetensorsWriter()
        writer.append("w", shape: [1], floats: [1])
        writer.append("w", shape: [1], integers: [1])
        #expect(errorWriting(writer, to: "p") == .duplicateTensor(file: "p", tensor: "w"))
    }

    @Test func rejectsReservedName() {
        var writer = SafetensorsWriter()
        writer.append("__metadata__", shape: [1], floats: [1])
        #expect(errorWriting(writer, to: "p") == .reservedName(file: "p", tensor: "__metadata__"))
    }

    @Test(arguments: [[5], [2, 2], [-2, -3], [], [Int.max, 2], [6, 0]])
    func rejectsShapeOfAnotherElementCount(shape: [Int]) {
        var writer = SafetensorsWriter()
        writer.append("w", shape: shape, floats: [Float](repeating: 0, count: 6))
        #expect(
            errorWriting(writer, to: "p")
                == .elementCountMismatch(file: "p", tensor: "w", shape: shape, elementCount: 6)
        )
    }

    @Test func aFailedWriteLeavesWhatWasThere() throws {
        let path = scratch.file("directory")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard case .unwritable(path, "replace", _) = errorWriting(SafetensorsWriter(), to: path) else {
            Issue.record("\(String(describing: errorWriting(SafetensorsWriter(), to: path)))")
            return
        }
        #expect(try scratch.contents() == ["directory"])
    }

    @Test func rejectsMissingDirectory() {
        let path = scratch.file("absent/model")
        guard
            case .unwritable(path, _, String(cString: strerror(ENOENT))) =
                errorWriting(SafetensorsWriter(), to: path)
        else {
            Issue.record("\(String(describing: errorWriting(SafetensorsWriter(), to: path)))")
            return
        }
    }
}
