import CTorchShim

/// Where tensors are and operations run.
public enum Device: String, Sendable, CaseIterable, Codable {
    /// The processor.
    case cpu
    /// The first graphics card that the process sees.
    case cuda

    var code: Int32 { self == .cpu ? Int32(ts_cpu.rawValue) : Int32(ts_cuda.rawValue) }
}

/// What holds for all of libtorch.
public enum Torch {
    /// The version that the shim was compiled against, such as "2.13.0".
    public static var version: String {
        var version: Int64 = 0
        _ = ts_version(&version)
        return "\(version / 10_000).\(version / 100 % 100).\(version % 100)"
    }

    /// Whether there is a graphics card that this libtorch can use.
    public static func cudaIsAvailable() throws(TorchError) -> Bool {
        var available = false
        try TorchError.check("cudaIsAvailable", ts_cuda_is_available(&available))
        return available
    }

    /// How many threads an operation may use.
    public static func setThreads(_ threads: Int) throws(TorchError) {
        try TorchError.check("setThreads(\(threads))", ts_set_threads(Int64(threads)))
    }

    /// From now on the process keeps the memory that it frees, for the next step to take.
    ///
    /// A step with a Block Skim Module at every layer takes 0.77 of its time then in 32 bits with windows of 384 tokens, 0.93 in
    /// bfloat16, and as long as before with windows of 160 (`Training/README.md` says on what).
    public static func keepMemory() { ts_keep_memory() }

    /// Starts all random numbers anew.
    public static func seed(_ seed: UInt64) throws(TorchError) {
        try TorchError.check("seed", ts_seed(seed))
    }

    /// Composes the calling thread's fused operations of libtorch's own, as on devices that have no fused ones.
    public static func setComposed(_ composed: Bool) throws(TorchError) {
        try TorchError.check("setComposed", ts_set_composed(composed))
    }

    /// Runs a body without recording its operations for differentiation.
    public static func withoutRecording<Result>(_ body: () throws -> Result) throws -> Result {
        var before = true
        try TorchError.check("setRecording", ts_set_recording(false, &before))
        defer {
            var ignored = false
            _ = ts_set_recording(before, &ignored)
        }
        return try body()
    }

    /// Runs a body whose products take and give bfloat16, where libtorch deems that safe, or not.
    ///
    /// - Parameters:
    ///   - enabled: whether they do; within a body that does, false goes back to 32 bits for a while.
    ///   - device: the device of the operations.
    ///   - body: what to run.
    /// - Returns: what the body returns.
    /// - Throws: what the body throws.
    public static func withBFloat16<Result>(
        _ enabled: Bool,
        on device: Device,
        _ body: () throws -> Result
    ) throws -> Result {
        var before = false
        try TorchError.check("setAutocast", ts_set_autocast(enabled, device.code, &before))
        defer {
            var ignored = false
            _ = ts_set_autocast(before, device.code, &ignored)
        }
        return try body()
    }
}
