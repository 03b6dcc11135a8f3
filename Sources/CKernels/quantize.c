#include "activation.h"
#include "kernels.h"
#include "vector.h"

/* Every processor must get the same integers and sums: no multiplication may be fused with an addition. */
#pragma STDC FP_CONTRACT OFF

enum { LANES = 32, LARGEST_INPUT = 127, LARGEST_WEIGHT = 64 };

/* The integer nearest to x, of two the even one, for |x| < 2^22. */
ALWAYS_INLINE int32_t nearest(float x) {
    const float shifted = x + 12582912.0f; /* 1.5 * 2^23: the sum has the integer in its low bits */
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    return bits - 0x4B400000;
}

typedef struct {
    float least, most; /* zero included */
    float poison;      /* zero, or not a number when one of the values is infinite or not a number */
} extent;

ALWAYS_INLINE extent extent_of(const float *x, size_t width) {
    float least[LANES] = {0}, most[LANES] = {0}, poison[LANES] = {0};
    size_t done = 0;
    for (; done + LANES <= width; done += LANES)
        for (int lane = 0; lane < LANES; lane++) {
            const float value = x[done + lane];
            least[lane] = value < least[lane] ? value : least[lane];
            most[lane] = value > most[lane] ? value : most[lane];
            poison[lane] += value - value;
        }
    for (int lane = 0; done < width; done++, lane++) {
        least[lane] = x[done] < least[lane] ? x[done] : least[lane];
        most[lane] = x[done] > most[lane] ? x[done] : most[lane];
        poison[lane] += x[done] - x[done];
    }
    extent all = {0, 0, 0};
    for (int lane = 0; lane < LANES; lane++) {
        all.least = least[lane] < all.least ? least[lane] : all.least;
        all.most = most[lane] > all.most ? most[lane] : all.most;
        all.poison += poison[lane];
    }
    return all;
}

/* Below, the factor that values are multiplied with would be infinite: they count as zero. */
static const float smallest_range = 1e-30f;

BEST_PROCESSOR void blockskim_quantize_rows(
    const float *rows, size_t count, size_t width, uint8_t *integers, float *scales, int32_t *zeros) {
    for (size_t row = 0; row < count; row++) {
        const float *x = rows + row * width;
        uint8_t *result = integers + row * width;
        const extent all = extent_of(x, width);
        const float range = all.most - all.least;
        const float factor = range > smallest_range ? LARGEST_INPUT / range : 0;
        const int32_t zero = nearest(-all.least * factor);
        for (size_t i = 0; i < width; i++) {
            int32_t value = nearest(x[i] * factor) + zero;
            value = value < 0 ? 0 : value;
            result[i] = (uint8_t)(value > LARGEST_INPUT ? LARGEST_INPUT : value);
        }
        scales[row] = range / LARGEST_INPUT + all.poison;
        zeros[row] = zero;
    }
}

BEST_PROCESSOR void blockskim_quantize_weights(
    const float *weights, size_t outputs, size_t inputs, int8_t *integers, float *scales, int32_t *sums) {
    for (size_t output = 0; output < outputs; output++) {
        const float *x = weights + output * inputs;
        int8_t *result = integers + output * inputs;
        const extent all = extent_of(x, inputs);
        const float most = all.most > -all.least ? all.most : -all.least;
        const float factor = most > smallest_range ? LARGEST_WEIGHT / most : 0;
        int32_t sum = 0;
        for (size_t i = 0; i < inputs; i++) {
            int32_t value = nearest(x[i] * factor);
            value = value < -LARGEST_WEIGHT ? -LARGEST_WEIGHT : value;
            value = value > LARGEST_WEIGHT ? LARGEST_WEIGHT : value;
            result[i] = (int8_t)value;
            sum += value;
        }
        scales[output] = most / LARGEST_WEIGHT + all.poison;
        sums[output] = sum;
    }
}

BEST_PROCESSOR void blockskim_dequantize(
    const int32_t *products, size_t rows, size_t columns, const float *row_scales, const int32_t *row_zeros,
    const float *column_scales, const int32_t *column_sums, const float *bias, blockskim_activation activation,
    bool accumulate, float *results, size_t stride) {
    for (size_t row = 0; row < rows; row++) {
        const int32_t *product = products + row * columns, zero = row_zeros[row];
        const float scale = row_scales[row];
        float *x = results + row * stride;
#define VALUE(i) ((float)(product[i] - zero * column_sums[i]) * scale * column_scales[i] + bias[i])
#define LOOP(kind) \
        if (accumulate) for (size_t i = 0; i < columns; i++) x[i] = activate(VALUE(i) + x[i], kind); \
        else for (size_t i = 0; i < columns; i++) x[i] = activate(VALUE(i), kind);
        FOR_EACH_ACTIVATION(activation, LOOP)
#undef LOOP
#undef VALUE
    }
}
