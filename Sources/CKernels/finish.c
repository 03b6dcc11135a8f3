#include "activation.h"

BEST_PROCESSOR void blockskim_finish(
    float *rows, size_t count, size_t width, size_t stride, const float *bias, blockskim_activation activation) {
    for (size_t row = 0; row < count; row++) {
        float *x = rows + row * stride;
#define LOOP(kind) for (size_t i = 0; i < width; i++) x[i] = activate(x[i] + bias[i], kind);
        FOR_EACH_ACTIVATION(activation, LOOP)
#undef LOOP
    }
}

BEST_PROCESSOR void blockskim_finish_sums(
    const float *sums, size_t sum_stride, size_t count, size_t width, const float *bias, blockskim_activation activation, bool accumulate,
    float *results, size_t stride) {
    for (size_t row = 0; row < count; row++) {
        const float *sum = sums + row * sum_stride;
        float *x = results + row * stride;
#define LOOP(kind)                                                                                                     \
    if (accumulate)                                                                                                    \
        for (size_t i = 0; i < width; i++) x[i] = activate(x[i] + sum[i] + bias[i], kind);                             \
    else                                                                                                               \
        for (size_t i = 0; i < width; i++) x[i] = activate(sum[i] + bias[i], kind);
        FOR_EACH_ACTIVATION(activation, LOOP)
#undef LOOP
    }
}
