import CTorchShim

#if canImport(Glibc)
    import Glibc
#endif

extension Torch {
    /// Whether a device multiplies bfloat16 by instructions of its own.
    ///
    /// A graphics card does. A processor does with AVX-512 BF16 or AMX, unless oneDNN, which libtorch multiplies by, was told by
    /// `ONEDNN_MAX_CPU_ISA` to use less. Without, each product goes through 32 bits and takes ten times as long as one of those.
    public static func multipliesBFloat16(on device: Device) -> Bool {
        guard device == .cpu else { return true }
        var available = false
        _ = ts_has_bfloat16_products(&available)
        return available && mayUseBFloat16(named: getenv("ONEDNN_MAX_CPU_ISA").map { String(cString: $0) })
    }

    /// Whether an instruction set, as `ONEDNN_MAX_CPU_ISA` names it, has bfloat16; all have it that are not named here.
    static func mayUseBFloat16(named name: String?) -> Bool {
        let without = [
            "SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_MIC", "AVX512_MIC_4OPS",
            "AVX512_CORE",
            "AVX512_CORE_VNNI",
        ]
        return !without.contains(name?.uppercased() ?? "")
    }

    /// How many times as long as in 32 bits a product takes in bfloat16: the ratio of the shortest of a few times.
    ///
    /// - Parameter device: where the product runs.
    /// - Returns: above 1 where bfloat16 is slower.
    /// - Throws: what libtorch refuses.
    public static func bfloat16Slowdown(on device: Device) throws -> Double {
        let (rows, width) = (512, 768)
        let input = try Tensor(zeros: [rows, width], on: device)
        let weight = try Tensor(zeros: [width, width], on: device)
        let bias = try Tensor(zeros: [width], on: device)
        let clock = ContinuousClock()
        func shortest(_ enabled: Bool) throws -> Duration {
            var times: [Duration] = []
            for _ in 0..<4 {
                let start = clock.now
                try withoutRecording {
                    try withBFloat16(enabled, on: device) {
                        // Reading an element waits for the device.
                        _ = try input.linear(weight: weight, bias: bias).sum().item()
                    }
                }
                times.append(clock.now - start)
            }
            return times.min() ?? .zero
        }
        let full = try shortest(false)
        return try shortest(true) / full
    }
}
