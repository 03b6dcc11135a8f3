import Foundation
import SafetensorsModule
import TestSupport
import Testing

@testable import TorchFileModule

/// Files of `torch.save` in both forms, written by `Scripts/golden/torch_file_golden.py`.
@Suite struct TorchFileTests {
    private let golden = GoldenFiles(.module)

    private func path(_ name: String) -> String { golden.path(name) }

    @Test(arguments: ["zip.bin", "legacy.bin"]) func equalsPyTorch(name: String) throws {
        let expected = try golden.safetensors("expected")
        let file = try TorchFile(path: path(name))
        #expect(file.tensorNames.count == 16 && file.tensorNames.first == "plain")
        #expect(expected.tensorNames.count == 11)
        for tensor in expected.tensorNames {
            let values = try expected.floats(named: tensor)
            #expect(file.shape(named: tensor) == expected.info(named: tensor)?.shape, "\(tensor)")
            #expect(try file.floats(named: tensor) == values, "\(tensor)")
            guard values.count > 2 else { continue }
            let some = try [Float](unsafeUninitializedCapacity: values.count - 2) { buffer, count in
                count = values.count - 2
                try file.copyFloats(
                    named: tensor,
                    elements: 1..<values.count - 1,
                    into: UnsafeMutableBufferPointer(rebasing: buffer[..<count])
                )
            }
            #expect(some == Array(values[1..<values.count - 1]), "\(tensor)")
        }
    }

    @Test(arguments: [
        ("ids", ElementType.i64), ("flags", .bool), ("double", .f64), ("byte", .u8), ("int", .i32),
    ])
    func elementsOfOtherTypesMatterOnlyWhenTheyAreRead(name: String, type: ElementType) throws {
        let path = path("zip.bin")
        let file = try TorchFile(path: path)
        #expect(file.elementType(named: name) == type)
        #expect(throws: TorchFileError.wrongElementType(file: path, tensor: name, found: type)) {
            try file.floats(named: name)
        }
        #expect(throws: TorchFileError.noSuchTensor(file: path, tensor: "x")) { try file.floats(named: "x") }
    }

    @Test func refusesToRunAnything() throws {
        let path = path("code.bin")
        #expect { try TorchFile(path: path) } throws: { error in
            guard case .unsupportedGlobal(path, _, let name)? = error as? TorchFileError else { return false }
            return ["builtins.print", "__builtin__.print"].contains(name)
        }
    }

    @Test func refusesCompressedParts() throws {
        #expect { try TorchFile(path: path("deflated.bin")) } throws: { error in
            guard case .encodedEntry? = error as? TorchFileError else { return false }
            return true
        }
    }

    @Test func namesFilesOfOtherKinds() throws {
        let scratch = try ScratchDirectory()
        for content in ["", "short", "PK\u{5}\u{6} and nothing", String(repeating: "x", count: 99)] {
            let path = try scratch.write(Array(content.utf8), to: "model.bin")
            #expect(throws: TorchFileError.unknownForm(file: path)) { try TorchFile(path: path) }
        }
        let pointer = try scratch.write(
            Array("version https://git-lfs.github.com/spec/v1\noid\n".utf8),
            to: "model.bin"
        )
        #expect(throws: TorchFileError.unopenable(.largeFilePointer(file: pointer))) {
            try TorchFile(path: pointer)
        }
        let missing = scratch.file("missing.bin")
        #expect(throws: TorchFileError.unopenable(.fileMissing(file: missing))) {
            try TorchFile(path: missing)
        }
    }

    /// Instructions of a pickle and what is wrong with them.
    @Test(
        arguments: [
            ([0x80, 4, 0x2E], "protocol is 4"), ([0x30, 0x2E], "0x30 (POP)"),
            ([0x81, 0x2E], "0x81 (NEWOBJ)"),
            ([0xFF], "the instruction 0xFF"), ([0x2E], "a value is missing"),
            ([0x28, 0x2E], "more than one value"),
            ([0x4E, 0x4E, 0x2E], "more than one value"), ([0x68, 3, 0x2E], "never kept"),
            ([0x4E, 0x52], "something is called"),
            ([0x4E, 0x51], "a storage is not described"), ([0x4E, 0x4E, 0x62], "changes the state"),
            ([0x74], "a mark is missing"), ([0x5D, 0x28, 0x4E, 0x75], "elements are put into"),
            ([0x58, 1, 0, 0, 0, 0xFF], "not UTF-8"), ([0x63, 0x61, 0x0A, 0x62], "a name does not end"),
            ([0x4A, 1, 0], "breaks off"), ([0x58, 0xFF, 0xFF, 0xFF, 0xFF], "breaks off"),
            ([0x63, 0x6F, 0x73, 0x0A, 0x73, 0x79, 0x73, 0x74, 0x65, 0x6D, 0x0A], "\"os.system\""),
        ] as [([UInt8], String)]
    )
    func namesInstructionsThatTensorsDoNotNeed(instructions: [UInt8], problem: String) {
        instructions.withUnsafeBytes { bytes in
            var reader = PickleReader(bytes, 0..<bytes.count, file: "f")
            #expect { try reader.next() } throws: { "\($0)".contains(problem) }
        }
    }

    @Test(
        arguments: [
            ([2, 3], [3, 1], 5, "reaches beyond"), ([12], [1], 0, "has more elements"),
            ([2], [.max], 0, "reaches beyond"),
            ([.max, .max], [0, 0], 0, "more elements"), ([], [], 10, "reaches beyond"),
            ([3], [0], .max, "reaches beyond"),
        ] as [([Int], [Int], Int, String)]
    )
    func namesTensorsThatDoNotFitTheirStorage(shape: [Int], strides: [Int], offset: Int, problem: String) {
        let tensor = PickleTensor(storage: 0, offset: offset, shape: shape, strides: strides)
        #expect { try StoredTensor(tensor, .f32, storage: 100..<140) } throws: { error in
            (error as? StoredTensor.Mismatch)?.problem.contains(problem) == true
        }
    }

    /// A slice of what `Benchmarks/Fuzz` does: whatever happens to a valid file, it throws or loads.
    @Test(arguments: ["zip.bin", "legacy.bin"]) func mutationsThrowOrLoad(name: String) throws {
        let bytes = try golden.bytes(name)
        let scratch = try ScratchDirectory()
        var generator = SplitMix(seed: 42)
        var loadedCount = 0
        for _ in 0..<600 {
            let path = try scratch.write(generator.mutated(bytes), to: "mutated.bin")
            do throws(TorchFileError) {
                let file = try TorchFile(path: path)
                for name in file.tensorNames where file.elementType(named: name)?.byteCount ?? 8 <= 4 {
                    _ = try? file.floats(named: name)
                }
                loadedCount += 1
            } catch {
                #expect(error.description.hasPrefix(path) && !error.description.contains("\n"))
            }
        }
        #expect(loadedCount > 20 && loadedCount < 580)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let path = try scratch.write(Array(bytes.prefix(count)), to: "mutated.bin")
            #expect(throws: TorchFileError.self) { try TorchFile(path: path) }
        }
    }
}
