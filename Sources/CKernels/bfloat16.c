#include "kernels.h"
#include "vector.h"

BEST_PROCESSOR void blockskim_round_to_bfloat16(const float *values, size_t count, uint16_t *rounded) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        const uint32_t nearest = bits + 0x7FFF + (bits >> 16 & 1); /* to even */
        /* What is not a number must not become infinite. */
        rounded[i] = (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? bits >> 16 | 0x40 : nearest >> 16);
    }
}

BEST_PROCESSOR void blockskim_widen_bfloat16(const uint16_t *rounded, size_t count, float *values) {
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t)rounded[i] << 16;
        memcpy(values + i, &bits, sizeof bits);
    }
}
