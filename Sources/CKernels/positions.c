#include "kernels.h"
#include "vector.h"

BEST_PROCESSOR void blockskim_add_positions(
    float *scores, size_t count, const int32_t *places, const float *by_query, int32_t query_first, const float *by_key,
    int32_t key_first, size_t key_stride) {
    const int32_t stride = (int32_t)key_stride;
    for (size_t i = 0; i < count; i++) {
        const int32_t place = places[i];
        scores[i] += by_query[place - query_first] + by_key[(place - key_first) * stride + (int32_t)i];
    }
}
