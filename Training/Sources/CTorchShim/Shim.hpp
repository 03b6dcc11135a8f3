// What the files of the shim share: handles, the status of a call, and the process group.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <cstdint>
#include <vector>
#include <string>

#include "CTorchShim.h"

struct ts_tensor {
    at::Tensor value;
};

namespace shim {

/// Keeps the message for `ts_error_message`.
void record_error(const char *message);
void record_error(const c10::Error &error);

/// Runs a body whose exceptions become a status.
template <typename Body>
ts_status guarded(const Body &body) {
    try {
        body();
        return 0;
    } catch (const c10::Error &error) {
        record_error(error);
    } catch (const std::exception &error) {
        record_error(error.what());
    } catch (...) {
        record_error("unknown exception");
    }
    return 1;
}

inline void give(ts_ref *out, at::Tensor tensor) { *out = new ts_tensor{std::move(tensor)}; }

std::vector<at::Tensor> list(const ts_ref *tensors, int64_t count);

at::Device device(int32_t device);

/// The elements of a tensor, whose type is checked. `const_data_ptr<Element>` would do, but a libtorch built by another
/// compiler has it under another name: 2.11's does not link with what clang asks for.
template <typename Element>
const Element *const_data(const at::Tensor &tensor) {
    TORCH_CHECK(tensor.scalar_type() == c10::CppTypeToScalarType<Element>::value, "elements of type ", tensor.scalar_type());
    return static_cast<const Element *>(tensor.const_data_ptr());
}

/// Whether fused kernels are switched off.
bool composed();

/// A key for the dropout of one more place in the network: depends on the last seed and the number of calls since.
uint32_t next_dropout_key();

/// Numbers below 2^32 that look random: a hash of a place's key and an element's index. The same on every machine,
/// with any number of threads, so that a mask need not be kept for the backward pass.
inline uint32_t dropout_bits(uint32_t key, uint32_t index) {
    uint32_t x = index * 2654435761u + key;
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    return x;
}

/// Keeps an element when its bits are at least this.
inline uint32_t dropout_threshold(double probability) {
    return static_cast<uint32_t>(probability * 4294967296.0);
}

/// Sums over the processes in place; does nothing in a world of one.
void all_reduce(at::Tensor &tensor);
int64_t world_size();

}  // namespace shim
