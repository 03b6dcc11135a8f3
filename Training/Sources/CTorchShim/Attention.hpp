// The parts that attention is made of: each one pass over memory on the CPU, forward and backward, or made of libtorch's
// operations.
//
// Why not libtorch's own operations: forward and backward of attention with dropout, its products included, take 0.38
// of their time for 16 windows of 160 tokens and 0.43 for 8 of 384, hidden 384, 12 heads, at a peak of 216 MiB
// instead of 324; dropout of the states takes 0.14 and 0.28 (Intel Xeon of family 6 model 85 with libtorch 2.13, 1
// thread, f32, medians of 7 runs in turns). libtorch's fused attention does not give the probabilities, which the
// Block Skim Module reads.
#pragma once

#include "Shim.hpp"

#include <c10/util/BFloat16.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

namespace shim {

/// Whether a tensor's operations run in one pass.
inline bool fused(const at::Tensor &tensor) { return tensor.is_cpu() && !composed(); }

/// Calls the body with an element of the type.
template <typename Body>
void for_type(at::ScalarType type, const Body &body) {
    switch (type) {
    case at::kFloat: return body(float());
    case at::kBFloat16: return body(c10::BFloat16());
    default: TORCH_CHECK(false, "no fused attention for elements of type ", type);
    }
}

/// Sets elements to 0 with a probability, and scales the others up. In training only.
at::Tensor dropout(const at::Tensor &input, double probability);

/// Probabilities [batch, heads, tokens, tokens] of scores of that shape, and the same after dropout; valid [batch, tokens] is
/// 0 at padding. Where distances count: tables [heads, width] of what is added to the scaled scores, places [batch, tokens].
std::vector<at::Tensor> masked_softmax(
    const at::Tensor &scores, const at::Tensor &valid, const std::optional<at::Tensor> &tables,
    const std::optional<at::Tensor> &places, double scale, double probability);

/// Scores [batch, heads, tokens, tokens] + content [batch, heads, tokens, rows] of the token that attends + position
/// [batch, heads, tokens, rows] of the token attended to, each at the row of the pair's distance: rows [2 * farthest + 1],
/// places [batch, tokens].
at::Tensor add_relative(
    const at::Tensor &scores, const at::Tensor &content, const at::Tensor &position, const at::Tensor &places,
    const at::Tensor &rows);

}  // namespace shim
