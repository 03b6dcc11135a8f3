/* How fast one core multiplies rows with packed weights, by library, number format and number of rows. See run.sh. */
#include "../../Sources/CKernels/include/kernels.h"
#include "../../Sources/CLibXSMM/shim.h"
#include "../../Sources/COneDNN/shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { REPEATS = 25, MOST_ROWS = 96 /* at a time, as in RowBlocks */ };
static const int row_counts[] = {16, 32, 64, 96, 128, 192, 256, 384, 512};
static const int shapes[][2] = {{384, 384}, {768, 768}, {768, 3072}, {3072, 768}}; /* inputs, outputs */

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

static void *room(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!memory) exit(1);
    return memset(memory, 0x3f, bytes); /* 0.75 in f32 and bf16, 63 in bytes */
}

typedef struct {
    int inputs, outputs;
    void *rows, *weights, *results, *scratchpad;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
} product;

static onednn_operation operation(const product *p, dnnl_data_type_t type, int rows) {
    const bool bytes = type == dnnl_u8;
    const onednn_product_shape shape = {
        rows, p->inputs, p->outputs, type, bytes ? dnnl_s8 : type, bytes ? dnnl_s32 : dnnl_f32, false};
    onednn_operation result;
    if (onednn_product(&result, p->engine, shape, NULL)) result.primitive = NULL;
    return result;
}

/* The best of several runs, in billions of operations a second; 0 when there is no code for it. */
#define MEASURE(RUN)                                                                                                   \
    double best = 1e9;                                                                                                 \
    for (int repeat = 0; repeat < REPEATS; repeat++) {                                                                 \
        const double start = seconds();                                                                                \
        RUN;                                                                                                           \
        const double taken = seconds() - start;                                                                        \
        best = taken < best ? taken : best;                                                                            \
    }                                                                                                                  \
    return 2.0 * rows * p->inputs * p->outputs / best / 1e9

static double onednn(product *p, dnnl_data_type_t type, int rows) {
    onednn_operation run = operation(p, type, rows);
    if (!run.primitive) return 0;
    p->scratchpad = realloc(p->scratchpad, run.scratchpad_bytes + 64);
    onednn_layout layout = onednn_layout_of(run.weights);
    dnnl_memory_t weights;
    if (dnnl_memory_create(&weights, layout, p->engine, p->weights)) return 0;
    MEASURE(onednn_run(&run, p->stream, p->rows, weights, NULL, p->results, p->scratchpad));
}

/* Rows in bf16 stand in slices of as many columns as are multiplied at a time. */
static double libxsmm(const product *p, bool bfloat16, int width, int rows) {
    const size_t size = bfloat16 ? 2 : 4;
    const int inner = p->inputs < 768 ? p->inputs : 768, outputs = p->outputs / width * width;
    MEASURE(for (int group = 0; group < rows; group += 2 * MOST_ROWS)
                for (int column = 0; column < outputs; column += width)
                    for (int k = 0; k < p->inputs; k += inner)
                        for (int row = group; row < rows && row < group + 2 * MOST_ROWS; row += MOST_ROWS) {
                            const int count = rows - row < MOST_ROWS ? rows - row : MOST_ROWS;
                            const int stride = bfloat16 ? inner : p->inputs;
                            libxsmm_panel_run(
                                libxsmm_panel_kernel(count, width, inner, stride, p->outputs, k > 0, bfloat16),
                                (char *)p->rows + size * ((size_t)row * stride + (bfloat16 ? (size_t)k * rows : k)),
                                (char *)p->weights + size * ((size_t)column * p->inputs + (size_t)k * width),
                                (float *)p->results + (size_t)row * p->outputs + column);
                        });
}

static double ours(const product *p, int rows) {
    if (!blockskim_multiplies_integers()) return 0;
    const int tile = p->outputs < 384 ? p->outputs : 384;
    MEASURE(for (int column = 0; column < p->outputs; column += tile)
                for (int row = 0; row < rows; row += MOST_ROWS)
                    blockskim_multiply_integers(
                        (uint8_t *)p->rows + (size_t)row * p->inputs, rows - row < MOST_ROWS ? rows - row : MOST_ROWS, p->inputs,
                        (int8_t *)p->weights + (size_t)column * p->inputs, tile, p->results));
}

int main(void) {
    printf("oneDNN for instruction set %d, libxsmm for %s\n\n", dnnl_get_effective_cpu_isa(), libxsmm_get_target_arch());
    printf("| inputs, outputs | rows | f32: oneDNN | libxsmm, 32 columns | 48 columns | bf16: oneDNN | libxsmm | int8: oneDNN | ours |\n");
    printf("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        product p = {.inputs = shapes[s][0], .outputs = shapes[s][1]};
        if (dnnl_engine_create(&p.engine, dnnl_cpu, 0) || dnnl_stream_create(&p.stream, p.engine, 0)) return 1;
        p.rows = room(512 * (size_t)p.inputs * 4);
        p.weights = room((size_t)p.inputs * p.outputs * 8);
        p.results = room(512 * (size_t)p.outputs * 4);
        for (size_t r = 0; r < sizeof row_counts / sizeof *row_counts; r++) {
            const int rows = row_counts[r];
            printf(
                "| %d, %d | %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |\n", p.inputs, p.outputs, rows,
                onednn(&p, dnnl_f32, rows), libxsmm(&p, false, 32, rows), libxsmm(&p, false, 48, rows),
                onednn(&p, dnnl_bf16, rows), libxsmm(&p, true, 48, rows), onednn(&p, dnnl_u8, rows), ours(&p, rows));
            fflush(stdout);
        }
        free(p.rows), free(p.weights), free(p.results), free(p.scratchpad);
    }
}
