import CLibXSMM

/// The products of this module in f32, and in bf16 by AVX-512: the one file to write anew for another library.
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

    /// Whether it multiplies bf16 by instructions for it: those of AVX-512 BF16.
    ///
    /// On one core of an EPYC (family 25 model 17) it does so at 235 GFLOP/s, oneDNN 2.6 at 225, and f32 has 115. Without such
    /// instructions it has 55. It has none of AMX's products, which oneDNN has.
    static var multipliesBFloat16: Bool { libxsmm_get_target_archid() == LIBXSMM_X86_AVX512_CPX }

    /// The instruction set that it generates code for, in its own words: `hsw` for AVX2, `skx` and `clx` for AVX-512, `cpx`
    /// for AVX-512 BF16.
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
        ///   - bfloat16: Whether both operands are bf16, the panel in pairs of rows.
        /// - Throws: `refused`.
        init(
            rows: Int,
            columns: Int,
            inner: Int,
            leftStride: Int,
            resultStride: Int,
            accumulate: Bool,
            bfloat16: Bool
        ) throws(TensorError) {
            let kernel = libxsmm_panel_kernel(
                Int32(rows),
                Int32(columns),
                Int32(inner),
                Int32(leftStride),
                Int32(resultStride),
                accumulate,
                bfloat16
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
            _ left: UnsafeRawPointer,
            _ panel: UnsafeRawPointer,
            _ result: UnsafeMutablePointer<Float>
        ) {
            libxsmm_panel_run(UnsafeRawPointer(kernel), left, panel, result)
        }
    }
}
