#include "softmax.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Plain C for the compiler to vectorise, compiled for several processors of which the best is taken at run time. */
#if defined(__x86_64__) && defined(__GLIBC__) /* whose loader can choose between them */
#define BEST_PROCESSOR __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define BEST_PROCESSOR
#endif

enum { LANES = 64 };

/* exp(x) for x <= 0: 2^n * exp(r) with |r| <= ln(2)/2, the second factor as the polynomial of Cephes' expf. */
static inline __attribute__((always_inline)) float exponential(float x) {
    _Pragma("clang fp contract(fast)")
    x = x < -87.0f ? -87.0f : x; /* below, the result would be subnormal */
    const float shift = 12582912.0f; /* 1.5 * 2^23: the sum has the nearest integer in its low bits */
    const float shifted = x * 1.44269504f + shift;
    const float n = shifted - shift;
    float r = x - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

static inline __attribute__((always_inline)) float maximum(const float *x, size_t width) {
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

BEST_PROCESSOR void blockskim_softmax(float *rows, size_t count, size_t width) {
    for (size_t row = 0; row < count; row++) {
        _Pragma("clang fp reassociate(on)")
        float *x = rows + row * width;
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
