// The first pool of the Block Skim Module: from attention of any precision to scaled maps of 32 bits, in one pass.
//
// Why not libtorch's own operations: forward and backward take 0.15 of their time for 16 x 12 maps of 160 x 160 and
// 0.28 for 8 x 12 of 384 x 384, with the same peak of memory (Intel Xeon of family 6 model 85 with libtorch 2.13, 1
// thread, f32, medians of 7 runs in turns).
#include "Shim.hpp"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

template <typename Element>
void pool(const Element *maps, const float *scales, float *pooled, int64_t planes, int64_t heads, int64_t from, int64_t side) {
    const int64_t to = from / side;
    at::parallel_for(0, planes, 1, [&](int64_t begin, int64_t end) {
        for (int64_t plane = begin; plane < end; ++plane) {
            const float factor = scales[plane / heads] / static_cast<float>(side * side);
            for (int64_t row = 0; row < to; ++row) {
                float *target = pooled + (plane * to + row) * to;
                const Element *source = maps + (plane * from + row * side) * from;
                if (side == 1) {
                    for (int64_t i = 0; i < to; ++i) target[i] = static_cast<float>(source[i]) * factor;
                } else {
                    const Element *below = source + from;
                    for (int64_t i = 0; i < to; ++i) {
                        target[i] = (static_cast<float>(source[2 * i]) + static_cast<float>(source[2 * i + 1])
                                     + static_cast<float>(below[2 * i]) + static_cast<float>(below[2 * i + 1]))
                            * factor;
                    }
                }
            }
        }
    });
}

template <typename Element>
void spread(
    const float *gradient, const float *scales, Element *result, int64_t planes, int64_t heads, int64_t from, int64_t side) {
    const int64_t to = from / side;
    at::parallel_for(0, planes, 1, [&](int64_t begin, int64_t end) {
        for (int64_t plane = begin; plane < end; ++plane) {
            const float factor = scales[plane / heads] / static_cast<float>(side * side);
            for (int64_t row = 0; row < from; ++row) {
                Element *target = result + (plane * from + row) * from;
                if (row / side >= to) {
                    std::fill(target, target + from, Element(0));
                    continue;
                }
                const float *source = gradient + (plane * to + row / side) * to;
                if (side == 1) {
                    for (int64_t i = 0; i < to; ++i) target[i] = static_cast<Element>(source[i] * factor);
                } else {
                    for (int64_t i = 0; i < to; ++i) {
                        const Element value = static_cast<Element>(source[i] * factor);
                        target[2 * i] = value;
                        target[2 * i + 1] = value;
                    }
                }
                std::fill(target + to * side, target + from, Element(0));
            }
        }
    });
}

// maps [batch, heads, rows, rows], scales [batch] -> [batch, heads, rows / side, rows / side]
struct ScaledPool : torch::autograd::Function<ScaledPool> {
    static at::Tensor forward(
        AutogradContext *context, const at::Tensor &given, const at::Tensor &scales, int64_t side) {
        const auto maps = given.contiguous();
        const int64_t heads = maps.size(1), from = maps.size(2), to = from / side;
        auto result = at::empty({maps.size(0), heads, to, to}, maps.options().dtype(at::kFloat));
        const int64_t planes = maps.size(0) * heads;
        if (maps.scalar_type() == at::kFloat) {
            pool(shim::const_data<float>(maps), shim::const_data<float>(scales), result.mutable_data_ptr<float>(), planes, heads, from, side);
        } else {
            pool(
                shim::const_data<c10::BFloat16>(maps), shim::const_data<float>(scales),
                result.mutable_data_ptr<float>(), planes, heads, from, side);
        }
        context->save_for_backward({scales});
        context->saved_data["side"] = side;
        context->saved_data["from"] = from;
        context->saved_data["type"] = static_cast<int64_t>(maps.scalar_type());
        return result;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const auto gradient = gradients[0].contiguous();
        const auto scales = context->get_saved_variables()[0];
        const int64_t side = context->saved_data["side"].toInt(), from = context->saved_data["from"].toInt();
        const auto type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
        const int64_t heads = gradient.size(1), planes = gradient.size(0) * heads;
        auto result = at::empty({gradient.size(0), heads, from, from}, gradient.options().dtype(type));
        if (type == at::kFloat) {
            spread(
                shim::const_data<float>(gradient), shim::const_data<float>(scales), result.mutable_data_ptr<float>(),
                planes, heads, from, side);
        } else {
            spread(
                shim::const_data<float>(gradient), shim::const_data<float>(scales),
                result.mutable_data_ptr<c10::BFloat16>(), planes, heads, from, side);
        }
        return {result, at::Tensor(), at::Tensor()};
    }
};

}  // namespace

ts_status ts_scaled_pool(ts_ref *out, ts_ref maps, ts_ref scales, int64_t side) {
    return shim::guarded([&] {
        const auto &given = maps->value;
        const auto type = given.scalar_type();
        TORCH_CHECK(
            given.dim() == 4 && given.size(2) == given.size(3) && (side == 1 || side == 2), "maps of shape ",
            given.sizes(), " pooled by ", side);
        TORCH_CHECK(
            scales->value.dim() == 1 && scales->value.size(0) == given.size(0), "scales of shape ",
            scales->value.sizes(), " for maps of shape ", given.sizes());
        if (given.is_cpu() && !shim::composed() && (type == at::kFloat || type == at::kBFloat16)) {
            shim::give(out, ScaledPool::apply(given, scales->value.contiguous(), side));
        } else {
            shim::give(
                out,
                at::avg_pool2d(given.to(at::kFloat), at::IntArrayRef(side))
                    * scales->value.view({-1, 1, 1, 1}));
        }
    });
}
