import EncoderModule
import TestSupport
import Testing

@Suite struct DistanceBucketsTests {
    /// Golden values: `Scripts/golden/families_golden.py`.
    @Test func equalsHuggingFaceAtEveryDistance() throws {
        let golden = try GoldenFiles(.module).safetensors("mpnet").integers(named: "buckets")
        #expect(golden.count == 1201)
        #expect((-600...600).map { DistanceBuckets.bucket(ofDistance: $0) } == golden.map { Int($0) })
    }
}
