// Masked softmax and dropout, each in one pass over memory on the CPU, and the attention made of them.
//
// Why not libtorch's own operations: forward and backward of attention with dropout, its products included, take 0.38
// of their time for 16 windows of 160 tokens and 0.43 for 8 of 384, hidden 384, 12 heads, at a peak of 216 MiB
// instead of 324; dropout of the states takes 0.14 and 0.28 (Intel Xeon of family 6 model 85 with libtorch 2.13, 1
// thread, f32, medians of 7 runs in turns). libtorch's fused attention does not give the probabilities, which the
// Block Skim Module reads.
#include "Shim.hpp"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <limits>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

// e^x for x <= 0, to 2 units in the last place; written so that a loop of it becomes vector instructions.
inline float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    const float n = std::nearbyint(x * 1.44269504f);
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const int32_t exponent = (static_cast<int32_t>(n) + 127) << 23;
    float scale;
    __builtin_memcpy(&scale, &exponent, sizeof scale);
    return p * scale;
}

// The rows that a thread takes at once.
constexpr int64_t grain(int64_t width) { return 1 + 16384 / (width + 1); }

struct Sizes {
    int64_t batch, heads, tokens;
    int64_t rows() const { return batch * heads * tokens; }
};

template <typename Element>
void softmax_rows(
    const Element *scores, const float *valid, Element *probabilities, Element *dropped, Sizes sizes, float scale,
    uint32_t threshold, float keep_scale, uint32_t key) {
    const int64_t width = sizes.tokens;
    at::parallel_for(0, sizes.rows(), grain(width), [&](int64_t begin, int64_t end) {
        std::vector<float> buffer(width);
        float *values = buffer.data();
        for (int64_t row = begin; row < end; ++row) {
            const float *window = valid + row / (sizes.heads * width) * width;
            Element *target = probabilities + row * width;
            if (window[row % width] == 0) {
                std::fill(target, target + width, Element(0));
                if (dropped != nullptr) std::fill(dropped + row * width, dropped + (row + 1) * width, Element(0));
                continue;
            }
            const Element *source = scores + row * width;
            float maximum = -std::numeric_limits<float>::infinity();
            for (int64_t i = 0; i < width; ++i) {
                values[i] = window[i] != 0 ? static_cast<float>(source[i]) * scale : -1e30f;
            }
#pragma clang loop vectorize(enable)
            for (int64_t i = 0; i < width; ++i) maximum = maximum < values[i] ? values[i] : maximum;
            float sum = 0;
            for (int64_t i = 0; i < width; ++i) {
                values[i] = exponential(values[i] - maximum) * window[i];
            }
            {
#pragma clang fp reassociate(on)
                for (int64_t i = 0; i < width; ++i) sum += values[i];
            }
            const float factor = 1 / sum;
            for (int64_t i = 0; i < width; ++i) target[i] = static_cast<Element>(values[i] * factor);
            if (dropped == nullptr) continue;
            Element *kept = dropped + row * width;
            const uint32_t first = static_cast<uint32_t>(row * width);
            const float kept_factor = factor * keep_scale;
            for (int64_t i = 0; i < width; ++i) {
                const uint32_t bits = shim::dropout_bits(key, first + static_cast<uint32_t>(i));
                kept[i] = static_cast<Element>(bits >= threshold ? values[i] * kept_factor : 0.0f);
            }
        }
    });
}

// Gradient of the scores from those of the probabilities (may be null) and of the dropped ones.
template <typename Element>
void softmax_rows_backward(
    const Element *probabilities, const Element *gradient, const Element *dropped_gradient, Element *result,
    Sizes sizes, float scale, uint32_t threshold, float keep_scale, uint32_t key) {
    const int64_t width = sizes.tokens;
    at::parallel_for(0, sizes.rows(), grain(width), [&](int64_t begin, int64_t end) {
        std::vector<float> buffer(width);
        float *values = buffer.data();
        for (int64_t row = begin; row < end; ++row) {
            const int64_t start = row * width;
            const Element *p = probabilities + start;
            if (gradient != nullptr) {
                for (int64_t i = 0; i < width; ++i) values[i] = static_cast<float>(gradient[start + i]);
            } else {
                std::fill(values, values + width, 0.0f);
            }
            if (dropped_gradient != nullptr) {
                const Element *g = dropped_gradient + start;
                const uint32_t first = static_cast<uint32_t>(start);
                for (int64_t i = 0; i < width; ++i) {
                    const uint32_t bits = shim::dropout_bits(key, first + static_cast<uint32_t>(i));
                    values[i] += bits >= threshold ? static_cast<float>(g[i]) * keep_scale : 0.0f;
                }
            }
            float dot = 0;
            {
#pragma clang fp reassociate(on)
                for (int64_t i = 0; i < width; ++i) dot += values[i] * static_cast<float>(p[i]);
            }
            Element *out = result + start;
            for (int64_t i = 0; i < width; ++i) {
                out[i] = static_cast<Element>((values[i] - dot) * static_cast<float>(p[i]) * scale);
            }
        }
    });
}

template <typename Body>
void for_type(at::ScalarType type, const Body &body) {
    switch (type) {
    case at::kFloat: return body(float());
    case at::kBFloat16: return body(c10::BFloat16());
    default: TORCH_CHECK(false, "no fused attention for elements of type ", type);
    }
}

// scores [batch, heads, tokens, tokens], valid [batch, tokens] -> probabilities, and dropped ones if there is dropout.
struct MaskedSoftmax : torch::autograd::Function<MaskedSoftmax> {
    static variable_list forward(
        AutogradContext *context, const at::Tensor &scores, const at::Tensor &valid, double scale, double dropout) {
        const auto source = scores.contiguous();
        const auto mask = valid.contiguous();
        const Sizes sizes{scores.size(0), scores.size(1), scores.size(2)};
        auto probabilities = at::empty_like(source);
        auto dropped = dropout > 0 ? at::empty_like(source) : at::Tensor();
        const uint32_t key = dropout > 0 ? shim::next_dropout_key() : 0;
        for_type(source.scalar_type(), [&](auto element) {
            using Element = decltype(element);
            softmax_rows<Element>(
                shim::const_data<Element>(source), shim::const_data<float>(mask),
                probabilities.mutable_data_ptr<Element>(),
                dropout > 0 ? dropped.mutable_data_ptr<Element>() : nullptr, sizes, static_cast<float>(scale),
                shim::dropout_threshold(dropout), static_cast<float>(1 / (1 - dropout)), key);
        });
        context->save_for_backward({probabilities});
        context->set_materialize_grads(false);
        context->saved_data["scale"] = scale;
        context->saved_data["dropout"] = dropout;
        context->saved_data["key"] = static_cast<int64_t>(key);
        if (dropout > 0) return {probabilities, dropped};
        return {probabilities};
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const auto probabilities = context->get_saved_variables()[0];
        const double dropout = context->saved_data["dropout"].toDouble();
        const Sizes sizes{probabilities.size(0), probabilities.size(1), probabilities.size(2)};
        at::Tensor gradient = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
        at::Tensor dropped;
        if (gradients.size() > 1 && gradients[1].defined()) dropped = gradients[1].contiguous();
        auto result = at::empty_like(probabilities);
        for_type(probabilities.scalar_type(), [&](auto element) {
            using Element = decltype(element);
            if (gradient.defined()) gradient = gradient.to(probabilities.scalar_type());
            if (dropped.defined()) dropped = dropped.to(probabilities.scalar_type());
            softmax_rows_backward<Element>(
                shim::const_data<Element>(probabilities),
                gradient.defined() ? shim::const_data<Element>(gradient) : nullptr,
                dropped.defined() ? shim::const_data<Element>(dropped) : nullptr, result.mutable_data_ptr<Element>(),
                sizes, static_cast<float>(context->saved_data["scale"].toDouble()),
                shim::dropout_threshold(dropout), static_cast<float>(1 / (1 - dropout)),
                static_cast<uint32_t>(context->saved_data["key"].toInt()));
        });
        return {result, at::Tensor(), at::Tensor(), at::Tensor()};
    }
};

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
    for_type(source.scalar_type(), [&](auto element) {
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

bool fused(const at::Tensor &tensor) { return tensor.is_cpu() && !shim::composed(); }

at::Tensor dropout(const at::Tensor &input, double probability) {
    TORCH_CHECK(probability >= 0 && probability < 1, "a dropout probability of ", probability);
    if (probability == 0) return input;
    return fused(input) ? Dropout::apply(input, probability) : at::dropout(input, probability, true);
}

variable_list masked_softmax(
    const at::Tensor &scores, const at::Tensor &valid, double scale, double probability) {
    if (fused(scores)) {
        auto result = MaskedSoftmax::apply(scores, valid, scale, probability);
        if (result.size() == 1) result.push_back(result[0]);
        return result;
    }
    const auto columns = valid.view({valid.size(0), 1, 1, valid.size(1)});
    const auto rows = valid.view({valid.size(0), 1, valid.size(1), 1});
    const auto masked = at::where(columns != 0, scores.to(at::kFloat) * scale, -1e30);
    const auto probabilities = (at::softmax(masked, -1) * rows).to(scores.scalar_type());
    return {probabilities, dropout(probabilities, probability)};
}

}  // namespace

using shim::give;
using shim::guarded;

ts_status ts_dropout(ts_ref *out, ts_ref input, double probability) {
    return guarded([&] { give(out, dropout(input->value, probability)); });
}

ts_status ts_attention(
    ts_ref *outputs, ts_ref *probabilities, ts_ref qkv, ts_ref valid, int64_t heads, double dropout) {
    return guarded([&] {
        const auto &all = qkv->value;
        TORCH_CHECK(
            all.dim() == 3 && all.size(2) % (3 * heads) == 0, "queries, keys and values of shape ", all.sizes(),
            " for ", heads, " heads");
        TORCH_CHECK(
            valid->value.dim() == 2 && valid->value.size(0) == all.size(0) && valid->value.size(1) == all.size(1),
            "validity of shape ", valid->value.sizes(), " for tokens of shape ", all.sizes());
        const int64_t batch = all.size(0), tokens = all.size(1), head_size = all.size(2) / (3 * heads);
        // [3, batch, heads, tokens, head_size]
        const auto split = all.view({batch, tokens, 3, heads, head_size}).permute({2, 0, 3, 1, 4});
        const auto scores = at::matmul(split[0], split[1].transpose(2, 3));  // [batch, heads, tokens, tokens]
        auto maps = masked_softmax(scores, valid->value, 1 / std::sqrt(static_cast<double>(head_size)), dropout);
        const auto context = at::matmul(maps[1], split[2]);  // [batch, heads, tokens, head_size]
        give(outputs, context.transpose(1, 2).reshape({batch, tokens, heads * head_size}));
        give(probabilities, maps[0]);
    });
}
