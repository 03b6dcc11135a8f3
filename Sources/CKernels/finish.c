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
