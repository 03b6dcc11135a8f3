/*
 * What the matrix products of an encoder cost by themselves: the limit that an implementation on oneDNN can come near.
 *
 *     cc -O2 -I Sources/COneDNN Benchmarks/limit/gemm_limit.c -ldnnl -o /tmp/gemm_limit
 *     OMP_NUM_THREADS=2 /tmp/gemm_limit LAYERS HIDDEN TOKENS        (BERT-base, 384 tokens: 12 768 384)
 *
 * Runs query/key/value, attention output and the two feed-forward products of every layer with weights packed by
 * oneDNN, each layer with weights of its own, without bias, activation, attention, normalisation or anything else, on
 * oneDNN's own threads. Prints the median of 21 passes in milliseconds and GFLOP/s.
 */
#include "shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHECK(call) \
    do { \
        dnnl_status_t status_ = (call); \
        if (status_) { \
            fprintf(stderr, "gemm_limit: line %d: oneDNN status %d\n", __LINE__, (int)status_); \
            exit(1); \
        } \
    } while (0)

enum { PRODUCTS = 4, PASSES = 21 };

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static float *numbers(size_t count) {
    float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    if (!values) exit(1);
    for (size_t i = 0; i < count; i++) values[i] = 0.01f * (float)((i * 7919) % 101) - 0.5f;
    return values;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: gemm_limit LAYERS HIDDEN TOKENS\n");
        return 64;
    }
    const int64_t layers = atoi(argv[1]), hidden = atoi(argv[2]), tokens = atoi(argv[3]), inner = 4 * hidden;
    const int64_t inputs[PRODUCTS] = {hidden, hidden, hidden, inner};
    const int64_t outputs[PRODUCTS] = {3 * hidden, hidden, inner, hidden};

    dnnl_engine_t engine;
    dnnl_stream_t stream;
    CHECK(dnnl_engine_create(&engine, dnnl_cpu, 0));
    CHECK(dnnl_stream_create(&stream, engine, 0));
    float *source = numbers(tokens * inner), *target = numbers(tokens * inner), *plain = numbers(hidden * inner);
    void *scratchpad = aligned_alloc(64, 1 << 26);

    onednn_operation operation[PRODUCTS];
    dnnl_memory_t *weights = calloc(layers * PRODUCTS, sizeof *weights);
    for (int p = 0; p < PRODUCTS; p++) {
        const dnnl_dims_t dims = {inputs[p], outputs[p]}, strides = {1, inputs[p]};
        CHECK(onednn_matmul(&operation[p], engine, tokens, outputs[p], inputs[p], inputs[p], NULL, NULL, false,
            outputs[p], onednn_activation_none, false));
        for (int64_t layer = 0; layer < layers; layer++)
            CHECK(onednn_pack(&weights[layer * PRODUCTS + p], engine, stream, operation[p].weights, 2, dims, strides, plain));
    }

    double times[PASSES];
    for (int pass = -2; pass < PASSES; pass++) {
        const double start = milliseconds();
        for (int64_t layer = 0; layer < layers; layer++)
            for (int p = 0; p < PRODUCTS; p++)
                CHECK(onednn_run(&operation[p], stream, source, weights[layer * PRODUCTS + p], NULL, NULL, NULL,
                    target, scratchpad));
        if (pass >= 0) times[pass] = milliseconds() - start;
    }
    qsort(times, PASSES, sizeof *times, ascending);
    const double operations = 2.0 * tokens * 12 * hidden * hidden * layers;
    printf("%.1f ms, %.0f GFLOP/s\n", times[PASSES / 2], operations / times[PASSES / 2] / 1e6);
    return 0;
}
