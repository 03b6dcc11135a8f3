#include "kernels.h"

#include <string.h>

/*
 * Products of bytes on processors with AVX2 and no instruction for them. oneDNN 2.6 adds up two products in 16 bits before it
 * widens the sum, as it must for any bytes. Rows are below 128 here and weights within 64, so that four fit: 173 billion
 * operations a second on one core in place of 138 (AMD EPYC, family 25 model 1, [96, 768] x [768, 384]).
 *
 * A panel has 16 columns, [steps, 2 halves of 8 columns, 2, 8, 4]: at each step the weights of 8 inputs, 4 and 4.
 */
enum { COLUMNS = 16, STEP = 8, STEP_BYTES = STEP * COLUMNS };

static size_t steps(size_t inner) { return (inner + STEP - 1) / STEP; }

size_t blockskim_integer_panels_size(size_t columns, size_t inner) {
    return (columns + COLUMNS - 1) / COLUMNS * steps(inner) * STEP_BYTES;
}

void blockskim_pack_integer_panels(const int8_t *weights, size_t columns, size_t inner, int8_t *panels) {
    memset(panels, 0, blockskim_integer_panels_size(columns, inner));
    for (size_t column = 0; column < columns; column++) {
        int8_t *panel = panels + column / COLUMNS * steps(inner) * STEP_BYTES;
        const size_t half = column % COLUMNS / 8, lane = column % 8;
        for (size_t k = 0; k < inner; k++)
            panel[k / STEP * STEP_BYTES + half * 64 + k % STEP / 4 * 32 + lane * 4 + k % 4] = weights[column * inner + k];
    }
}

bool blockskim_is_optimized(void) {
#ifdef __OPTIMIZE__
    return true;
#else
    return false;
#endif
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2"), always_inline)) static inline

/* The four bytes at `bytes`, in all lanes. */
AVX2 __m256i everywhere(const uint8_t *bytes) {
    int32_t four;
    memcpy(&four, bytes, sizeof four);
    return _mm256_set1_epi32(four);
}

/* sums + the products of 8 inputs with the weights of 8 columns */
AVX2 __m256i add_products(__m256i sums, __m256i first, __m256i second, const int8_t *weights) {
    const __m256i *w = (const __m256i *)weights;
    const __m256i pairs = _mm256_add_epi16(_mm256_maddubs_epi16(first, w[0]), _mm256_maddubs_epi16(second, w[1]));
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

/* `count` rows, at most 4, times one panel; a constant, so that the sums stay in registers. */
AVX2 void multiply_panel(
    const uint8_t *rows, size_t count, size_t inner, const int8_t *panel, int32_t *products, size_t stride) {
    __m256i sums[4][2] = {{{0}}};
    for (size_t step = 0; step < steps(inner); step++, panel += STEP_BYTES)
        for (size_t row = 0; row < count; row++) {
            const uint8_t *inputs = rows + row * inner + step * STEP;
            const __m256i first = everywhere(inputs), second = everywhere(inputs + 4);
            sums[row][0] = add_products(sums[row][0], first, second, panel);
            sums[row][1] = add_products(sums[row][1], first, second, panel + 64);
        }
    for (size_t row = 0; row < count; row++)
        for (size_t half = 0; half < 2; half++)
            _mm256_storeu_si256((__m256i *)(products + row * stride + half * 8), sums[row][half]);
}

__attribute__((target("avx2"))) void blockskim_multiply_integers(
    const uint8_t *rows, size_t count, size_t inner, const int8_t *panels, size_t columns, int32_t *products) {
    for (size_t column = 0; column < columns; column += COLUMNS, panels += steps(inner) * STEP_BYTES) {
        const size_t width = columns - column < COLUMNS ? columns - column : COLUMNS;
        for (size_t row = 0; row < count; row += 4) {
            const uint8_t *own = rows + row * inner;
            int32_t *target = products + row * columns + column, edge[4 * COLUMNS];
            int32_t *result = width == COLUMNS ? target : edge;
            const size_t stride = width == COLUMNS ? columns : COLUMNS, height = count - row < 4 ? count - row : 4;
            switch (height) {
            case 4: multiply_panel(own, 4, inner, panels, result, stride); break;
            case 3: multiply_panel(own, 3, inner, panels, result, stride); break;
            case 2: multiply_panel(own, 2, inner, panels, result, stride); break;
            default: multiply_panel(own, 1, inner, panels, result, stride);
            }
            if (result == edge)
                for (size_t i = 0; i < height; i++)
                    memcpy(target + i * columns, edge + i * COLUMNS, width * sizeof *edge);
        }
    }
}

bool blockskim_multiplies_integers(void) { return __builtin_cpu_supports("avx2"); }
#else
void blockskim_multiply_integers(
    const uint8_t *rows, size_t count, size_t inner, const int8_t *panels, size_t columns, int32_t *products) {}

bool blockskim_multiplies_integers(void) { return false; }
#endif
