/// The part of libtorch that training uses, as C functions.
///
/// Every function returns 0 on success and another number after an error, whose message `ts_error_message` gives. No
/// C++ exception leaves it. Tensors are opaque and owned by whoever got them: each that comes out of a function is
/// to be released once. Arrays of dimensions are outermost first.
#ifndef CTORCHSHIM_H
#define CTORCHSHIM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ts_tensor *ts_ref;
typedef int32_t ts_status;

/// The element types, numbered by the shim.
enum ts_type { ts_float32 = 0, ts_int64 = 1, ts_bfloat16 = 2, ts_bool = 3, ts_float64 = 4 };
/// The devices, numbered by the shim.
enum ts_device { ts_cpu = 0, ts_cuda = 1 };

// MARK: System

/// Copies the message of the calling thread's last error, cut to `capacity` bytes, its NUL included.
ts_status ts_error_message(char *message, int64_t capacity);
/// `major * 10000 + minor * 100 + patch` of the libtorch that the shim was compiled against.
ts_status ts_version(int64_t *version);
ts_status ts_cuda_is_available(bool *available);
/// Whether the processor has products of bfloat16, by AVX-512 BF16 or AMX.
ts_status ts_has_bfloat16_products(bool *available);
ts_status ts_set_threads(int64_t threads);
// From now on the process keeps the memory that it frees for what it allocates next.
void ts_keep_memory(void);
ts_status ts_seed(uint64_t seed);
/// Whether operations run on bfloat16 copies of their inputs where libtorch deems that safe. Says what
/// held before; a change forgets the copies.
ts_status ts_set_autocast(bool enabled, int32_t device, bool *before);
/// Whether operations are recorded for differentiation; says what held before.
ts_status ts_set_recording(bool enabled, bool *before);

// MARK: Tensors

ts_status ts_release(ts_ref tensor);
ts_status ts_from_floats(ts_ref *out, const float *elements, const int64_t *shape, int32_t rank, int32_t device);
ts_status ts_from_int64(ts_ref *out, const int64_t *elements, const int64_t *shape, int32_t rank, int32_t device);
ts_status ts_zeros(ts_ref *out, const int64_t *shape, int32_t rank, int32_t device);
ts_status ts_copy_floats(ts_ref tensor, float *elements, int64_t count);
ts_status ts_copy_doubles(ts_ref tensor, double *elements, int64_t count);
ts_status ts_copy_int64(ts_ref tensor, int64_t *elements, int64_t count);
ts_status ts_rank(ts_ref tensor, int32_t *rank);
ts_status ts_shape(ts_ref tensor, int64_t *shape, int32_t rank);
ts_status ts_detach(ts_ref *out, ts_ref tensor);
ts_status ts_to_type(ts_ref *out, ts_ref tensor, int32_t type);
/// Overwrites the elements of `tensor`, outside of any recording.
ts_status ts_assign(ts_ref tensor, ts_ref source);

// MARK: Differentiation

ts_status ts_require_gradient(ts_ref tensor);
ts_status ts_backward(ts_ref loss);
/// The gradient; NULL when there is none.
ts_status ts_gradient(ts_ref *out, ts_ref tensor);
ts_status ts_clear_gradients(const ts_ref *tensors, int64_t count);

// MARK: Operations

ts_status ts_add(ts_ref *out, ts_ref a, ts_ref b, double scale);
ts_status ts_multiply(ts_ref *out, ts_ref a, ts_ref b);
ts_status ts_divide(ts_ref *out, ts_ref a, ts_ref b);
ts_status ts_scale(ts_ref *out, ts_ref a, double factor);
ts_status ts_matmul(ts_ref *out, ts_ref a, ts_ref b);
/// The x of `a x = b`, for `[n, n]` and `[n]`.
ts_status ts_solve(ts_ref *out, ts_ref a, ts_ref b);
ts_status ts_linear(ts_ref *out, ts_ref input, ts_ref weight, ts_ref bias);
/// Rows of a table; the row `fixed` gets no gradient, -1 for none.
ts_status ts_embedding(ts_ref *out, ts_ref table, ts_ref indices, int64_t fixed);
ts_status ts_layer_norm(ts_ref *out, ts_ref input, ts_ref weight, ts_ref bias, double epsilon);
ts_status ts_gelu(ts_ref *out, ts_ref input, bool tanh_approximation);
ts_status ts_relu(ts_ref *out, ts_ref input);
ts_status ts_sigmoid(ts_ref *out, ts_ref input);
ts_status ts_sqrt(ts_ref *out, ts_ref input);
ts_status ts_softmax(ts_ref *out, ts_ref input);
ts_status ts_log_softmax(ts_ref *out, ts_ref input);
ts_status ts_logsumexp(ts_ref *out, ts_ref input);
ts_status ts_dropout(ts_ref *out, ts_ref input, double probability);
ts_status ts_conv2d(ts_ref *out, ts_ref input, ts_ref weight, ts_ref bias, int64_t padding);
ts_status ts_avg_pool2d(ts_ref *out, ts_ref input, int64_t side);
/// `where(condition, a, b)`; the condition holds where its element is not 0.
ts_status ts_where(ts_ref *out, ts_ref condition, ts_ref a, ts_ref b);
ts_status ts_sum(ts_ref *out, ts_ref input, const int64_t *dimensions, int32_t count, bool keep);
/// The largest elements along a dimension, which goes; the gradient is shared by those that are equal.
ts_status ts_amax(ts_ref *out, ts_ref input, int64_t dimension);
ts_status ts_cat(ts_ref *out, const ts_ref *tensors, int64_t count, int64_t dimension);
ts_status ts_index_select(ts_ref *out, ts_ref input, int64_t dimension, ts_ref indices);
/// `out[i, j] = input[i, indices[i, j]]` for `[rows, columns]` and `[rows, picked]`.
ts_status ts_gather(ts_ref *out, ts_ref input, ts_ref indices);

ts_status ts_reshape(ts_ref *out, ts_ref input, const int64_t *shape, int32_t rank);
ts_status ts_permute(ts_ref *out, ts_ref input, const int64_t *dimensions, int32_t rank);
ts_status ts_narrow(ts_ref *out, ts_ref input, int64_t dimension, int64_t start, int64_t length);

// MARK: Fused operations of the trainer

/// Attention of `[batch, tokens, 3 * heads * head_size]` queries, keys and values.
///
/// `valid` is `[batch, tokens]`: 1 for a token, 0 for padding, which neither attends nor is attended to. Scores are
/// scaled by the square root of the head size. Gives the heads' outputs side by side, `[batch, tokens, hidden]`, and
/// the probabilities before dropout, `[batch, heads, tokens, tokens]`, both zero in the rows of padding.
///
/// `tables`, which may be null, is `[heads, 2 * farthest + 1]`: what is added to a scaled score for the distance of the two
/// tokens, that attended to less that attending, 0 in the middle. `places` is then `[batch, tokens]`, from 0 to `farthest`.
ts_status ts_attention(
    ts_ref *outputs, ts_ref *probabilities, ts_ref qkv, ts_ref valid, ts_ref tables, ts_ref places, int64_t heads,
    double dropout);
/// Attention of DeBERTa: scores are the sums of three products, scaled by the square root of three times the head size.
///
/// `keys` and `queries` are `[rows, hidden]`: a key and a query of relative positions. `rows` is `[2 * farthest + 1]`: which
/// of them a distance has, 0 in the middle; `places` as above. The rest is as above.
ts_status ts_disentangled_attention(
    ts_ref *outputs, ts_ref *probabilities, ts_ref qkv, ts_ref valid, ts_ref keys, ts_ref queries, ts_ref places,
    ts_ref rows, int64_t heads, double dropout);
/// Batch normalisation and ReLU of `[images, channels, side, side]`.
///
/// Statistics are over the first `lengths[image]` rows and columns of each image, `[images]`; with `zero_outside` the
/// result is 0 beyond them. In training the running statistics move by `momentum` towards the batch's, the variance
/// as an unbiased estimate; otherwise they are used. With a process group the statistics are over the batches of all
/// processes.
ts_status ts_batch_norm_relu(
    ts_ref *out, ts_ref input, ts_ref lengths, ts_ref weight, ts_ref bias, ts_ref running_mean,
    ts_ref running_variance, bool training, bool zero_outside, double momentum, double epsilon);
/// Means over squares of `side` (1 or 2) rows and columns of `[batch, heads, rows, rows]`, times `scales`, `[batch]`, in
/// 32 bits.
ts_status ts_scaled_pool(ts_ref *out, ts_ref maps, ts_ref scales, int64_t side);
/// Zeroes `[images, channels, side, side]` beyond the first `lengths[image]` rows and columns, after a ReLU.
ts_status ts_relu_within(ts_ref *out, ts_ref input, ts_ref lengths);
/// Whether the calling thread's fused operations are put together from libtorch's instead, as on devices without fused ones.
ts_status ts_set_composed(bool composed);

// MARK: Optimisation

/// The Euclidean norm of all gradients together; those that are missing count as 0.
ts_status ts_gradient_norm(const ts_ref *tensors, int64_t count, double *norm);
ts_status ts_scale_gradients(const ts_ref *tensors, int64_t count, double factor);
/// One step of AdamW, step numbers counted from 1, on the tensors that have a gradient.
ts_status ts_adamw(
    const ts_ref *tensors, const ts_ref *first_moments, const ts_ref *second_moments, int64_t count, int64_t step,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay);

// MARK: Processes

/// Joins the process group of a world of more than one process, through a TCP store at the address.
///
/// The store is served by rank 0 unless `store_is_served` says that another program, as torchrun's agent, does.
ts_status ts_join(
    int32_t rank, int32_t world, const char *address, int32_t port, bool store_is_served, int32_t device,
    int64_t timeout_seconds);
ts_status ts_leave(void);
/// Waits until all processes are here.
ts_status ts_barrier(void);
/// Sums elements over the processes, in place, outside of any recording.
ts_status ts_all_reduce(ts_ref tensor);
/// Sums every gradient over the processes; those that are missing count as 0.
ts_status ts_sum_gradients(const ts_ref *tensors, int64_t count);

#ifdef __cplusplus
}
#endif
#endif
