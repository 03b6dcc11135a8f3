// Attention whose probabilities come back, for the Block Skim Module.
#include "Attention.hpp"

#include <ATen/Functions.h>

#include <cmath>

namespace {

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
        const auto maps = shim::masked_softmax(split.scores(), valid->value, added, stands, scale, dropout);
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
        const auto scores = shim::add_relative(
            split.scores(), at::matmul(split.query, by_head(keys->value)),
            at::matmul(split.key, by_head(queries->value)), places->value.contiguous(), rows->value.contiguous());
        const double scale = 1 / std::sqrt(3 * static_cast<double>(split.size));
        auto maps = shim::masked_softmax(scores, valid->value, std::nullopt, std::nullopt, scale, dropout);
        // Without fused operations scores are in 32 bits.
        give(outputs, split.outputs(maps[1].to(split.value.scalar_type())));
        give(probabilities, maps[0]);
    });
}
