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
#include <optional>

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

template <typename Body>
void for_type(at::ScalarType type, const Body &body) {
    switch (type) {
    case at::kFloat: return body(float());
    case at::kBFloat16: return body(c10::BFloat16());
    default: TORCH_CHECK(false, "no fused attention for elements of type ", type);
    }
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
        for_type(source.scalar_type(), [&](auto element) {
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

// Where a pair of tokens finds its relative position: rows [2 * farthest + 1] by distance, places [batch, tokens].
class RelativeRows {
public:
    RelativeRows(const at::Tensor &places, const at::Tensor &rows)
        : places_(shim::const_data<int64_t>(places)), tokens_(places.size(1)),
          middle_(shim::const_data<int64_t>(rows) + rows.size(0) / 2) {}

    // The rows of a token that attends and all that it attends to.
    void find(int64_t window, int64_t token, int32_t *found) const {
        const int64_t *places = places_ + window * tokens_;
        for (int64_t i = 0; i < tokens_; ++i) found[i] = static_cast<int32_t>(middle_[places[i] - places[token]]);
    }

private:
    const int64_t *places_;
    int64_t tokens_;
    const int64_t *middle_;
};

// scores [batch, heads, tokens, tokens] + content [batch, heads, tokens, rows] of the token that attends + position
// [batch, heads, tokens, rows] of the token attended to, each at the row of the pair's distance.
struct AddRelative : torch::autograd::Function<AddRelative> {
    static at::Tensor forward(
        AutogradContext *context, const at::Tensor &scores, const at::Tensor &content, const at::Tensor &position,
        const at::Tensor &places, const at::Tensor &rows) {
        const auto base = scores.contiguous(), by_query = content.contiguous(), by_key = position.contiguous();
        auto result = at::empty_like(base);
        const int64_t tokens = base.size(2), heads = base.size(1), width = by_query.size(3);
        const RelativeRows relative(places, rows);
        for_type(base.scalar_type(), [&](auto element) {
            using Element = decltype(element);
            const Element *a = shim::const_data<Element>(base), *b = shim::const_data<Element>(by_query),
                          *c = shim::const_data<Element>(by_key);
            Element *sums = result.mutable_data_ptr<Element>();
            at::parallel_for(0, base.size(0) * heads, 1, [&](int64_t begin, int64_t end) {
                std::vector<int32_t> found(tokens);
                for (int64_t map = begin; map < end; ++map) {
                    const Element *keys = c + map * tokens * width;
                    for (int64_t token = 0; token < tokens; ++token) {
                        relative.find(map / heads, token, found.data());
                        const int64_t row = map * tokens + token;
                        const Element *query = b + row * width;
                        for (int64_t i = 0; i < tokens; ++i) {
                            const float added = static_cast<float>(query[found[i]]) +
                                                static_cast<float>(keys[i * width + found[i]]);
                            sums[row * tokens + i] =
                                static_cast<Element>(static_cast<float>(a[row * tokens + i]) + added);
                        }
                    }
                }
            });
        });
        context->save_for_backward({places, rows});
        context->saved_data["width"] = width;
        return result;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const int64_t width = context->saved_data["width"].toInt();
        const auto gradient = gradients[0].contiguous();
        const int64_t tokens = gradient.size(2), heads = gradient.size(1);
        auto by_query = at::empty({gradient.size(0), heads, tokens, width}, gradient.options());
        auto by_key = at::empty_like(by_query);
        const RelativeRows relative(saved[0], saved[1]);
        for_type(gradient.scalar_type(), [&](auto element) {
            using Element = decltype(element);
            const Element *g = shim::const_data<Element>(gradient);
            Element *query = by_query.mutable_data_ptr<Element>(), *key = by_key.mutable_data_ptr<Element>();
            at::parallel_for(0, gradient.size(0) * heads, 1, [&](int64_t begin, int64_t end) {
                std::vector<int32_t> found(tokens);
                std::vector<float> own(width), all(tokens * width);
                for (int64_t map = begin; map < end; ++map) {
                    std::fill(all.begin(), all.end(), 0.0f);
                    for (int64_t token = 0; token < tokens; ++token) {
                        relative.find(map / heads, token, found.data());
                        std::fill(own.begin(), own.end(), 0.0f);
                        const int64_t row = map * tokens + token;
                        for (int64_t i = 0; i < tokens; ++i) {
                            const float value = static_cast<float>(g[row * tokens + i]);
                            own[found[i]] += value;
                            all[i * width + found[i]] += value;
                        }
                        for (int64_t i = 0; i < width; ++i) query[row * width + i] = static_cast<Element>(own[i]);
                    }
                    for (int64_t i = 0; i < tokens * width; ++i)
                        key[map * tokens * width + i] = static_cast<Element>(all[i]);
                }
            });
        });
        return {gradient, by_query, by_key, at::Tensor(), at::Tensor()};
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

// What the tables add to each score, [batch, heads, tokens, tokens].
at::Tensor by_distance(const at::Tensor &tables, const at::Tensor &places) {
    const int64_t batch = places.size(0), tokens = places.size(1);
    const auto distances = places.view({batch, 1, tokens}) - places.view({batch, tokens, 1}) + tables.size(1) / 2;
    return tables.index_select(1, distances.reshape({-1}))
        .view({tables.size(0), batch, tokens, tokens})
        .transpose(0, 1);
}

at::Tensor add_relative(
    const at::Tensor &scores, const at::Tensor &content, const at::Tensor &position, const at::Tensor &places,
    const at::Tensor &rows) {
    if (fused(scores)) return AddRelative::apply(scores, content, position, places, rows);
    const int64_t batch = places.size(0), tokens = places.size(1);
    const auto distances = places.view({batch, 1, tokens}) - places.view({batch, tokens, 1}) + rows.size(0) / 2;
    const auto found = rows.index_select(0, distances.reshape({-1}))
                           .view({batch, 1, tokens, tokens})
                           .expand({batch, scores.size(1), tokens, tokens});
    const auto by_query = content.to(at::kFloat).gather(3, found);
    const auto by_key = position.to(at::kFloat).gather(3, found.transpose(2, 3)).transpose(2, 3);
    return scores.to(at::kFloat) + by_query + by_key;
}

variable_list masked_softmax(
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

// Queries, keys and values [batch, tokens, 3 * heads * size] by head, each [batch, heads, tokens, size].
struct Heads {
    at::Tensor query, key, value;
    int64_t size;

    Heads(const at::Tensor &all, int64_t heads) {
        TORCH_CHECK(
            all.dim() == 3 && all.size(2) % (3 * heads) == 0, "queries, keys and values of shape ", all.sizes(),
            " for ", heads, " heads");
        size = all.size(2) / (3 * heads);
        const auto split = all.view({all.size(0), all.size(1), 3, heads, size}).permute({2, 0, 3, 1, 4});
        query = split[0];
        key = split[1];
        value = split[2];
    }

    // [batch, heads, tokens, tokens]
    at::Tensor scores() const { return at::matmul(query, key.transpose(2, 3)); }

    // The heads' results side by side, [batch, tokens, heads * size].
    at::Tensor outputs(const at::Tensor &probabilities) const {
        return at::matmul(probabilities, value).transpose(1, 2).flatten(2);
    }
};

}  // namespace

using shim::give;
using shim::guarded;

ts_status ts_dropout(ts_ref *out, ts_ref input, double probability) {
    return guarded([&] { give(out, dropout(input->value, probability)); });
}

ts_status ts_attention(
    ts_ref *outputs, ts_ref *probabilities, ts_ref qkv, ts_ref valid, ts_ref tables, ts_ref places, int64_t heads,
    double dropout) {
    return guarded([&] {
        const auto &all = qkv->value;
        TORCH_CHECK(
            valid->value.dim() == 2 && valid->value.size(0) == all.size(0) && valid->value.size(1) == all.size(1),
            "validity of shape ", valid->value.sizes(), " for tokens of shape ", all.sizes());
        std::optional<at::Tensor> added, stands;
        if (tables != nullptr) {
            added = tables->value.to(at::kFloat);
            stands = places->value;
            TORCH_CHECK(
                added->dim() == 2 && added->size(0) == heads && added->size(1) % 2 == 1, "tables of shape ",
                added->sizes(), " for ", heads, " heads");
            TORCH_CHECK(
                stands->sizes() == valid->value.sizes(), "places of shape ", stands->sizes(), " for validity of shape ",
                valid->value.sizes());
        }
        const Heads split(all, heads);
        const double scale = 1 / std::sqrt(static_cast<double>(split.size));
        const auto maps = masked_softmax(split.scores(), valid->value, added, stands, scale, dropout);
        give(outputs, split.outputs(maps[1]));
        give(probabilities, maps[0]);
    });
}

ts_status ts_disentangled_attention(
    ts_ref *outputs, ts_ref *probabilities, ts_ref qkv, ts_ref valid, ts_ref keys, ts_ref queries, ts_ref places,
    ts_ref rows, int64_t heads, double dropout) {
    return guarded([&] {
        const Heads split(qkv->value, heads);
        TORCH_CHECK(
            keys->value.dim() == 2 && keys->value.size(1) == heads * split.size &&
                keys->value.sizes() == queries->value.sizes(),
            "keys of shape ", keys->value.sizes(), " and queries of shape ", queries->value.sizes(), " for ", heads,
            " heads of ", split.size);
        TORCH_CHECK(
            places->value.sizes() == valid->value.sizes() && rows->value.dim() == 1 && rows->value.size(0) % 2 == 1,
            "places of shape ", places->value.sizes(), " and rows of shape ", rows->value.sizes());
        // [1, heads, head_size, rows]
        const auto by_head = [&](const at::Tensor &table) {
            return table.view({1, table.size(0), heads, split.size}).permute({0, 2, 3, 1});
        };
        const auto scores = add_relative(
            split.scores(), at::matmul(split.query, by_head(keys->value)),
            at::matmul(split.key, by_head(queries->value)), places->value.contiguous(), rows->value.contiguous());
        const double scale = 1 / std::sqrt(3 * static_cast<double>(split.size));
        auto maps = masked_softmax(scores, valid->value, std::nullopt, std::nullopt, scale, dropout);
        // Without fused operations scores are in 32 bits.
        give(outputs, split.outputs(maps[1].to(split.value.scalar_type())));
        give(probabilities, maps[0]);
    });
}
