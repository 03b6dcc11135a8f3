/*
 * Calls every function of Sources/COneDNN/shim.h and compares what it computes with plain loops.
 *
 * Scripts/check-onednn3.sh builds and runs it with one oneDNN after another. Prints one line; the exit status is 0
 * when all is well, else each difference stands on standard error.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../Sources/COneDNN/shim.h"

/* The largest map or matrix of the checks, in elements. */
enum { limit = 8192 };

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static int failures;

static bool succeeds(dnnl_status_t status, const char *what) {
    if (status == dnnl_success) return true;
    fprintf(stderr, "%s: oneDNN returned status %d\n", what, (int)status);
    failures++;
    return false;
}

static void compare(const char *what, const float *actual, const float *expected, int count) {
    for (int i = 0; i < count; i++) {
        if (fabsf(actual[i] - expected[i]) <= 2e-6f + 1e-5f * fabsf(expected[i])) continue;
        fprintf(stderr, "%s: element %d is %g, expected %g\n", what, i, actual[i], expected[i]);
        failures++;
        return;
    }
}

/* Numbers from -0.5 to below 0.5 that look random. */
static void fill(float *values, int count, unsigned seed) {
    for (int i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(seed >> 8) / 16777216.0f - 0.5f;
    }
}

static void *scratchpad(const onednn_operation *operation) {
    /* The size is a multiple of the alignment, as aligned_alloc wants it. */
    return aligned_alloc(64, (operation->scratchpad_bytes / 64 + 1) * 64);
}

static void run(
    const char *what, onednn_operation *operation, const void *source, dnnl_memory_t packed, const float *bias,
    void *destination) {
    void *scratch = scratchpad(operation);
    succeeds(onednn_run(operation, stream, source, packed, bias, destination, scratch), what);
    succeeds(dnnl_stream_wait(stream), what);
    free(scratch);
}

/* Aligned room for what has the layout of `memory`. */
static void *room(dnnl_memory_t memory) { return aligned_alloc(64, (onednn_size(memory) + 63) / 64 * 64); }

/* A product of bytes, with the largest that the engine makes. */
static void check_integer_product(int rows, int inputs, int outputs) {
    static uint8_t source[limit];
    static int8_t weights[limit];
    static int32_t actual[limit];
    char what[100];
    snprintf(what, sizeof what, "integer product [%d, %d, %d]", rows, inputs, outputs);
    for (int i = 0; i < rows * inputs; i++) source[i] = (uint8_t)(i % 3 ? i * 37 : 255);
    for (int i = 0; i < outputs * inputs; i++) weights[i] = (int8_t)(i % 5 ? i * 29 % 129 - 64 : 64);
    onednn_operation model, operation;
    dnnl_memory_t packed = NULL;
    if (!succeeds(onednn_product(&model, engine, onednn_integer_shape(96, inputs, outputs), NULL), what)) return;
    const dnnl_dims_t dims = {inputs, outputs}, strides = {1, inputs};
    void *storage = room(model.weights);
    if (!succeeds(onednn_pack(&packed, storage, engine, stream, model.weights, 2, dims, strides, weights), what)
        || !succeeds(onednn_product(&operation, engine, onednn_integer_shape(rows, inputs, outputs), packed), what)) return;
    run(what, &operation, source, packed, NULL, actual);
    for (int row = 0; row < rows; row++)
        for (int output = 0; output < outputs; output++) {
            int32_t sum = 0;
            for (int input = 0; input < inputs; input++)
                sum += source[row * inputs + input] * weights[output * inputs + input];
            if (actual[row * outputs + output] == sum) continue;
            fprintf(stderr, "%s: [%d, %d] is %d, expected %d\n", what, row, output, actual[row * outputs + output], sum);
            failures++;
            return;
        }
    onednn_operation_free(&model), onednn_operation_free(&operation);
    dnnl_memory_destroy(packed);
    free(storage);
}

/* A small integer in bf16, the upper half of a float; exact. */
static uint16_t bfloat16(int value) {
    const float wide = (float)value;
    uint32_t bits;
    memcpy(&bits, &wide, sizeof bits);
    return (uint16_t)(bits >> 16);
}

/* A product of bf16, added to what is there; not on processors for which oneDNN has none. */
static void check_bfloat16_product(int rows, int inputs, int outputs) {
    static uint16_t source[limit], weights[limit];
    static float actual[limit], expected[limit];
    const char *what = "bf16 product";
    for (int i = 0; i < rows * inputs; i++) source[i] = bfloat16(i * 37 % 15 - 7);
    for (int i = 0; i < outputs * inputs; i++) weights[i] = bfloat16(i * 29 % 13 - 6);
    for (int row = 0; row < rows; row++)
        for (int output = 0; output < outputs; output++) {
            int sum = row - output;
            actual[row * outputs + output] = (float)sum;
            for (int input = 0; input < inputs; input++)
                sum += ((row * inputs + input) * 37 % 15 - 7) * ((output * inputs + input) * 29 % 13 - 6);
            expected[row * outputs + output] = (float)sum;
        }
    onednn_operation model, operation;
    dnnl_memory_t packed = NULL;
    const dnnl_status_t status = onednn_product(&model, engine, onednn_bfloat16_shape(96, inputs, outputs, false), NULL);
    if (status == dnnl_unimplemented || !succeeds(status, what)) return;
    const dnnl_dims_t dims = {inputs, outputs}, strides = {1, inputs};
    void *storage = room(model.weights);
    if (!succeeds(onednn_pack(&packed, storage, engine, stream, model.weights, 2, dims, strides, weights), what)
        || !succeeds(
            onednn_product(&operation, engine, onednn_bfloat16_shape(rows, inputs, outputs, true), packed), what))
        return;
    run(what, &operation, source, packed, NULL, actual);
    compare(what, actual, expected, rows * outputs);
    onednn_operation_free(&model), onednn_operation_free(&operation);
    dnnl_memory_destroy(packed);
    free(storage);
}

/* A band of rows of channels-last maps, with the rows around it stored and columns padded by the operation. */
static void check_convolution(int rows, int columns, int channels, int kernel) {
    const int reach = kernel / 2, inputs = channels * kernel * kernel;
    static float source[limit], weights[limit], bias[limit], actual[limit], expected[limit];
    fill(source, limit, 12), fill(weights, channels * inputs, 13), fill(bias, channels, 14);
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++)
            for (int output = 0; output < channels; output++) {
                double sum = bias[output];
                for (int i = 0; i < inputs; i++) {
                    const int channel = i / (kernel * kernel), down = i / kernel % kernel;
                    const int across = column + i % kernel - reach;
                    if (across < 0 || across >= columns) continue;
                    sum += (double)weights[output * inputs + i]
                        * source[((row + down) * columns + across) * channels + channel];
                }
                expected[(row * columns + column) * channels + output] = (float)(sum > 0 ? sum : 0);
            }
    onednn_operation model, operation;
    dnnl_memory_t packed = NULL;
    const char *what = kernel == 1 ? "convolution 1x1" : "convolution 3x3";
    const dnnl_dims_t dims = {channels, channels, kernel, kernel};
    const dnnl_dims_t strides = {inputs, kernel * kernel, kernel, 1};
    if (!succeeds(onednn_convolution(&model, engine, 16, 16, channels, kernel, NULL), what))
        return;
    void *storage = room(model.weights);
    if (!succeeds(onednn_pack(&packed, storage, engine, stream, model.weights, 4, dims, strides, weights), what)
        || !succeeds(onednn_convolution(&operation, engine, rows, columns, channels, kernel, packed), what)) return;
    run(what, &operation, source, packed, bias, actual);
    compare(what, actual, expected, rows * columns * channels);
    onednn_operation_free(&model), onednn_operation_free(&operation);
    dnnl_memory_destroy(packed);
    free(storage);
}

int main(void) {
    if (!succeeds(dnnl_engine_create(&engine, dnnl_cpu, 0), "the engine")
        || !succeeds(dnnl_stream_create(&stream, engine, 0), "a stream")) return EXIT_FAILURE;
    check_integer_product(29, 32, 96), check_integer_product(2, 33, 17), check_integer_product(1, 64, 2);
    check_integer_product(16, 200, 40);
    check_bfloat16_product(32, 64, 48), check_bfloat16_product(16, 33, 32);
    check_convolution(5, 7, 16, 3), check_convolution(1, 1, 16, 3), check_convolution(6, 9, 16, 1);

    const dnnl_version_t *version = dnnl_version();
    if (version->major != DNNL_VERSION_MAJOR) {
        fprintf(stderr, "built for oneDNN %d, run with %d\n", DNNL_VERSION_MAJOR, version->major);
        failures++;
    }
    printf("oneDNN %d.%d.%d: %s\n", version->major, version->minor, version->patch,
        failures ? "differs from plain loops" : "products, convolutions and packing are right");
    dnnl_stream_destroy(stream), dnnl_engine_destroy(engine);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
