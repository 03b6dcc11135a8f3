/* What the kernels share: where they are compiled for several processors, and the exponential. */
#ifndef BLOCKSKIM_VECTOR_H
#define BLOCKSKIM_VECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef __has_feature
#define IS_SANITIZED (__has_feature(thread_sanitizer) || __has_feature(address_sanitizer))
#else
#define IS_SANITIZED 0
#endif

/* glibc's loader can choose between them; with a sanitizer it would do so before that is ready. */
#if defined(__x86_64__) && defined(__GLIBC__) && !IS_SANITIZED
#define BEST_PROCESSOR __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#else
#define BEST_PROCESSOR
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* The power of two whose exponent is the integer in the low bits of `shifted`, see below. */
ALWAYS_INLINE float power_of_two(float shifted) {
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* exp(x) for x from -87 to 88, and its value there for x beyond: 2^n * exp(r) with |r| <= ln(2)/2, the second factor as
   the polynomial of Cephes' expf. */
ALWAYS_INLINE float exponential(float x) {
    _Pragma("clang fp contract(on)")
    x = x < -87.0f ? -87.0f : x; /* below, the result would be subnormal */
    x = x > 88.0f ? 88.0f : x;
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
    return p * power_of_two(shifted);
}

#endif
