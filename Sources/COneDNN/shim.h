/*
 * oneDNN for Swift: the few primitives that the engine needs, in f32, for one thread, with one interface for oneDNN 2.6
 * and 3.x (the two differ in how descriptors are made).
 *
 * Every function returns a oneDNN status. An operation owns its primitive and the descriptions of its
 * arguments; data pointers are given when it runs, so one operation serves any number of layers of the same
 * shape. An operation must not run on two threads at once; create one per thread.
 */
#ifndef BLOCKSKIM_COneDNN_SHIM_H
#define BLOCKSKIM_COneDNN_SHIM_H

#include <dnnl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A primitive of fixed shape. Absent arguments are NULL. */
typedef struct {
    dnnl_primitive_t primitive;
    dnnl_memory_t source, weights, bias, shift, destination, scratchpad;
    size_t scratchpad_bytes;
} onednn_operation;

typedef enum {
    onednn_activation_none = 0,
    onednn_activation_relu,
    onednn_activation_gelu_erf,
    onednn_activation_gelu_tanh
} onednn_activation;

/* ---- What differs between oneDNN 2 and 3 --------------------------------------------------------------- */

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t onednn_layout;
#define ONEDNN_LAYOUT(desc) (desc)
static inline dnnl_status_t onednn_desc_init(
    dnnl_memory_desc_t *desc, int rank, const int64_t *dims, const int64_t *strides) {
    return strides ? dnnl_memory_desc_create_with_strides(desc, rank, dims, dnnl_f32, strides)
                   : dnnl_memory_desc_create_with_tag(desc, rank, dims, dnnl_f32, dnnl_format_tag_any);
}
static inline void onednn_desc_free(dnnl_memory_desc_t *desc) { dnnl_memory_desc_destroy(*desc); }
static inline dnnl_status_t onednn_append_sum(dnnl_post_ops_t ops) {
    return dnnl_post_ops_append_sum(ops, 1, 0, dnnl_data_type_undef);
}
static inline dnnl_status_t onednn_append_eltwise(dnnl_post_ops_t ops, dnnl_alg_kind_t kind) {
    return dnnl_post_ops_append_eltwise(ops, kind, 0, 0);
}
#else
typedef const dnnl_memory_desc_t *onednn_layout;
#define ONEDNN_LAYOUT(desc) (&(desc))
static inline dnnl_status_t onednn_desc_init(
    dnnl_memory_desc_t *desc, int rank, const int64_t *dims, const int64_t *strides) {
    return strides ? dnnl_memory_desc_init_by_strides(desc, rank, dims, dnnl_f32, strides)
                   : dnnl_memory_desc_init_by_tag(desc, rank, dims, dnnl_f32, dnnl_format_tag_any);
}
static inline void onednn_desc_free(dnnl_memory_desc_t *desc) { (void)desc; }
static inline dnnl_status_t onednn_append_sum(dnnl_post_ops_t ops) { return dnnl_post_ops_append_sum(ops, 1); }
static inline dnnl_status_t onednn_append_eltwise(dnnl_post_ops_t ops, dnnl_alg_kind_t kind) {
    return dnnl_post_ops_append_eltwise(ops, 1, kind, 0, 0);
}
#endif

static inline dnnl_status_t onednn_matmul_desc(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, onednn_layout source, onednn_layout weights,
    onednn_layout bias, onednn_layout destination, dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_matmul_primitive_desc_create(result, engine, source, weights, bias, destination, attributes);
#else
    dnnl_matmul_desc_t desc;
    dnnl_status_t status = dnnl_matmul_desc_init(&desc, source, weights, bias, destination);
    return status ? status : dnnl_primitive_desc_create(result, &desc, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_layer_norm_desc(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, onednn_layout layout, float epsilon,
    dnnl_primitive_attr_t attributes) {
    const unsigned flags = dnnl_use_scale | dnnl_use_shift;
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_layer_normalization_forward_primitive_desc_create(
        result, engine, dnnl_forward_inference, layout, layout, NULL, epsilon, flags, attributes);
#else
    dnnl_layer_normalization_desc_t desc;
    dnnl_status_t status = dnnl_layer_normalization_forward_desc_init(
        &desc, dnnl_forward_inference, layout, NULL, epsilon, flags);
    return status ? status : dnnl_primitive_desc_create(result, &desc, attributes, engine, NULL);
#endif
}

static inline dnnl_status_t onednn_convolution_desc(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, onednn_layout source, onednn_layout weights,
    onednn_layout bias, onednn_layout destination, int64_t column_padding, dnnl_primitive_attr_t attributes) {
    const dnnl_dims_t strides = {1, 1}, dilation = {0, 0}, pad = {0, column_padding};
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_convolution_forward_primitive_desc_create(
        result, engine, dnnl_forward_inference, dnnl_convolution_direct, source, weights, bias, destination,
        strides, dilation, pad, pad, attributes);
#else
    dnnl_convolution_desc_t desc;
    dnnl_status_t status = dnnl_dilated_convolution_forward_desc_init(
        &desc, dnnl_forward_inference, dnnl_convolution_direct, source, weights, bias, destination, strides,
        dilation, pad, pad);
    return status ? status : dnnl_primitive_desc_create(result, &desc, attributes, engine, NULL);
#endif
}

/* Tells the processor that this thread waits in a loop. */
static inline void onednn_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Whether the f32 product with packed weights is oneDNN's fast one, whose rows do not depend on each other. */
static inline bool onednn_has_packed_product(void) {
    return dnnl_get_effective_cpu_isa() >= dnnl_cpu_isa_avx512_core;
}

/* ---- Operations ---------------------------------------------------------------------------------------- */

static inline dnnl_status_t onednn_attributes(
    dnnl_primitive_attr_t *result, onednn_activation activation, bool accumulate) {
    dnnl_post_ops_t ops;
    dnnl_status_t status = dnnl_primitive_attr_create(result);
    if (!status) status = dnnl_primitive_attr_set_scratchpad_mode(*result, dnnl_scratchpad_mode_user);
    if (status || (!accumulate && activation == onednn_activation_none)) return status;
    status = dnnl_post_ops_create(&ops);
    if (status) return status;
    if (accumulate) status = onednn_append_sum(ops);
    if (!status && activation != onednn_activation_none)
        status = onednn_append_eltwise(ops,
            activation == onednn_activation_relu       ? dnnl_eltwise_relu
            : activation == onednn_activation_gelu_erf ? dnnl_eltwise_gelu_erf
                                                       : dnnl_eltwise_gelu_tanh);
    if (!status) status = dnnl_primitive_attr_set_post_ops(*result, ops);
    dnnl_post_ops_destroy(ops);
    return status;
}

static inline dnnl_status_t onednn_argument(
    dnnl_memory_t *memory, dnnl_engine_t engine, dnnl_primitive_desc_t desc, dnnl_query_t query, int index) {
    onednn_layout layout = dnnl_primitive_desc_query_md(desc, query, index);
    *memory = NULL;
    if (!layout || dnnl_memory_desc_get_size(layout) == 0) return dnnl_success;
    return dnnl_memory_create(memory, layout, engine, DNNL_MEMORY_NONE);
}

/* Makes the operation that `desc` describes and frees `desc` and `attributes`. */
static inline dnnl_status_t onednn_finish(
    onednn_operation *operation, dnnl_engine_t engine, dnnl_primitive_desc_t desc,
    dnnl_primitive_attr_t attributes) {
    dnnl_status_t status = dnnl_primitive_create(&operation->primitive, desc);
    if (!status) status = onednn_argument(&operation->source, engine, desc, dnnl_query_src_md, 0);
    if (!status) status = onednn_argument(&operation->weights, engine, desc, dnnl_query_weights_md, 0);
    if (!status) status = onednn_argument(&operation->destination, engine, desc, dnnl_query_dst_md, 0);
    if (!status) status = onednn_argument(&operation->scratchpad, engine, desc, dnnl_query_scratchpad_md, 0);
    if (!status && operation->scratchpad)
        operation->scratchpad_bytes
            = dnnl_memory_desc_get_size(dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0));
    dnnl_primitive_desc_destroy(desc);
    dnnl_primitive_attr_destroy(attributes);
    return status;
}

/* The layout of a memory object. */
static inline onednn_layout onednn_layout_of(dnnl_memory_t memory) {
    onednn_layout layout = NULL;
    dnnl_memory_get_memory_desc(memory, &layout);
    return layout;
}

/*
 * destination[rows, outputs] = activation(source[rows, inputs] * weights[inputs, outputs] + bias[outputs]
 *                                         + (accumulate ? destination : 0))
 * `packed` is a memory in the layout that the weights have, or NULL for weights that are read through
 * `weights_strides` (or, those NULL too, in whatever layout is best: see onednn_best_weights).
 */
static inline dnnl_status_t onednn_matmul(
    onednn_operation *operation, dnnl_engine_t engine, int64_t rows, int64_t outputs, int64_t inputs,
    int64_t source_stride, dnnl_memory_t packed, const int64_t *weights_strides, bool has_bias,
    int64_t destination_stride, onednn_activation activation, bool accumulate) {
    const dnnl_dims_t source_dims = {rows, inputs}, source_strides = {source_stride, 1};
    const dnnl_dims_t weights_dims = {inputs, outputs}, bias_dims = {1, outputs}, bias_strides = {outputs, 1};
    const dnnl_dims_t destination_dims = {rows, outputs}, destination_strides = {destination_stride, 1};
    dnnl_memory_desc_t source = {0}, weights = {0}, bias = {0}, destination = {0};
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t desc = NULL;
    memset(operation, 0, sizeof *operation);
    dnnl_status_t status = onednn_desc_init(&source, 2, source_dims, source_strides);
    if (!status) status = onednn_desc_init(&weights, 2, weights_dims, weights_strides);
    if (!status) status = onednn_desc_init(&bias, 2, bias_dims, bias_strides);
    if (!status) status = onednn_desc_init(&destination, 2, destination_dims, destination_strides);
    if (!status) status = onednn_attributes(&attributes, activation, accumulate);
    if (!status)
        status = onednn_matmul_desc(
            &desc, engine, ONEDNN_LAYOUT(source), packed ? onednn_layout_of(packed) : ONEDNN_LAYOUT(weights),
            has_bias ? ONEDNN_LAYOUT(bias) : NULL, ONEDNN_LAYOUT(destination), attributes);
    if (!status) status = onednn_finish(operation, engine, desc, attributes);
    if (!status && has_bias)
        status = dnnl_memory_create(&operation->bias, ONEDNN_LAYOUT(bias), engine, DNNL_MEMORY_NONE);
    onednn_desc_free(&source), onednn_desc_free(&weights), onednn_desc_free(&bias);
    onednn_desc_free(&destination);
    return status;
}

/* Layer normalisation over the last dimension of [rows, columns] with scale (`weights`) and `shift`. */
static inline dnnl_status_t onednn_layer_norm(
    onednn_operation *operation, dnnl_engine_t engine, int64_t rows, int64_t columns, float epsilon) {
    const dnnl_dims_t dims = {rows, columns}, strides = {columns, 1};
    const dnnl_dims_t norm_dims = {columns}, norm_strides = {1};
    dnnl_memory_desc_t layout = {0}, norm_layout = {0};
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t desc = NULL;
    memset(operation, 0, sizeof *operation);
    dnnl_status_t status = onednn_desc_init(&layout, 2, dims, strides);
    if (!status) status = onednn_desc_init(&norm_layout, 1, norm_dims, norm_strides);
    if (!status) status = onednn_attributes(&attributes, onednn_activation_none, false);
    if (!status) status = onednn_layer_norm_desc(&desc, engine, ONEDNN_LAYOUT(layout), epsilon, attributes);
    if (!status) status = onednn_finish(operation, engine, desc, attributes);
    if (!status && operation->weights) dnnl_memory_destroy(operation->weights);
    if (!status)
        status = dnnl_memory_create(&operation->weights, ONEDNN_LAYOUT(norm_layout), engine, DNNL_MEMORY_NONE);
    if (!status)
        status = dnnl_memory_create(&operation->shift, ONEDNN_LAYOUT(norm_layout), engine, DNNL_MEMORY_NONE);
    onednn_desc_free(&layout), onednn_desc_free(&norm_layout);
    return status;
}

/*
 * A 2-d convolution with stride 1 over channels-last maps, with bias and activation. The map has `rows` + kernel - 1 rows,
 * so that a caller who stores zero rows around it can work through it in bands; columns are padded
 * with zeros here. Dimensions: source [rows + kernel - 1, columns, channels], destination [rows, columns, channels].
 * `packed` as in onednn_matmul.
 */
static inline dnnl_status_t onednn_convolution(
    onednn_operation *operation, dnnl_engine_t engine, int64_t rows, int64_t columns, int64_t channels,
    int64_t kernel, dnnl_memory_t packed, onednn_activation activation) {
    const int64_t border = kernel - 1;
    const dnnl_dims_t source_dims = {1, channels, rows + border, columns};
    const dnnl_dims_t source_strides = {(rows + border) * columns * channels, 1, columns * channels, channels};
    const dnnl_dims_t destination_dims = {1, channels, rows, columns};
    const dnnl_dims_t destination_strides = {rows * columns * channels, 1, columns * channels, channels};
    const dnnl_dims_t weights_dims = {channels, channels, kernel, kernel};
    const dnnl_dims_t bias_dims = {channels}, bias_strides = {1};
    dnnl_memory_desc_t source = {0}, weights = {0}, bias = {0}, destination = {0};
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t desc = NULL;
    memset(operation, 0, sizeof *operation);
    dnnl_status_t status = onednn_desc_init(&source, 4, source_dims, source_strides);
    if (!status) status = onednn_desc_init(&weights, 4, weights_dims, NULL);
    if (!status) status = onednn_desc_init(&bias, 1, bias_dims, bias_strides);
    if (!status) status = onednn_desc_init(&destination, 4, destination_dims, destination_strides);
    if (!status) status = onednn_attributes(&attributes, activation, false);
    if (!status)
        status = onednn_convolution_desc(
            &desc, engine, ONEDNN_LAYOUT(source), packed ? onednn_layout_of(packed) : ONEDNN_LAYOUT(weights),
            ONEDNN_LAYOUT(bias), ONEDNN_LAYOUT(destination), border / 2, attributes);
    if (!status) status = onednn_finish(operation, engine, desc, attributes);
    if (!status) status = dnnl_memory_create(&operation->bias, ONEDNN_LAYOUT(bias), engine, DNNL_MEMORY_NONE);
    onednn_desc_free(&source), onednn_desc_free(&weights), onednn_desc_free(&bias);
    onednn_desc_free(&destination);
    return status;
}

/* The bytes that the layout of `memory` takes. */
static inline size_t onednn_size(dnnl_memory_t memory) {
    onednn_layout layout = onednn_layout_of(memory);
    return dnnl_memory_desc_get_size(layout);
}

/* Copies row-major `data` of `rank` dimensions (seen through `strides`) into `storage`, in the layout of `like`. */
static inline dnnl_status_t onednn_pack(
    dnnl_memory_t *packed, void *storage, dnnl_engine_t engine, dnnl_stream_t stream, dnnl_memory_t like, int rank,
    const int64_t *dims, const int64_t *strides, void *data) {
    dnnl_memory_desc_t plain = {0};
    dnnl_memory_t source = NULL;
    dnnl_primitive_desc_t desc = NULL;
    dnnl_primitive_t reorder = NULL;
    onednn_layout layout = onednn_layout_of(like);
    dnnl_status_t status = onednn_desc_init(&plain, rank, dims, strides);
    if (!status) status = dnnl_memory_create(&source, ONEDNN_LAYOUT(plain), engine, data);
    if (!status) status = dnnl_memory_create(packed, layout, engine, storage);
    if (!status)
        status = dnnl_reorder_primitive_desc_create(&desc, ONEDNN_LAYOUT(plain), engine, layout, engine, NULL);
    if (!status) status = dnnl_primitive_create(&reorder, desc);
    if (!status) {
        const dnnl_exec_arg_t arguments[2] = {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, *packed}};
        status = dnnl_primitive_execute(reorder, stream, 2, arguments);
    }
    if (!status) status = dnnl_stream_wait(stream);
    if (reorder) dnnl_primitive_destroy(reorder);
    if (desc) dnnl_primitive_desc_destroy(desc);
    if (source) dnnl_memory_destroy(source);
    onednn_desc_free(&plain);
    return status;
}

/* Runs an operation. `weights` and `bias` are memories with data, or NULL for pointers; NULL pointers are absent. */
static inline dnnl_status_t onednn_run(
    const onednn_operation *operation, dnnl_stream_t stream, const void *source, dnnl_memory_t packed,
    const void *weights, const void *bias, const void *shift, void *destination, void *scratchpad) {
    dnnl_exec_arg_t arguments[8];
    int count = 0;
    dnnl_status_t status = dnnl_memory_set_data_handle(operation->source, (void *)source);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SRC, operation->source};
    if (!status) status = dnnl_memory_set_data_handle(operation->destination, destination);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DST, operation->destination};
    if (packed) arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, packed};
    if (weights && !status) {
        status = dnnl_memory_set_data_handle(operation->weights, (void *)weights);
        arguments[count++] = (dnnl_exec_arg_t){operation->shift ? DNNL_ARG_SCALE : DNNL_ARG_WEIGHTS, operation->weights};
    }
    if (bias && !status) {
        status = dnnl_memory_set_data_handle(operation->bias, (void *)bias);
        arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, operation->bias};
    }
    if (shift && !status) {
        status = dnnl_memory_set_data_handle(operation->shift, (void *)shift);
        arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SHIFT, operation->shift};
    }
    if (operation->scratchpad && !status) {
        status = dnnl_memory_set_data_handle(operation->scratchpad, scratchpad);
        arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, operation->scratchpad};
    }
    return status ? status : dnnl_primitive_execute(operation->primitive, stream, count, arguments);
}

/* Frees everything that an operation owns. */
static inline void onednn_operation_free(onednn_operation *operation) {
    dnnl_memory_t memories[6] = {operation->source, operation->weights, operation->bias, operation->shift,
        operation->destination, operation->scratchpad};
    for (int i = 0; i < 6; i++)
        if (memories[i]) dnnl_memory_destroy(memories[i]);
    if (operation->primitive) dnnl_primitive_destroy(operation->primitive);
    memset(operation, 0, sizeof *operation);
}

#endif
