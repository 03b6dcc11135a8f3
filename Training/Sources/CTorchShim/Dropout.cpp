// Dropout whose mask is not kept: a hash of the element's number says it again in the backward pass.
#include "Attention.hpp"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

template <typename Element>
void drop(const Element *source, Element *target, int64_t count, double probability, uint32_t key) {
    const uint32_t threshold = shim::dropout_threshold(probability);
    const float keep_scale = static_cast<float>(1 / (1 - probability));
    at::parallel_for(0, count, 16384, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
            const uint32_t bits = shim::dropout_bits(key, static_cast<uint32_t>(i));
            target[i] = static_cast<Element>(bits >= threshold ? static_cast<float>(source[i]) * keep_scale : 0.0f);
        }
    });
}

at::Tensor dropped(const at::Tensor &input, double probability, uint32_t key) {
    const auto source = input.contiguous();
    auto result = at::empty_like(source);
    shim::for_type(source.scalar_type(), [&](auto element) {
        using Element = decltype(element);
        drop(
            shim::const_data<Element>(source), result.mutable_data_ptr<Element>(), source.numel(), probability, key);
    });
    return result;
}

struct Dropout : torch::autograd::Function<Dropout> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, double probability) {
        const uint32_t key = shim::next_dropout_key();
        context->saved_data["probability"] = probability;
        context->saved_data["key"] = static_cast<int64_t>(key);
        return dropped(input, probability, key);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        return {
            dropped(
                gradients[0], context->saved_data["probability"].toDouble(),
                static_cast<uint32_t>(context->saved_data["key"].toInt())),
            at::Tensor()};
    }
};

}  // namespace

at::Tensor shim::dropout(const at::Tensor &input, double probability) {
    TORCH_CHECK(probability >= 0 && probability < 1, "a dropout probability of ", probability);
    if (probability == 0) return input;
    return fused(input) ? Dropout::apply(input, probability) : at::dropout(input, probability, true);
}

ts_status ts_dropout(ts_ref *out, ts_ref input, double probability) {
    return shim::guarded([&] { shim::give(out, shim::dropout(input->value, probability)); });
}
