/// The operations in plain Swift: the executable specification that the fast path is tested against.
///
/// Tensors are row-major `[Float]` with their dimensions beside them. Sums are accumulated in `Double` and rounded
/// to `Float` once at the end, so that these results are closer to the mathematical ones than those of any
/// single-precision library. Clarity comes before speed: nothing here runs in an answer.
package enum Reference {}
