#include "kernels.h"
#include "vector.h"

ALWAYS_INLINE float sum(const float *x, size_t width) {
    _Pragma("clang fp reassociate(on)")
    float sum = 0;
    for (size_t i = 0; i < width; i++) sum += x[i];
    return sum;
}

ALWAYS_INLINE float sum_of_squares(const float *x, size_t width, float mean) {
    _Pragma("clang fp reassociate(on)")
    float sum = 0;
    for (size_t i = 0; i < width; i++) {
        const float difference = x[i] - mean;
        sum += difference * difference;
    }
    return sum;
}

BEST_PROCESSOR void blockskim_layer_norm(
    float *rows, size_t count, size_t width, const float *scale, const float *shift, float epsilon) {
    for (size_t row = 0; row < count; row++) {
        float *x = rows + row * width;
        const float mean = sum(x, width) / (float)width;
        const float factor = 1 / sqrtf(sum_of_squares(x, width, mean) / (float)width + epsilon);
        for (size_t i = 0; i < width; i++) x[i] = (x[i] - mean) * factor * scale[i] + shift[i];
    }
}
