import Foundation
import SafetensorsModule
import TestSupport
import Testing

/// A slice of what `Benchmarks/Fuzz` does: whatever happens to a valid file, it throws or loads.
@Suite struct MutationTests {
    let scratch: ScratchDirectory
    let golden: [UInt8]

    init() throws {
        scratch = try ScratchDirectory()
        golden = Array(try #require(Data(base64Encoded: GoldenFixture.base64)))
    }

    /// Whether the bytes load; if so, every value is read.
    private func loads(_ bytes: [UInt8]) throws -> Bool {
        let path = try scratch.write(bytes)
        do throws(SafetensorsError) {
            let file = try SafetensorsFile(path: path)
            for name in file.tensorNames {
                if file.info(named: name)?.elementType == .i64 {
                    _ = try file.integers(named: name)
                } else {
                    _ = try file.floats(named: name)
                }
            }
            return true
        } catch {
            #expect(error.description.hasPrefix(path))
            return false
        }
    }

    @Test func everyTruncationThrows() throws {
        for byteCount in 0..<golden.count {
            #expect(try !loads(Array(golden.prefix(byteCount))), "\(byteCount) bytes")
        }
        #expect(try loads(golden))
    }

    @Test func everyFlippedByteThrowsOrLoads() throws {
        var loadedCount = 0
        for index in golden.indices {
            for pattern: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
                var bytes = golden
                bytes[index] ^= pattern
                if try loads(bytes) { loadedCount += 1 }
            }
        }
        // At least every flip in the data section loads, and flips of the JSON's structure do not.
        #expect(loadedCount > 4 * 138)
        #expect(loadedCount < 3 * golden.count)
    }

    @Test func severalChangesThrowOrLoad() throws {
        var generator = SplitMix(seed: 42)
        for _ in 0..<2000 {
            var bytes = golden
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: index)
                case 2: bytes.remove(at: index)
                default:
                    bytes[index] = UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &generator)
                }
            }
            _ = try loads(bytes)
        }
    }
}
