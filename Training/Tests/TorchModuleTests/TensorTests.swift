import Testing

@testable import TorchModule

@Suite struct TensorTests {
    @Test func keepsShapeAndElements() throws {
        let tensor = try Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
        #expect(tensor.shape == [2, 3])
        #expect(try tensor.permuted([1, 0]).floats() == [1, 4, 2, 5, 3, 6])
        #expect(try tensor.sum(over: [1]).floats() == [6, 15])
        #expect(try tensor.gathering(Tensor(indices: [2, 0], shape: [2, 1])).floats() == [3, 4])
    }

    /// What lies next to a tensor, and what lay where it lies, leaves it alone.
    @Test func tensorsOfAnySizeKeepTheirElementsInKeptMemory() throws {
        Torch.keepMemory()
        var kept: [(Tensor, Int)] = []
        for round in 0..<3 {
            for count in [0, 1, 15, 16, 17, 1_000, 10_007] {
                let tensor = try Tensor((0..<count).map { Float($0 + round) }, shape: [count])
                _ = try Tensor(zeros: [count])
                kept.append((tensor, count))
            }
            // Every second of them makes room for those of the next round.
            kept = kept.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        }
        for (tensor, count) in kept {
            let elements = try tensor.floats()
            let first = elements.first ?? 0
            #expect(elements == (0..<count).map { Float($0) + first })
            // By a kernel that may ask for aligned memory, into a new tensor.
            #expect(try tensor.multiplied(by: tensor).floats() == elements.map { $0 * $0 })
        }
    }

    @Test func errorsNameOperationAndShapes() throws {
        let (a, b) = (try Tensor(zeros: [2, 3]), try Tensor(zeros: [4, 5]))
        let error = #expect(throws: TorchError.self) { try a.matrixProduct(b) }
        #expect(error?.operation == "matrixProduct")
        #expect(error?.shapes == [[2, 3], [4, 5]])
        #expect(error?.description.contains("[2, 3] and [4, 5]") == true)
        #expect(error?.reason.isEmpty == false)
    }

    @Test func differentiatesOnlyWhatIsRecorded() throws {
        let x = try Tensor([2, 3], shape: [2])
        try x.requireGradient()
        try x.multiplied(by: x).sum().backward()
        #expect(try x.gradient()?.floats() == [4, 6])
        try [x].clearGradients()
        #expect(try x.gradient() == nil)
        let unrecorded = try Torch.withoutRecording { try x.multiplied(by: x).sum() }
        #expect(throws: TorchError.self) { try unrecorded.backward() }
    }

    /// The second time with what distances add; two tokens are missing before the last of the first window.
    @Test(arguments: [false, true]) func attentionEqualsItsComposition(withBias: Bool) throws {
        let (batch, tokens, heads, hidden) = (2, 5, 2, 8)
        let values = (0..<batch * tokens * 3 * hidden).map { Float(($0 * 7919) % 101) / 50 - 1 }
        let valid = try Tensor([1, 1, 1, 0, 1, 1, 1, 1, 1, 0], shape: [batch, tokens])
        func run() throws -> [[Float]] {
            let qkv = try Tensor(values, shape: [batch, tokens, 3 * hidden])
            try qkv.requireGradient()
            let table = try Tensor((0..<heads * 13).map { Float(($0 * 31) % 17) / 8 }, shape: [heads, 13])
            try table.requireGradient()
            let places = try Tensor(indices: [0, 1, 2, 0, 5, 0, 1, 2, 3, 0], shape: [batch, tokens])
            let bias = Tensor.DistanceBias(table: table, places: places)
            let (outputs, maps) = try qkv.attention(
                valid: valid,
                positions: withBias ? .bias(bias) : .none,
                heads: heads,
                dropout: 0
            )
            let weighted = try maps.multiplied(by: maps).sum().adding(outputs.multiplied(by: outputs).sum())
            try weighted.backward()
            var results = try [outputs.floats(), maps.floats(), qkv.gradient()?.floats() ?? []]
            if withBias { results.append(try table.gradient()?.floats() ?? []) }
            return results
        }
        let fused = try run()
        try Torch.setComposed(true)
        defer { try? Torch.setComposed(false) }
        for (a, b) in zip(fused, try run()) {
            #expect(a.count == b.count && !a.isEmpty)
            // Largest error seen: 5e-7.
            #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 2e-6 + 1e-5 * abs($1) })
        }
    }

    @Test func dropoutDependsOnSeedAloneAndKeepsTheMean() throws {
        let ones = try Tensor([Float](repeating: 1, count: 100_000), shape: [100_000])
        func drop(_ seed: UInt64) throws -> [Float] {
            try Torch.seed(seed)
            return try ones.dropout(0.1).floats()
        }
        let first = try drop(1)
        #expect(try drop(1) == first)
        #expect(try drop(2) != first)
        #expect(first.allSatisfy { $0 == 0 || abs($0 - 1 / 0.9) < 1e-6 })
        // Five deviations of the share of zeros.
        #expect(abs(Double(first.count { $0 == 0 }) / 100_000 - 0.1) < 0.005)
    }

    @Test func dropoutPassesTheGradientOfWhatItKept() throws {
        let x = try Tensor([Float](repeating: 1, count: 1000), shape: [1000])
        try x.requireGradient()
        try Torch.seed(3)
        let dropped = try x.dropout(0.5)
        try dropped.sum().backward()
        #expect(try x.gradient()?.floats() == dropped.floats())
    }
}
