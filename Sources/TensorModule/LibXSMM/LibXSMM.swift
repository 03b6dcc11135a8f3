import CLibXSMM

/// The f32 products of this module, by libxsmm: the one file to write anew for another library.
///
/// What a library must keep: it adds up each element over the whole inner dimension in one order, whatever the other rows
/// are and however many.
enum LibXSMM {
    /// The columns of a panel of weights.
    ///
    /// With 32 and with 48, a row's result does not depend on how many rows there are, in all of libxsmm's instruction sets;
    /// with 16 it does under AVX-512. `PackedLinearTests` pins it. 48 are a little faster where registers are plenty.
    static let weightColumns = libxsmm_get_target_archid() >= LIBXSMM_X86_AVX512 ? 48 : 32

    /// The columns of a panel of keys or values: heads are 32 or 64 wide.
    static let attentionColumns = 32

    /// The instruction set that it generates code for, in its own words: `hsw` for AVX2, `skx` and `clx` for AVX-512.
    static var instructionSet: String { String(cString: libxsmm_get_target_arch()) }

    /// The code for `[rows, inner] × [inner, columns]` with a panel of `columns` columns.
    struct Kernel {
        private let kernel: OpaquePointer

        /// - Parameters:
        ///   - rows: The rows of the left operand and of the result.
        ///   - columns: The columns of the panel, all of them.
        ///   - inner: The rows of the panel.
        ///   - leftStride: How far the rows of the left operand are apart.
        ///   - resultStride: How far those of the result are apart.
        ///   - accumulate: Adds to what the result holds.
        /// - Throws: `refused`.
        init(
            rows: Int,
            columns: Int,
            inner: Int,
            leftStride: Int,
            resultStride: Int,
            accumulate: Bool
        ) throws(TensorError) {
            let kernel = libxsmm_panel_kernel(
                Int32(rows),
                Int32(columns),
                Int32(inner),
                Int32(leftStride),
                Int32(resultStride),
                accumulate
            )
            guard let kernel else {
                throw .refused(
                    library: "libxsmm",
                    operation: "make [\(rows), \(inner)] × [\(inner), \(columns)]",
                    reason: "it has no kernel for this shape and processor"
                )
            }
            self.kernel = OpaquePointer(kernel)
        }

        func callAsFunction(
            _ left: UnsafePointer<Float>,
            _ panel: UnsafePointer<Float>,
            _ result: UnsafeMutablePointer<Float>
        ) {
            libxsmm_panel_run(UnsafeRawPointer(kernel), left, panel, result)
        }
    }
}
