#include "kernels.h"
#include "vector.h"

enum { LANES = 64 };

ALWAYS_INLINE float maximum(const float *x, size_t width) {
    float top = x[0];
    size_t done = 0;
    if (width >= LANES) {
        float lanes[LANES];
        for (int lane = 0; lane < LANES; lane++) lanes[lane] = x[lane];
        for (done = LANES; done + LANES <= width; done += LANES)
            for (int lane = 0; lane < LANES; lane++)
                lanes[lane] = x[done + lane] > lanes[lane] ? x[done + lane] : lanes[lane];
        for (int half = LANES / 2; half > 0; half /= 2)
            for (int lane = 0; lane < half; lane++)
                lanes[lane] = lanes[lane + half] > lanes[lane] ? lanes[lane + half] : lanes[lane];
        top = lanes[0];
    }
    for (; done < width; done++) top = x[done] > top ? x[done] : top;
    return top;
}

BEST_PROCESSOR void blockskim_softmax(float *rows, size_t count, size_t width, size_t stride) {
    for (size_t row = 0; row < count; row++) {
        _Pragma("clang fp reassociate(on)")
        float *x = rows + row * stride;
        const float top = maximum(x, width);
        float sum = 0;
        for (size_t i = 0; i < width; i++) {
            const float e = exponential(x[i] - top);
            x[i] = e;
            sum += e;
        }
        const float scale = 1 / sum;
        for (size_t i = 0; i < width; i++) x[i] *= scale;
    }
}
