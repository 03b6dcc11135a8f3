/*
 * What stands between the matrix products: plain C that the compiler vectorises for several processors, of which the best
 * is taken at run time. What a row gives depends on nothing but the row.
 */
#ifndef BLOCKSKIM_KERNELS_H
#define BLOCKSKIM_KERNELS_H

#include <stddef.h>

/* An element-wise function applied to the result of a product. */
typedef enum {
    blockskim_activation_none = 0,
    blockskim_activation_relu,
    blockskim_activation_gelu_erf,
    blockskim_activation_gelu_tanh
} blockskim_activation;

/*
 * Softmax over each of `count` rows of `width` values, in place: exp(x - max) / sum. Relative error below 1e-6.
 */
void blockskim_softmax(float *rows, size_t count, size_t width);

/* Adds `bias` [width] to `count` rows that stand `stride` apart, and applies the activation, in place. */
void blockskim_finish(
    float *rows, size_t count, size_t width, size_t stride, const float *bias, blockskim_activation activation);

/*
 * Copies the matrix whose element (k, column) is matrix[k * inner_stride + column * column_stride] into panels of
 * BLOCKSKIM_PANEL_COLUMNS columns, each [inner, BLOCKSKIM_PANEL_COLUMNS] row-major, with zeros beyond `columns`.
 */
#define BLOCKSKIM_PANEL_COLUMNS 32
void blockskim_pack_panels(
    const float *matrix, size_t inner_stride, size_t column_stride, size_t inner, size_t columns, float *panels);

#endif
