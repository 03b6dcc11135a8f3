/*
 * oneDNN for Swift: the few primitives that the engine needs, for one thread, with one interface for oneDNN 2.6 and 3.x
 * (the two differ in how descriptors are made).
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
    dnnl_memory_t source, weights, bias, destination, scratchpad;
    size_t scratchpad_bytes;
} onednn_operation;

/* ---- What differs between oneDNN 2 and 3 --------------------------------------------------------------- */

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t onednn_layout;
#define ONEDNN_LAYOUT(desc) (desc)
static inline dnnl_status_t onednn_desc_init(
    dnnl_memory_desc_t *desc, dnnl_data_type_t type, int rank, const int64_t *dims, const int64_t *strides) {
    return strides ? dnnl_memory_desc_create_with_strides(desc, rank, dims, type, strides)
                   : dnnl_memory_desc_create_with_tag(desc, rank, dims, type, dnnl_format_tag_any);
}
static inline void onednn_desc_free(dnnl_memory_desc_t *desc) { dnnl_memory_desc_destroy(*desc); }
static inline dnnl_data_type_t onednn_type(onednn_layout layout) {
    dnnl_data_type_t type = dnnl_data_type_undef;
    dnnl_memory_desc_query(layout, dnnl_query_data_type, &type);
    return type;
}
static inline dnnl_status_t onednn_append_relu(dnnl_post_ops_t ops) {
    return dnnl_post_ops_append_eltwise(ops, dnnl_eltwise_relu, 0, 0);
}
static inline dnnl_status_t onednn_append_sum(dnnl_post_ops_t ops) {
    return dnnl_post_ops_append_sum(ops, 1, 0, dnnl_f32);
}
#else
typedef const dnnl_memory_desc_t *onednn_layout;
#define ONEDNN_LAYOUT(desc) (&(desc))
static inline dnnl_status_t onednn_desc_init(
    dnnl_memory_desc_t *desc, dnnl_data_type_t type, int rank, const int64_t *dims, const int64_t *strides) {
    return strides ? dnnl_memory_desc_init_by_strides(desc, rank, dims, type, strides)
                   : dnnl_memory_desc_init_by_tag(desc, rank, dims, type, dnnl_format_tag_any);
}
static inline void onednn_desc_free(dnnl_memory_desc_t *desc) { (void)desc; }
static inline dnnl_data_type_t onednn_type(onednn_layout layout) { return layout->data_type; }
static inline dnnl_status_t onednn_append_relu(dnnl_post_ops_t ops) {
    return dnnl_post_ops_append_eltwise(ops, 1, dnnl_eltwise_relu, 0, 0);
}
static inline dnnl_status_t onednn_append_sum(dnnl_post_ops_t ops) { return dnnl_post_ops_append_sum(ops, 1); }
#endif

static inline dnnl_status_t onednn_matmul_desc(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, onednn_layout source, onednn_layout weights,
    onednn_layout destination, dnnl_primitive_attr_t attributes) {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl_matmul_primitive_desc_create(result, engine, source, weights, NULL, destination, attributes);
#else
    dnnl_matmul_desc_t desc;
    dnnl_status_t status = dnnl_matmul_desc_init(&desc, source, weights, NULL, destination);
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

/* ---- Operations ---------------------------------------------------------------------------------------- */

/* What is done with a result. */
typedef enum { onednn_plain, onednn_relu, onednn_sum } onednn_result;

/*
 * What stands beside the shape: working memory comes from the caller, and the result may go through max(0, x), or be added
 * to what is there.
 */
static inline dnnl_status_t onednn_attributes(dnnl_primitive_attr_t *result, onednn_result kind) {
    dnnl_post_ops_t ops;
    dnnl_status_t status = dnnl_primitive_attr_create(result);
    if (!status) status = dnnl_primitive_attr_set_scratchpad_mode(*result, dnnl_scratchpad_mode_user);
    if (status || kind == onednn_plain) return status;
    status = dnnl_post_ops_create(&ops);
    if (status) return status;
    status = kind == onednn_relu ? onednn_append_relu(ops) : onednn_append_sum(ops);
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

/* A product: destination[rows, outputs] = source[rows, inputs] * weights[inputs, outputs], rows one behind the other. */
typedef struct {
    int64_t rows, inputs, outputs;
    dnnl_data_type_t source_type, weights_type, destination_type;
    bool accumulates;
} onednn_product_shape;

/* Unsigned and signed bytes, added up in 32 bits. */
static inline onednn_product_shape onednn_integer_shape(int64_t rows, int64_t inputs, int64_t outputs) {
    return (onednn_product_shape){rows, inputs, outputs, dnnl_u8, dnnl_s8, dnnl_s32, false};
}

/* bf16, added up in f32; `accumulates` adds to the destination. */
static inline onednn_product_shape onednn_bfloat16_shape(
    int64_t rows, int64_t inputs, int64_t outputs, bool accumulates) {
    return (onednn_product_shape){rows, inputs, outputs, dnnl_bf16, dnnl_bf16, dnnl_f32, accumulates};
}

/* `packed` is a memory in the layout that the weights have, or NULL for the best one. */
static inline dnnl_status_t onednn_product(
    onednn_operation *operation, dnnl_engine_t engine, onednn_product_shape shape, dnnl_memory_t packed) {
    const dnnl_dims_t source_dims = {shape.rows, shape.inputs}, source_strides = {shape.inputs, 1};
    const dnnl_dims_t weights_dims = {shape.inputs, shape.outputs};
    const dnnl_dims_t destination_dims = {shape.rows, shape.outputs};
    const dnnl_dims_t destination_strides = {shape.outputs, 1};
    dnnl_memory_desc_t source = {0}, weights = {0}, destination = {0};
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t desc = NULL;
    memset(operation, 0, sizeof *operation);
    dnnl_status_t status = onednn_desc_init(&source, shape.source_type, 2, source_dims, source_strides);
    if (!status) status = onednn_desc_init(&weights, shape.weights_type, 2, weights_dims, NULL);
    if (!status)
        status = onednn_desc_init(&destination, shape.destination_type, 2, destination_dims, destination_strides);
    if (!status) status = onednn_attributes(&attributes, shape.accumulates ? onednn_sum : onednn_plain);
    if (!status)
        status = onednn_matmul_desc(
            &desc, engine, ONEDNN_LAYOUT(source), packed ? onednn_layout_of(packed) : ONEDNN_LAYOUT(weights),
            ONEDNN_LAYOUT(destination), attributes);
    if (!status) status = onednn_finish(operation, engine, desc, attributes);
    onednn_desc_free(&source), onednn_desc_free(&weights), onednn_desc_free(&destination);
    return status;
}

/*
 * A 2-d convolution with stride 1 over channels-last maps, in f32, with bias and max(0, x). The map has `rows` + kernel - 1 rows,
 * so that a caller who stores zero rows around it can work through it in bands; columns are padded
 * with zeros here. Dimensions: source [rows + kernel - 1, columns, channels], destination [rows, columns, channels].
 * `packed` as in onednn_product.
 */
static inline dnnl_status_t onednn_convolution(
    onednn_operation *operation, dnnl_engine_t engine, int64_t rows, int64_t columns, int64_t channels,
    int64_t kernel, dnnl_memory_t packed) {
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
    dnnl_status_t status = onednn_desc_init(&source, dnnl_f32, 4, source_dims, source_strides);
    if (!status) status = onednn_desc_init(&weights, dnnl_f32, 4, weights_dims, NULL);
    if (!status) status = onednn_desc_init(&bias, dnnl_f32, 1, bias_dims, bias_strides);
    if (!status) status = onednn_desc_init(&destination, dnnl_f32, 4, destination_dims, destination_strides);
    if (!status) status = onednn_attributes(&attributes, onednn_relu);
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

/* Copies `data` of `rank` dimensions (seen through `strides`) into `storage`, in the layout and type of `like`. */
static inline dnnl_status_t onednn_pack(
    dnnl_memory_t *packed, void *storage, dnnl_engine_t engine, dnnl_stream_t stream, dnnl_memory_t like, int rank,
    const int64_t *dims, const int64_t *strides, const void *data) {
    dnnl_memory_desc_t plain = {0};
    dnnl_memory_t source = NULL;
    dnnl_primitive_desc_t desc = NULL;
    dnnl_primitive_t reorder = NULL;
    onednn_layout layout = onednn_layout_of(like);
    dnnl_status_t status = onednn_desc_init(&plain, onednn_type(layout), rank, dims, strides);
    if (!status) status = dnnl_memory_create(&source, ONEDNN_LAYOUT(plain), engine, (void *)data);
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

/* Runs an operation with packed weights; `bias` is NULL for one without. */
static inline dnnl_status_t onednn_run(
    const onednn_operation *operation, dnnl_stream_t stream, const void *source, dnnl_memory_t packed,
    const void *bias, void *destination, void *scratchpad) {
    dnnl_exec_arg_t arguments[5];
    int count = 0;
    dnnl_status_t status = dnnl_memory_set_data_handle(operation->source, (void *)source);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SRC, operation->source};
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, packed};
    if (!status) status = dnnl_memory_set_data_handle(operation->destination, destination);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DST, operation->destination};
    if (bias && !status) {
        status = dnnl_memory_set_data_handle(operation->bias, (void *)bias);
        arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, operation->bias};
    }
    if (operation->scratchpad && !status) {
        status = dnnl_memory_set_data_handle(operation->scratchpad, scratchpad);
        arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, operation->scratchpad};
    }
    return status ? status : dnnl_primitive_execute(operation->primitive, stream, count, arguments);
}

/* Frees everything that an operation owns. */
static inline void onednn_operation_free(onednn_operation *operation) {
    dnnl_memory_t memories[5] = {operation->source, operation->weights, operation->bias, operation->destination,
        operation->scratchpad};
    for (int i = 0; i < 5; i++)
        if (memories[i]) dnnl_memory_destroy(memories[i]);
    if (operation->primitive) dnnl_primitive_destroy(operation->primitive);
    memset(operation, 0, sizeof *operation);
}

#endif
