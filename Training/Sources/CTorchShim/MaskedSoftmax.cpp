// Softmax over the tokens that are no padding, with what distances add and with dropout, in one pass over memory.
#include "Attention.hpp"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

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

// Which distances the tokens of a batch have from one another, as runs of rows whose places follow one another: padding
// lies only between and behind them. With them a table by distance is read and added to without looking places up.
class Distances {
public:
    // valid, places: [batch, tokens]; width: 2 * farthest + 1.
    Distances(const float *valid, const int64_t *places, Sizes sizes, int64_t width)
        : places_(places), sizes_(sizes), width_(width), farthest_(width / 2), runs_(sizes.batch) {
        for (int64_t window = 0; window < sizes.batch; ++window) {
            auto &runs = runs_[window];
            for (int64_t row = 0; row < sizes.tokens; ++row) {
                const int64_t index = window * sizes.tokens + row;
                if (valid[index] == 0) continue;
                TORCH_CHECK(places[index] >= 0 && places[index] <= farthest_, "a place of ", places[index],
                            " for distances up to ", farthest_);
                const bool goes_on = !runs.empty() && runs.back().end == row && places[index - 1] + 1 == places[index];
                if (!goes_on) runs.push_back({row, row, places[index]});
                runs.back().end = row + 1;
            }
        }
    }

    // Calls body(begin, end, numbers) for each run of a row's window: numbers[i] is of the pair (row, begin + i).
    template <typename Number, typename Body>
    void for_runs(int64_t row, Number *tables, const Body &body) const {
        const int64_t window = row / (sizes_.heads * sizes_.tokens), head = row / sizes_.tokens % sizes_.heads;
        const int64_t place = places_[window * sizes_.tokens + row % sizes_.tokens];
        Number *middle = tables + head * width_ + farthest_;
        for (const Run &run : runs_[window]) body(run.begin, run.end, middle + run.place - place);
    }

private:
    struct Run {
        int64_t begin, end, place;
    };
    const int64_t *places_;
    Sizes sizes_;
    int64_t width_, farthest_;
    std::vector<std::vector<Run>> runs_;
};

template <typename Element>
void softmax_rows(
    const Element *scores, const float *valid, Element *probabilities, Element *dropped, Sizes sizes, float scale,
    uint32_t threshold, float keep_scale, uint32_t key, const Distances *distances, const float *tables) {
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
            if (distances != nullptr) {
                distances->for_runs(row, tables, [&](int64_t run, int64_t end, const float *added) {
                    for (int64_t i = run; i < end; ++i) values[i] += added[i - run];
                });
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

// Gradient of the scores from those of the probabilities (may be null) and of the dropped ones. With distances, those of
// their tables are added up, [threads, heads, width of a table].
template <typename Element>
void softmax_rows_backward(
    const Element *probabilities, const Element *gradient, const Element *dropped_gradient, Element *result,
    Sizes sizes, float scale, uint32_t threshold, float keep_scale, uint32_t key, const Distances *distances,
    float *tables, int64_t tables_stride) {
    const int64_t width = sizes.tokens;
    at::parallel_for(0, sizes.rows(), grain(width), [&](int64_t begin, int64_t end) {
        std::vector<float> buffer(width);
        float *values = buffer.data();
        float *own_tables = tables == nullptr ? nullptr : tables + at::get_thread_num() * tables_stride;
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
            for (int64_t i = 0; i < width; ++i) values[i] = (values[i] - dot) * static_cast<float>(p[i]);
            for (int64_t i = 0; i < width; ++i) out[i] = static_cast<Element>(values[i] * scale);
            if (distances == nullptr) continue;
            // Rows of padding have probabilities of 0, and add nothing.
            distances->for_runs(row, own_tables, [&](int64_t run, int64_t run_end, float *sums) {
                for (int64_t i = run; i < run_end; ++i) sums[i - run] += values[i];
            });
        }
    });
}

// scores [batch, heads, tokens, tokens], valid [batch, tokens] -> probabilities, and dropped ones if there is dropout.
// Where distances count: tables [heads, width], places [batch, tokens].
struct MaskedSoftmax : torch::autograd::Function<MaskedSoftmax> {
    static variable_list forward(
        AutogradContext *context, const at::Tensor &scores, const at::Tensor &valid,
        const std::optional<at::Tensor> &tables, const std::optional<at::Tensor> &places, double scale,
        double dropout) {
        const auto source = scores.contiguous();
        const auto mask = valid.contiguous();
        const Sizes sizes{scores.size(0), scores.size(1), scores.size(2)};
        auto probabilities = at::empty_like(source);
        auto dropped = dropout > 0 ? at::empty_like(source) : at::Tensor();
        const uint32_t key = dropout > 0 ? shim::next_dropout_key() : 0;
        const auto added = tables ? tables->contiguous() : at::Tensor();
        const auto stands = places ? places->contiguous() : at::Tensor();
        const auto distances = distances_of(mask, stands, added, sizes);
        shim::for_type(source.scalar_type(), [&](auto element) {
            using Element = decltype(element);
            softmax_rows<Element>(
                shim::const_data<Element>(source), shim::const_data<float>(mask),
                probabilities.mutable_data_ptr<Element>(),
                dropout > 0 ? dropped.mutable_data_ptr<Element>() : nullptr, sizes, static_cast<float>(scale),
                shim::dropout_threshold(dropout), static_cast<float>(1 / (1 - dropout)), key,
                distances ? &*distances : nullptr, distances ? shim::const_data<float>(added) : nullptr);
        });
        if (distances) {
            context->save_for_backward({probabilities, mask, stands});
            context->saved_data["tables"] = added.sizes();
        } else {
            context->save_for_backward({probabilities});
        }
        context->set_materialize_grads(false);
        context->saved_data["scale"] = scale;
        context->saved_data["dropout"] = dropout;
        context->saved_data["key"] = static_cast<int64_t>(key);
        if (dropout > 0) return {probabilities, dropped};
        return {probabilities};
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &probabilities = saved[0];
        const double dropout = context->saved_data["dropout"].toDouble();
        const Sizes sizes{probabilities.size(0), probabilities.size(1), probabilities.size(2)};
        at::Tensor gradient = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
        at::Tensor dropped;
        if (gradients.size() > 1 && gradients[1].defined()) dropped = gradients[1].contiguous();
        auto result = at::empty_like(probabilities);
        std::optional<Distances> distances;
        at::Tensor tables;  // [threads, heads, width]
        if (saved.size() > 1) {
            const auto shape = context->saved_data["tables"].toIntVector();
            tables = at::zeros({at::get_num_threads(), shape[0], shape[1]}, at::kFloat);
            distances.emplace(
                shim::const_data<float>(saved[1]), shim::const_data<int64_t>(saved[2]), sizes, shape[1]);
        }
        shim::for_type(probabilities.scalar_type(), [&](auto element) {
            using Element = decltype(element);
            if (gradient.defined()) gradient = gradient.to(probabilities.scalar_type());
            if (dropped.defined()) dropped = dropped.to(probabilities.scalar_type());
            softmax_rows_backward<Element>(
                shim::const_data<Element>(probabilities),
                gradient.defined() ? shim::const_data<Element>(gradient) : nullptr,
                dropped.defined() ? shim::const_data<Element>(dropped) : nullptr, result.mutable_data_ptr<Element>(),
                sizes, static_cast<float>(context->saved_data["scale"].toDouble()),
                shim::dropout_threshold(dropout), static_cast<float>(1 / (1 - dropout)),
                static_cast<uint32_t>(context->saved_data["key"].toInt()), distances ? &*distances : nullptr,
                distances ? tables.mutable_data_ptr<float>() : nullptr, distances ? tables.stride(0) : 0);
        });
        return {
            result, at::Tensor(), distances ? tables.sum(0) : at::Tensor(), at::Tensor(), at::Tensor(),
            at::Tensor()};
    }

    static std::optional<Distances> distances_of(
        const at::Tensor &valid, const at::Tensor &places, const at::Tensor &tables, Sizes sizes) {
        if (!tables.defined()) return std::nullopt;
        return std::optional<Distances>(
            std::in_place, shim::const_data<float>(valid), shim::const_data<int64_t>(places), sizes, tables.size(1));
    }
};

// What the tables add to each score, [batch, heads, tokens, tokens].
at::Tensor by_distance(const at::Tensor &tables, const at::Tensor &places) {
    const int64_t batch = places.size(0), tokens = places.size(1);
    const auto distances = places.view({batch, 1, tokens}) - places.view({batch, tokens, 1}) + tables.size(1) / 2;
    return tables.index_select(1, distances.reshape({-1}))
        .view({tables.size(0), batch, tokens, tokens})
        .transpose(0, 1);
}

}  // namespace

variable_list shim::masked_softmax(
    const at::Tensor &scores, const at::Tensor &valid, const std::optional<at::Tensor> &tables,
    const std::optional<at::Tensor> &places, double scale, double probability) {
    if (fused(scores)) {
        auto result = MaskedSoftmax::apply(scores, valid, tables, places, scale, probability);
        if (result.size() == 1) result.push_back(result[0]);
        return result;
    }
    const auto columns = valid.view({valid.size(0), 1, 1, valid.size(1)});
    const auto rows = valid.view({valid.size(0), 1, valid.size(1), 1});
    auto scaled = scores.to(at::kFloat) * scale;
    if (tables) scaled = scaled + by_distance(*tables, *places);
    const auto masked = at::where(columns != 0, scaled, -1e30);
    const auto probabilities = (at::softmax(masked, -1) * rows).to(scores.scalar_type());
    return {probabilities, dropout(probabilities, probability)};
}
