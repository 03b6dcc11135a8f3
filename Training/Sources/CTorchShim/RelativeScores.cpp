// What disentangled attention adds to its scores, looked up by the distance of each pair of tokens.
#include "Attention.hpp"

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

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
        shim::for_type(base.scalar_type(), [&](auto element) {
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
        shim::for_type(gradient.scalar_type(), [&](auto element) {
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

}  // namespace

at::Tensor shim::add_relative(
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
