#include "kernels.h"
#include "vector.h"

/* The upper half of the bits of `value`, rounded to even. */
ALWAYS_INLINE uint32_t upper_half(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t nearest = bits + 0x7FFF + (bits >> 16 & 1);
    /* What is not a number must not become infinite. */
    return (bits & 0x7FFFFFFF) > 0x7F800000 ? bits >> 16 | 0x40 : nearest >> 16;
}

BEST_PROCESSOR void blockskim_round_to_bfloat16(const float *values, size_t count, uint16_t *rounded) {
    for (size_t i = 0; i < count; i++) rounded[i] = (uint16_t)upper_half(values[i]);
}

BEST_PROCESSOR void blockskim_round_to_pairs(const float *rows, size_t count, size_t width, uint16_t *pairs) {
    for (size_t row = 0; row < count; row += 2) {
        const float *first = rows + row * width, *second = first + width;
        for (size_t i = 0; i < width; i++) {
            const uint32_t pair = upper_half(first[i]) | upper_half(second[i]) << 16; /* the first one first in memory */
            memcpy(pairs + row * width + 2 * i, &pair, sizeof pair);
        }
    }
}

BEST_PROCESSOR void blockskim_widen_bfloat16(const uint16_t *rounded, size_t count, float *values) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t)rounded[i] << 16;
        memcpy(values + i, &bits, sizeof bits);
    }
}
