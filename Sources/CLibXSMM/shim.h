/*
 * libxsmm for Swift: matrix products whose code is generated for the processor at hand.
 *
 * Its kernels are C functions without a prototype, which Swift cannot call; hence the functions here.
 */
#ifndef BLOCKSKIM_CLIBXSMM_SHIM_H
#define BLOCKSKIM_CLIBXSMM_SHIM_H

#include <libxsmm.h>
#include <stdbool.h>
#include <string.h>

/*
 * The kernel of result[rows, columns] = left[rows, inner] * panel[inner, columns] (+ result when `accumulate`), all
 * row-major; `columns` is also the row stride of the panel. Both operands are floats, or bfloat16 when `bfloat16` says so:
 * the panel is then [inner / 2, columns, 2], its rows in pairs. NULL when none can be made for the shape. libxsmm keeps the
 * kernels that it has made, and finds them by shape; any number of threads may call.
 */
static inline const void *libxsmm_panel_kernel(
    int rows, int columns, int inner, int left_stride, int result_stride, bool accumulate, bool bfloat16) {
    /* libxsmm is column-major: seen so, the panel is the left operand and rows are columns. */
    const libxsmm_blasint panel_stride = columns, left_columns = left_stride, result_columns = result_stride;
    const float alpha = 1, beta = accumulate ? 1 : 0;
    const int flags = bfloat16 ? LIBXSMM_GEMM_FLAG_VNNI_A : LIBXSMM_GEMM_FLAG_NONE;
    const void *address = NULL;
    if (bfloat16) {
        const libxsmm_bsmmfunction kernel = libxsmm_bsmmdispatch(
            columns, rows, inner, &panel_stride, &left_columns, &result_columns, &alpha, &beta, &flags, NULL);
        memcpy(&address, &kernel, sizeof address);
    } else {
        const libxsmm_smmfunction kernel = libxsmm_smmdispatch(
            columns, rows, inner, &panel_stride, &left_columns, &result_columns, &alpha, &beta, &flags, NULL);
        memcpy(&address, &kernel, sizeof address);
    }
    return address;
}

/* Runs a kernel that libxsmm_panel_kernel has made, on operands of its format. */
static inline void libxsmm_panel_run(const void *kernel, const void *left, const void *panel, float *result) {
    void (*function)(const void *, const void *, float *, ...);
    memcpy(&function, &kernel, sizeof function);
    function(panel, left, result);
}

#endif
