import COneDNN

/// The oneDNN library: its engine, and what its status values mean.
enum OneDNN {
    /// The processor.
    ///
    /// Engines are safe to use from all threads.
    nonisolated(unsafe) static let engine: dnnl_engine_t = {
        var engine: dnnl_engine_t?
        check(dnnl_engine_create(&engine, dnnl_cpu, 0), "create the engine")
        return unwrap(engine, "engine")
    }()

    /// Whether what its product gives for a row does not depend on the number of rows, but for a single one: with AVX-512.
    ///
    /// Without, oneDNN 2.6 has no product with packed weights, and its general one adds up in another order for other
    /// numbers of rows. Then ``LibXSMM`` multiplies.
    static let multipliesPackedRows = onednn_has_packed_product()

    static func makeStream() -> dnnl_stream_t {
        var stream: dnnl_stream_t?
        check(dnnl_stream_create(&stream, engine, 0), "create a stream")
        return unwrap(stream, "stream")
    }

    /// Traps unless `status` is success: shapes and layouts come from our own code, so a failure is our mistake.
    @inline(__always)
    static func check(_ status: dnnl_status_t, _ action: @autoclosure () -> String) {
        precondition(status == dnnl_success, "oneDNN could not \(action()): \(message(of: status))")
    }

    static func unwrap<Handle>(_ handle: Handle?, _ name: String) -> Handle {
        guard let handle else { preconditionFailure("oneDNN returned no \(name)") }
        return handle
    }

    private static func message(of status: dnnl_status_t) -> String {
        switch status {
        case dnnl_out_of_memory: "out of memory"
        case dnnl_invalid_arguments: "invalid arguments"
        case dnnl_unimplemented: "not implemented for this shape"
        case dnnl_runtime_error: "runtime error"
        default: "status \(status.rawValue)"
        }
    }
}
