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

static double activate(onednn_activation activation, double x) {
    switch (activation) {
    case onednn_activation_none: return x;
    case onednn_activation_relu: return x > 0 ? x : 0;
    case onednn_activation_gelu_erf: return 0.5 * x * (1 + erf(x / sqrt(2)));
    case onednn_activation_gelu_tanh: return 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    }
    return NAN;
}

static void *scratchpad(const onednn_operation *operation) {
    /* The size is a multiple of the alignment, as aligned_alloc wants it. */
    return aligned_alloc(64, (operation->scratchpad_bytes / 64 + 1) * 64);
}

static void run(
    const char *what, onednn_operation *operation, const float *source, dnnl_memory_t packed, const float *weights,
    const float *bias, const float *shift, float *destination) {
    void *scratch = scratchpad(operation);
    succeeds(onednn_run(operation, stream, source, packed, weights, bias, shift, destination, scratch), what);
    succeeds(dnnl_stream_wait(stream), what);
    free(scratch);
}

/* Aligned room for what has the layout of `memory`. */
static void *room(dnnl_memory_t memory) { return aligned_alloc(64, (onednn_size(memory) + 63) / 64 * 64); }

/* A packed product with bias; rows of the destination are longer than the result's. */
static void check_linear(int rows, int inputs, int outputs, onednn_activation activation, bool accumulate) {
    const int stride = outputs + 3;
    static float source[limit], weights[limit], bias[limit], actual[limit], expected[limit];
    char what[100];
    snprintf(what, sizeof what, "packed product [%d, %d, %d], activation %d, accumulate %d", rows, inputs, outputs,
        (int)activation, accumulate);
    fill(source, rows * inputs, 1), fill(weights, outputs * inputs, 2), fill(bias, outputs, 3);
    fill(actual, rows * stride, 4);
    memcpy(expected, actual, sizeof actual);
    for (int row = 0; row < rows; row++) {
        for (int output = 0; output < outputs; output++) {
            double sum = bias[output] + (accumulate ? expected[row * stride + output] : 0);
            for (int input = 0; input < inputs; input++)
                sum += (double)source[row * inputs + input] * weights[output * inputs + input];
            expected[row * stride + output] = (float)activate(activation, sum);
        }
    }
    onednn_operation model, operation;
    dnnl_memory_t packed = NULL;
    if (!succeeds(onednn_matmul(&model, engine, 128, outputs, inputs, inputs, NULL, NULL, true, stride, activation,
                      false), what)) return;
    const dnnl_dims_t dims = {inputs, outputs}, strides = {1, inputs};
    void *storage = room(model.weights);
    if (!succeeds(onednn_pack(&packed, storage, engine, stream, model.weights, 2, dims, strides, weights), what)) return;
    if (!succeeds(onednn_matmul(&operation, engine, rows, outputs, inputs, inputs, packed, NULL, true, stride,
                      activation, accumulate), what)) return;
    run(what, &operation, source, packed, NULL, bias, NULL, actual);
    compare(what, actual, expected, rows * stride);
    onednn_operation_free(&model), onednn_operation_free(&operation);
    dnnl_memory_destroy(packed);
    free(storage);
}

/* A product of operands that are read in place, the right one transposed or not. */
static void check_product(int rows, int columns, int inner, bool transposed) {
    const int left_stride = inner + 5, right_stride = (inner > columns ? inner : columns) + 3;
    const int result_stride = columns + 2;
    static float left[limit], right[limit], actual[limit], expected[limit];
    const int64_t row_step = transposed ? 1 : right_stride, column_step = transposed ? right_stride : 1;
    const dnnl_dims_t strides = {row_step, column_step};
    fill(left, limit, 5), fill(right, limit, 6), fill(actual, limit, 7);
    memcpy(expected, actual, sizeof actual);
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            double sum = 0;
            for (int i = 0; i < inner; i++)
                sum += (double)left[row * left_stride + i] * right[i * row_step + column * column_step];
            expected[row * result_stride + column] = (float)sum;
        }
    }
    onednn_operation operation;
    const char *what = transposed ? "product with the right operand transposed" : "product";
    if (!succeeds(onednn_matmul(&operation, engine, rows, columns, inner, left_stride, NULL, strides, false,
                      result_stride, onednn_activation_none, false), what)) return;
    run(what, &operation, left, NULL, right, NULL, NULL, actual);
    compare(what, actual, expected, rows * result_stride);
    onednn_operation_free(&operation);
}

static void check_layer_norm(int rows, int columns) {
    const float epsilon = 1e-3f;
    static float actual[limit], expected[limit], scale[limit], shift[limit];
    fill(actual, rows * columns, 9), fill(scale, columns, 10), fill(shift, columns, 11);
    for (int row = 0; row < rows; row++) {
        const float *x = actual + row * columns;
        double mean = 0, variance = 0;
        for (int i = 0; i < columns; i++) mean += x[i] / columns;
        for (int i = 0; i < columns; i++) variance += (x[i] - mean) * (x[i] - mean) / columns;
        for (int i = 0; i < columns; i++)
            expected[row * columns + i] = (float)((x[i] - mean) / sqrt(variance + epsilon) * scale[i] + shift[i]);
    }
    onednn_operation operation;
    if (!succeeds(onednn_layer_norm(&operation, engine, rows, columns, epsilon), "layer normalisation")) return;
    run("layer normalisation", &operation, actual, NULL, scale, NULL, shift, actual);
    compare("layer normalisation", actual, expected, rows * columns);
    onednn_operation_free(&operation);
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
    if (!succeeds(onednn_convolution(&model, engine, 16, 16, channels, kernel, NULL, onednn_activation_relu), what))
        return;
    void *storage = room(model.weights);
    if (!succeeds(onednn_pack(&packed, storage, engine, stream, model.weights, 4, dims, strides, weights), what)
        || !succeeds(onednn_convolution(&operation, engine, rows, columns, channels, kernel, packed,
                         onednn_activation_relu), what)) return;
    run(what, &operation, source, packed, NULL, bias, NULL, actual);
    compare(what, actual, expected, rows * columns * channels);
    onednn_operation_free(&model), onednn_operation_free(&operation);
    dnnl_memory_destroy(packed);
    free(storage);
}

int main(void) {
    if (!succeeds(dnnl_engine_create(&engine, dnnl_cpu, 0), "the engine")
        || !succeeds(dnnl_stream_create(&stream, engine, 0), "a stream")) return EXIT_FAILURE;
    onednn_spin_hint();
    for (onednn_activation activation = onednn_activation_none; activation <= onednn_activation_gelu_tanh; activation++)
        for (int accumulate = 0; accumulate <= 1; accumulate++) {
            check_linear(29, 32, 96, activation, accumulate);
            check_linear(2, 33, 17, activation, accumulate);
            check_linear(1, 64, 2, activation, accumulate);
        }
    for (int transposed = 0; transposed <= 1; transposed++) {
        check_product(29, 29, 8, transposed);
        check_product(17, 40, 64, transposed);
        check_product(1, 1, 1, transposed);
    }
    check_layer_norm(29, 32), check_layer_norm(1, 771);
    check_convolution(5, 7, 16, 3), check_convolution(1, 1, 16, 3), check_convolution(6, 9, 16, 1);

    const dnnl_version_t *version = dnnl_version();
    if (version->major != DNNL_VERSION_MAJOR) {
        fprintf(stderr, "built for oneDNN %d, run with %d\n", DNNL_VERSION_MAJOR, version->major);
        failures++;
    }
    printf("oneDNN %d.%d.%d: %s\n", version->major, version->minor, version->patch,
        failures ? "differs from plain loops" : "products, layer normalisation, convolutions and packing are right");
    dnnl_stream_destroy(stream), dnnl_engine_destroy(engine);
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
