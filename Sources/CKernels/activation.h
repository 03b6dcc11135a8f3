/* The element-wise functions that are applied to the results of products. */
#ifndef BLOCKSKIM_ACTIVATION_H
#define BLOCKSKIM_ACTIVATION_H

#include "kernels.h"
#include "vector.h"

/*
 * The Gaussian distribution function of -a, a >= 0: exp(-a^2 / 2) times a polynomial in 1 / (1 + 0.23 a), fitted to
 * half the scaled complementary error function by least squares at Chebyshev points. Relative error below 2e-7.
 */
ALWAYS_INLINE float gaussian_tail(float a) {
    _Pragma("clang fp contract(on)")
    const float t = 1 / (1 + 0.23f * a);
    float p = -0.07715158862f;
    p = p * t + 0.2833989318f;
    p = p * t + -0.2620801454f;
    p = p * t + 0.2809286226f;
    p = p * t + -0.01683921617f;
    p = p * t + 0.1116426963f;
    p = p * t + 0.08811338168f;
    p = p * t + 0.09198729469f;
    return exponential(-0.5f * a * a) * (p * t);
}

/* x * Phi(x) */
ALWAYS_INLINE float gelu_erf(float x) {
    const float tail = gaussian_tail(fabsf(x));
    return x * (x < 0 ? tail : 1 - tail);
}

/* x * (1 + tanh(u)) / 2 = x / (1 + exp(-2 u)), u = sqrt(2 / pi) * (x + 0.044715 x^3) */
ALWAYS_INLINE float gelu_tanh(float x) {
    return x / (1 + exponential(-1.5957691216f * (x + 0.044715f * x * x * x)));
}

ALWAYS_INLINE float activate(float x, blockskim_activation activation) {
    switch (activation) {
    case blockskim_activation_none: return x;
    case blockskim_activation_relu: return x > 0 ? x : 0;
    case blockskim_activation_gelu_erf: return gelu_erf(x);
    case blockskim_activation_gelu_tanh: return gelu_tanh(x);
    }
    return x;
}

/* Runs LOOP with `activation` a constant, so that the compiler vectorises each case by itself. */
#define FOR_EACH_ACTIVATION(activation, LOOP) \
    switch (activation) { \
    case blockskim_activation_none: LOOP(blockskim_activation_none) break; \
    case blockskim_activation_relu: LOOP(blockskim_activation_relu) break; \
    case blockskim_activation_gelu_erf: LOOP(blockskim_activation_gelu_erf) break; \
    case blockskim_activation_gelu_tanh: LOOP(blockskim_activation_gelu_tanh) break; \
    }

#endif
