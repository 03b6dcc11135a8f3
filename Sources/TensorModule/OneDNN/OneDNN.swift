import COneDNN

/// The oneDNN library: its engine, and what its status values mean.
enum OneDNN {
    /// The processor.
    ///
    /// Engines are safe to use from all threads.
    nonisolated(unsafe) private static let sharedEngine: Result<dnnl_engine_t, TensorError> = make(
        "create its engine"
    ) {
        // A worker keeps what it uses; the library's own cache, of 1,024 primitives, would keep all that it ever used.
        dnnl_set_primitive_cache_capacity(0)
        return dnnl_engine_create(&$0, dnnl_cpu, 0)
    }

    static func engine() throws(TensorError) -> dnnl_engine_t { try sharedEngine.get() }

    static func stream() -> Result<dnnl_stream_t, TensorError> {
        make("create a stream") { dnnl_stream_create(&$0, try? sharedEngine.get(), 0) }
    }

    /// Whether its products of bytes are generated for the processor: with AVX2 or more.
    static var multipliesBytes: Bool {
        dnnl_get_effective_cpu_isa().rawValue & dnnl_cpu_isa_avx2.rawValue == dnnl_cpu_isa_avx2.rawValue
    }

    /// Whether its products of bf16 are faster than those of f32: with AMX.
    ///
    /// Measured on a Xeon with both (family 6 model 207), one core, [96, 768] × [768, 768]: 1,400 GFLOP/s with AMX, 55 with
    /// AVX-512 BF16 alone, 130 in f32 by libxsmm.
    static var multipliesBFloat16: Bool {
        dnnl_get_effective_cpu_isa().rawValue & dnnl_cpu_isa_avx512_core_amx.rawValue
            == dnnl_cpu_isa_avx512_core_amx.rawValue
    }

    /// The instruction set that it generates code for.
    static var instructionSet: String {
        switch dnnl_get_effective_cpu_isa() {
        case dnnl_cpu_isa_sse41: "SSE4.1"
        case dnnl_cpu_isa_avx: "AVX"
        case dnnl_cpu_isa_avx2: "AVX2"
        case dnnl_cpu_isa_avx512_core: "AVX-512"
        case dnnl_cpu_isa_avx512_core_vnni: "AVX-512 VNNI"
        case dnnl_cpu_isa_avx512_core_bf16: "AVX-512 BF16"
        case _ where multipliesBFloat16: "AMX"
        case let isa: isa.rawValue > dnnl_cpu_isa_avx512_core_bf16.rawValue ? "AVX-512 and beyond" : "any"
        }
    }

    /// - Throws: `refused`, unless `status` is success.
    @inline(__always)
    static func check(_ status: dnnl_status_t, _ operation: @autoclosure () -> String) throws(TensorError) {
        guard status != dnnl_success else { return }
        throw .refused(library: "oneDNN", operation: operation(), reason: reason(of: status))
    }

    private static func make<Handle>(
        _ operation: String,
        _ body: (inout Handle?) -> dnnl_status_t
    ) -> Result<Handle, TensorError> {
        var handle: Handle?
        let status = body(&handle)
        if status == dnnl_success, let handle { return .success(handle) }
        return .failure(.refused(library: "oneDNN", operation: operation, reason: reason(of: status)))
    }

    private static func reason(of status: dnnl_status_t) -> String {
        switch status {
        case dnnl_out_of_memory: "out of memory"
        case dnnl_invalid_arguments: "invalid arguments"
        case dnnl_unimplemented: "not implemented for this shape on this processor"
        case dnnl_runtime_error: "runtime error"
        default: "status \(status.rawValue)"
        }
    }
}
