/*
 * What stands between the matrix products: plain C that the compiler vectorises for several processors, of which the best
 * is taken at run time. What a row gives depends on nothing but the row.
 */
#ifndef BLOCKSKIM_KERNELS_H
#define BLOCKSKIM_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An element-wise function applied to the result of a product. */
typedef enum {
    blockskim_activation_none = 0,
    blockskim_activation_relu,
    blockskim_activation_gelu_erf,
    blockskim_activation_gelu_tanh
} blockskim_activation;

/*
 * Softmax over each of `count` rows of `width` values that stand `stride` apart, in place: exp(x - max) / sum. Relative
 * error below 1e-6.
 */
void blockskim_softmax(float *rows, size_t count, size_t width, size_t stride);

/*
 * Adds to the scores of one query with `count` keys what their relative positions say, of which `places` names the row:
 * `by_query` is of the query, [positions] from the row `query_first` on; `by_key` of the keys, [positions, key_stride] from
 * the row `key_first` on.
 */
void blockskim_add_positions(
    float *scores, size_t count, const int32_t *places, const float *by_query, int32_t query_first, const float *by_key,
    int32_t key_first, size_t key_stride);

/* Adds `bias` [width] to `count` rows that stand `stride` apart, and applies the activation, in place. */
void blockskim_finish(
    float *rows, size_t count, size_t width, size_t stride, const float *bias, blockskim_activation activation);

/*
 * Makes results [count, width], their rows `stride` apart, of sums, their rows `sum_stride` apart:
 * activation(sum + bias (+ result when `accumulate`)).
 */
void blockskim_finish_sums(
    const float *sums, size_t sum_stride, size_t count, size_t width, const float *bias, blockskim_activation activation, bool accumulate,
    float *results, size_t stride);

/*
 * Layer normalisation of each of `count` rows of `width` values, in place:
 * (x - mean) / sqrt(variance + epsilon) * scale + shift, with `scale` and `shift` [width].
 */
void blockskim_layer_norm(
    float *rows, size_t count, size_t width, const float *scale, const float *shift, float epsilon);

/*
 * Copies the matrix of `rows` rows whose element (k, column) is matrix[k * inner_stride + column * column_stride] into
 * panels of `width` columns, each [inner, width] row-major, with zeros beyond `rows` and `columns`.
 */
void blockskim_pack_panels(
    const float *matrix, size_t inner_stride, size_t column_stride, size_t rows, size_t inner, size_t columns,
    size_t width, float *panels);

/* Rounds to bfloat16, the upper half of a float, to nearest even; and back. */
void blockskim_round_to_bfloat16(const float *values, size_t count, uint16_t *rounded);
void blockskim_widen_bfloat16(const uint16_t *rounded, size_t count, float *values);

/* Rounds an even number of rows of `width` values so, and puts them together in pairs: [count / 2, width, 2]. */
void blockskim_round_to_pairs(const float *rows, size_t count, size_t width, uint16_t *pairs);

/*
 * Rounds each of `count` rows of `width` values to integers from 0 to 127: x is about scale * (integer - zero). The same
 * on every processor. A row with a value that is infinite or not a number gets a scale that is not a number.
 */
void blockskim_quantize_rows(
    const float *rows, size_t count, size_t width, uint8_t *integers, float *scales, int32_t *zeros);

/*
 * Rounds the weights of each output, [outputs, inputs], to integers from -64 to 64: w is about scale * integer. Also adds
 * up the integers of each output. The same on every processor.
 */
void blockskim_quantize_weights(
    const float *weights, size_t outputs, size_t inputs, int8_t *integers, float *scales, int32_t *sums);

/* Whether the processor runs blockskim_multiply_integers, and whether it was compiled to be fast. */
bool blockskim_multiplies_integers(void);
bool blockskim_is_optimized(void);

/* Copies quantized weights, [columns, inner], into panels that take so many bytes. */
void blockskim_pack_integer_panels(const int8_t *weights, size_t columns, size_t inner, int8_t *panels);
size_t blockskim_integer_panels_size(size_t columns, size_t inner);

/*
 * Makes the products, [count, columns], of quantized rows, [count, inner], and panels of quantized weights, which start at a
 * multiple of 32 bytes. Up to 7 bytes behind the rows are read and count for nothing.
 */
void blockskim_multiply_integers(
    const uint8_t *rows, size_t count, size_t inner, const int8_t *panels, size_t columns, int32_t *products);

/*
 * Makes results, their rows `stride` apart, of the products [rows, columns] of quantized rows and weights:
 * activation((product - row_zero * column_sum) * row_scale * column_scale + bias (+ result when `accumulate`)). The same on
 * every processor but for the rounding of activations other than max(0, x).
 */
void blockskim_dequantize(
    const int32_t *products, size_t rows, size_t columns, const float *row_scales, const int32_t *row_zeros,
    const float *column_scales, const int32_t *column_sums, const float *bias, blockskim_activation activation,
    bool accumulate, float *results, size_t stride);

/* Has the C library keep freed memory for later use, or give it back to the system; nothing where it is not glibc. */
void blockskim_keep_freed_memory(void);
void blockskim_return_freed_memory(void);

/* Tells the processor that this thread waits in a loop. */
static inline void blockskim_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
