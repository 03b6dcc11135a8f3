import EncoderModule
import TestSupport
import Testing

/// Golden values: `Scripts/golden/families_golden.py`, of the distance of the one that attends from the one attended to.
@Suite struct DisentangledBucketsTests {
    @Test(arguments: [(256, 512, "buckets"), (8, 64, "small_buckets")])
    func equalsHuggingFaceAtEveryDistance(count: Int, farthest: Int, tensor: String) throws {
        let golden = try GoldenFiles(.module).safetensors("deberta-v2").integers(named: tensor)
        let buckets = DisentangledBuckets(count: count, farthest: farthest)
        let reach = golden.count / 2
        let rows = (-reach...reach).reversed().map { buckets.row(ofDistance: $0) }
        #expect(rows == golden.map { min(max(Int($0) + count, 0), 2 * count - 1) })
        #expect(rows.contains(1) && rows.contains(2 * count - 1))
    }
}
