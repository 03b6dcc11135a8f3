#if os(Linux)
    import Foundation
    import TensorModule
    import TestSupport
    import Testing

    @Suite struct BoundedMemoryTests {
        /// In a process of its own: other tests, which run at the same time, take memory too.
        @Test func memoryDoesNotGrowWithTheShapesThatWereMet() async {
            await #expect(processExitsWith: .success) {
                var shapes = try Shapes()
                for _ in 0..<2_000 { try shapes.runOne() }
                let early = try Shapes.residentPages()
                for _ in 2_000..<20_000 { try shapes.runOne() }
                let late = try Shapes.residentPages()
                let message = "after 2,000 operations \(early) pages, after 20,000 \(late)"
                guard late <= early + early / 10 else { fatalError(message) }
            }
        }
    }

    /// Operations of random shapes.
    private struct Shapes {
        private let team = ThreadTeam(ThreadBudget(threads: 1) ?? .physicalCores)
        private var random = SplitMix(seed: 9)
        private let linears: [PackedLinear]
        private let convolution: PackedConvolution
        private let input = [Float](repeating: 0.5, count: 120_000)
        private var output = [Float](repeating: 0, count: 120_000)

        init() throws {
            linears = try Precision.allCases.map {
                try FormulaLayer(inputs: 20, outputs: 33).packed($0, workers: 1)
            }
            convolution = try PackedConvolution(
                weights: [Float](repeating: 0.1, count: 4 * 4 * 9),
                bias: [0, 1, 2, 3],
                kernel: 3
            )
        }

        mutating func runOne() throws {
            let worker = team.workers[0]
            // Convolutions are slow; one in ten is enough to fill the cache of primitives early.
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let rows = Int.random(in: 1...300, using: &random)
                linears[rows % linears.count](input, rows: rows, into: &output, on: worker)
            case 5:
                let (rows, columns) = (
                    Int.random(in: 1...30, using: &random), Int.random(in: 1...60, using: &random)
                )
                convolution(input, rows: rows, columns: columns, into: &output, on: worker)
            default:
                let tokens = Int.random(in: 1...512, using: &random)
                let attention = HeadAttention(tokens: tokens, headSize: 8, inputStride: 24, outputStride: 8)
                let rows = Int.random(in: 1...min(tokens, 110), using: &random)
                attention(query: input, key: input, value: input, rows: rows, into: &output, on: worker)
            }
            try worker.rethrow()
        }

        static func residentPages() throws -> Int {
            let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            return try #require(Int(text.split(separator: " ")[1]))
        }
    }
#endif
