// Operations that libtorch has.
#include "Shim.hpp"

#include <ATen/Functions.h>

using shim::give;
using shim::guarded;

ts_status ts_add(ts_ref *out, ts_ref a, ts_ref b, double scale) {
    return guarded([&] { give(out, at::add(a->value, b->value, scale)); });
}

ts_status ts_multiply(ts_ref *out, ts_ref a, ts_ref b) {
    return guarded([&] { give(out, at::mul(a->value, b->value)); });
}

ts_status ts_divide(ts_ref *out, ts_ref a, ts_ref b) {
    return guarded([&] { give(out, at::div(a->value, b->value)); });
}

ts_status ts_scale(ts_ref *out, ts_ref a, double factor) {
    return guarded([&] { give(out, at::mul(a->value, factor)); });
}

ts_status ts_matmul(ts_ref *out, ts_ref a, ts_ref b) {
    return guarded([&] { give(out, at::matmul(a->value, b->value)); });
}

ts_status ts_solve(ts_ref *out, ts_ref a, ts_ref b) {
    return guarded([&] { give(out, at::linalg_solve(a->value, b->value)); });
}

ts_status ts_linear(ts_ref *out, ts_ref input, ts_ref weight, ts_ref bias) {
    return guarded([&] { give(out, at::linear(input->value, weight->value, bias->value)); });
}

ts_status ts_embedding(ts_ref *out, ts_ref table, ts_ref indices, int64_t fixed) {
    return guarded([&] { give(out, at::embedding(table->value, indices->value, fixed)); });
}

ts_status ts_layer_norm(ts_ref *out, ts_ref input, ts_ref weight, ts_ref bias, double epsilon) {
    return guarded([&] {
        give(out, at::layer_norm(input->value, weight->value.sizes(), weight->value, bias->value, epsilon));
    });
}

ts_status ts_gelu(ts_ref *out, ts_ref input, bool tanh_approximation) {
    return guarded([&] { give(out, at::gelu(input->value, tanh_approximation ? "tanh" : "none")); });
}

ts_status ts_relu(ts_ref *out, ts_ref input) {
    return guarded([&] { give(out, at::relu(input->value)); });
}

ts_status ts_sigmoid(ts_ref *out, ts_ref input) {
    return guarded([&] { give(out, at::sigmoid(input->value)); });
}

ts_status ts_sqrt(ts_ref *out, ts_ref input) {
    return guarded([&] { give(out, at::sqrt(input->value)); });
}

ts_status ts_softmax(ts_ref *out, ts_ref input) {
    return guarded([&] { give(out, at::softmax(input->value, -1)); });
}

ts_status ts_log_softmax(ts_ref *out, ts_ref input) {
    return guarded([&] { give(out, at::log_softmax(input->value, -1)); });
}

ts_status ts_logsumexp(ts_ref *out, ts_ref input) {
    return guarded([&] { give(out, at::logsumexp(input->value, -1)); });
}

ts_status ts_conv2d(ts_ref *out, ts_ref input, ts_ref weight, ts_ref bias, int64_t padding) {
    return guarded([&] {
        give(out, at::conv2d(input->value, weight->value, bias->value, /*stride=*/1, at::IntArrayRef(padding)));
    });
}

ts_status ts_avg_pool2d(ts_ref *out, ts_ref input, int64_t side) {
    return guarded([&] { give(out, at::avg_pool2d(input->value, at::IntArrayRef(side))); });
}

ts_status ts_where(ts_ref *out, ts_ref condition, ts_ref a, ts_ref b) {
    return guarded([&] { give(out, at::where(condition->value != 0, a->value, b->value)); });
}

ts_status ts_sum(ts_ref *out, ts_ref input, const int64_t *dimensions, int32_t count, bool keep) {
    return guarded([&] { give(out, at::sum(input->value, at::IntArrayRef(dimensions, count), keep)); });
}

ts_status ts_amax(ts_ref *out, ts_ref input, int64_t dimension) {
    return guarded([&] { give(out, at::amax(input->value, dimension)); });
}

ts_status ts_cat(ts_ref *out, const ts_ref *tensors, int64_t count, int64_t dimension) {
    return guarded([&] { give(out, at::cat(shim::list(tensors, count), dimension)); });
}

ts_status ts_index_select(ts_ref *out, ts_ref input, int64_t dimension, ts_ref indices) {
    return guarded([&] { give(out, at::index_select(input->value, dimension, indices->value)); });
}

ts_status ts_gather(ts_ref *out, ts_ref input, ts_ref indices) {
    return guarded([&] { give(out, at::gather(input->value, 1, indices->value)); });
}

ts_status ts_reshape(ts_ref *out, ts_ref input, const int64_t *shape, int32_t rank) {
    return guarded([&] { give(out, at::reshape(input->value, at::IntArrayRef(shape, rank))); });
}

ts_status ts_permute(ts_ref *out, ts_ref input, const int64_t *dimensions, int32_t rank) {
    return guarded([&] { give(out, at::permute(input->value, at::IntArrayRef(dimensions, rank))); });
}

ts_status ts_narrow(ts_ref *out, ts_ref input, int64_t dimension, int64_t start, int64_t length) {
    return guarded([&] { give(out, at::narrow(input->value, dimension, start, length)); });
}
