import Foundation
import TestSupport
import Testing

@testable import SafetensorsModule

/// Against the official Python package: see Scripts/golden/safetensors_fixture.py.
@Suite struct GoldenFixtureTests {
    let scratch: ScratchDirectory
    let golden: [UInt8]

    init() throws {
        scratch = try ScratchDirectory()
        golden = Array(try #require(Data(base64Encoded: GoldenFixture.base64)))
    }

    @Test func readsNamesTypesShapesAndMetadata() throws {
        let file = try SafetensorsFile(path: scratch.write(golden))
        #expect(file.metadata == GoldenFixture.metadata)
        #expect(file.tensorNames == GoldenFixture.tensors.map(\.name))
        for tensor in GoldenFixture.tensors {
            let info = try #require(file.info(named: tensor.name))
            #expect(info.name == tensor.name)
            #expect(info.elementType.rawValue == tensor.elementType)
            #expect(info.shape == tensor.shape)
            #expect(info.elementCount == tensor.shape.reduce(1, *))
        }
    }

    @Test func readsTheValuesThatPyTorchReads() throws {
        let file = try SafetensorsFile(path: scratch.write(golden))
        for (name, bits) in GoldenFixture.floatBits {
            let values = try file.floats(named: name)
            try #require(values.count == bits.count)
            for (value, expected) in zip(values, bits.map(Float.init(bitPattern:))) {
                // NaN has many bit patterns, and PyTorch does not keep them either.
                #expect(value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN, "\(name)")
            }
        }
        #expect(try file.floats(named: "empty").isEmpty)
        #expect(try file.integers(named: "position_ids") == GoldenFixture.positions)
    }

    @Test func writesTheBytesThatPythonWrites() throws {
        let file = try SafetensorsFile(path: scratch.write(golden))
        var writer = SafetensorsWriter(metadata: file.metadata)
        for name in file.tensorNames {
            let info = try #require(file.info(named: name))
            if let elementType = info.elementType.floatingPoint {
                writer.append(name, shape: info.shape, floats: try file.floats(named: name), as: elementType)
            } else {
                writer.append(name, shape: info.shape, integers: try file.integers(named: name))
            }
        }
        let path = scratch.file("written.safetensors")
        try writer.write(to: path)
        #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == golden)
    }
}
