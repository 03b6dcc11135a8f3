import CZlib
import TestSupport
import Testing

@testable import DatasetModule

@Suite struct GzipTests {
    private struct Golden: Decodable {
        struct Case: Decodable {
            var name: String
            var gzip: String
            var length: Int
            var crc32: UInt32
        }

        struct Mutations: Decodable {
            var gzip: String
            var seed: UInt64
            var accepted: String
            var crc32: UInt32
        }

        var cases: [Case]
        var mutations: [Mutations]
    }

    /// Hands out its bytes in pieces, as a pipe does.
    private final class PiecewiseSource: ByteSource {
        private let whole: MemorySource
        private var rest: UnsafeBufferPointer<UInt8>
        private let size: Int

        init(_ bytes: [UInt8], size: Int) {
            whole = MemorySource(bytes)
            rest = whole.nextChunk()
            self.size = size
        }

        func nextChunk() -> UnsafeBufferPointer<UInt8> {
            let count = min(size, rest.count)
            defer { rest = UnsafeBufferPointer(rebasing: rest[count...]) }
            return UnsafeBufferPointer(rebasing: rest[..<count])
        }
    }

    private func decompressed(_ bytes: [UInt8], limit: Int = 1 << 30) throws(DatasetError) -> [UInt8] {
        try FileContent.decompressed(bytes, name: "x.gz", limitBytes: limit)
    }

    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        UInt32(crc32_z(0, bytes, bytes.count))
    }

    private func packed(_ name: String) throws -> [UInt8] {
        let cases = try GoldenFiles(.module).decode("gzip.json", as: Golden.self).cases
        return try bytes(base64: #require(cases.first { $0.name == name }).gzip)
    }

    @Test func decompressesWhatZlibCompresses() throws {
        let cases = try GoldenFiles(.module).decode("gzip.json", as: Golden.self).cases
        #expect(cases.count > 30)
        for item in cases {
            let output = try decompressed(bytes(base64: item.gzip))
            #expect(output.count == item.length && checksum(output) == item.crc32, "\(item.name)")
        }
    }

    @Test(arguments: [1, 2, 3, 7, 8, 9, 63])
    func inputMayArriveInPieces(size: Int) throws {
        for name in ["text level 9", "noise level 0", "members", "all header fields", "far level 9"] {
            let packed = try packed(name)
            let source = try GzipSource(
                PiecewiseSource(packed, size: size),
                path: "x",
                limitBytes: 1 << 30
            )
            var output: [UInt8] = []
            while case let chunk = try source.nextChunk(), !chunk.isEmpty { output += chunk }
            #expect(try output == decompressed(packed), "\(name)")
        }
    }

    @Test func acceptsAndRejectsTheSameMutationsAsZlib() throws {
        for base in try GoldenFiles(.module).decode("gzip.json", as: Golden.self).mutations {
            let packed = try bytes(base64: base.gzip)
            var random = SplitMix(seed: base.seed)
            var all: [UInt8] = []
            for (index, verdict) in base.accepted.utf8.enumerated() {
                let mutation = random.mutated(packed)
                // A first byte that is not gzip's would be taken for plain text.
                let source = try GzipSource(MemorySource(mutation), path: "x", limitBytes: 1 << 30)
                var output: [UInt8]? = []
                do {
                    while case let chunk = try source.nextChunk(), !chunk.isEmpty { output? += chunk }
                } catch { output = nil }
                let isAccepted = verdict == UInt8(ascii: "1")
                #expect((output != nil) == isAccepted, "seed \(base.seed), mutation \(index)")
                all += output ?? []
            }
            #expect(checksum(all) == base.crc32)
        }
    }

    @Test func everyTruncationIsCalledTruncated() throws {
        for name in ["all header fields", "byte level 9", "skewed fixed codes"] {
            let packed = try packed(name)
            for count in 2..<packed.count {
                do throws(DatasetError) {
                    _ = try decompressed(Array(packed[..<count]))
                    Issue.record("\(name) cut to \(count) bytes was accepted")
                } catch {
                    let isTruncated =
                        if case .truncatedGzip("x.gz", 0...count) = error { true } else { false }
                    #expect(isTruncated, "\(name) cut to \(count) bytes: \(error)")
                }
            }
        }
    }

    @Test func namesWhatIsWrong() throws {
        let packed = try packed("text level 9")
        func fault(_ change: (inout [UInt8]) -> Void) -> String? {
            var bytes = packed
            change(&bytes)
            do {
                _ = try decompressed(bytes)
                return nil
            } catch {
                if case .corruptGzip(_, let reason, _) = error { return reason }
                return nil
            }
        }
        #expect(fault { $0[2] = 7 } == "unknown compression method")
        #expect(fault { $0[3] = 0x20 } == "unknown header flags set")
        #expect(fault { $0[10] |= 6 } == "invalid block type")
        #expect(fault { $0[$0.count - 8] ^= 1 } == "CRC-32 does not match")
        #expect(fault { $0[$0.count - 1] ^= 1 } == "length does not match")
        #expect(fault { $0 += [0, 0, 7] } == "something other than a gzip member follows")
        // One fixed-code block whose first symbol is a match: there is nothing to copy.
        let header = Array(packed[..<10])
        #expect(
            fault { $0 = header + [0b0000_0011, 0b0000_0010, 0, 0, 0, 0, 0, 0, 0, 0] }
                == "invalid distance too far back"
        )
    }

    @Test func stopsAtTheOutputLimit() throws {
        let packed = try packed("zeros level 9")
        #expect(packed.count < 1_000)
        #expect(throws: DatasetError.tooLarge(path: "x.gz", limitBytes: 399_999)) {
            try decompressed(packed, limit: 399_999)
        }
        #expect(try decompressed(packed, limit: 400_000).count == 400_000)
    }
}
