// Handles, element access, differentiation and the settings of libtorch.
#include "Shim.hpp"

#include <ATen/Context.h>
#include <ATen/Functions.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <torch/headeronly/version.h>

#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace shim {

namespace {
thread_local std::string last_error;
thread_local bool use_composed = false;
thread_local uint64_t dropout_seed = 0;
thread_local uint64_t dropout_calls = 0;

at::ScalarType scalar_type(int32_t type) {
    switch (type) {
    case ts_float32: return at::kFloat;
    case ts_int64: return at::kLong;
    case ts_bfloat16: return at::kBFloat16;
    case ts_bool: return at::kBool;
    case ts_float64: return at::kDouble;
    default: TORCH_CHECK(false, "no element type ", type);
    }
}

template <typename Element>
void copy_out(const at::Tensor &tensor, at::ScalarType type, Element *elements, int64_t count) {
    TORCH_CHECK(tensor.numel() == count, tensor.numel(), " elements, room for ", count);
    const auto contiguous = tensor.detach().to(at::kCPU, type).contiguous();
    std::memcpy(elements, contiguous.const_data_ptr(), count * sizeof(Element));
}
}  // namespace

void record_error(const char *message) { last_error = message; }
void record_error(const c10::Error &error) { last_error = error.what_without_backtrace(); }

std::vector<at::Tensor> list(const ts_ref *tensors, int64_t count) {
    std::vector<at::Tensor> values;
    values.reserve(count);
    for (int64_t index = 0; index < count; ++index) values.push_back(tensors[index]->value);
    return values;
}

at::Device device(int32_t device) {
    TORCH_CHECK(device == ts_cpu || device == ts_cuda, "no device ", device);
    if (device == ts_cpu) return at::kCPU;
    // Each process of a machine has a card of its own; torchrun numbers them.
    const char *rank = std::getenv("LOCAL_RANK");
    return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(rank == nullptr ? 0 : std::atoi(rank)));
}

bool composed() { return use_composed; }

uint32_t next_dropout_key() {
    // SplitMix64 of seed and call.
    uint64_t z = dropout_seed + ++dropout_calls * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return static_cast<uint32_t>(z >> 32);
}

}  // namespace shim

using shim::give;
using shim::guarded;

ts_status ts_error_message(char *message, int64_t capacity) {
    if (capacity < 1) return 1;
    std::strncpy(message, shim::last_error.c_str(), capacity);
    message[capacity - 1] = 0;
    return 0;
}

ts_status ts_version(int64_t *version) {
    *version = TORCH_VERSION_MAJOR * 10000 + TORCH_VERSION_MINOR * 100 + TORCH_VERSION_PATCH;
    return 0;
}

ts_status ts_cuda_is_available(bool *available) {
    return guarded([&] { *available = at::hasCUDA(); });
}

ts_status ts_has_bfloat16_products(bool *available) {
    *available = false;
#if defined(__x86_64__)
    // What the system does not let programs use is not counted: AMX comes with AVX-512 only.
    if (!__builtin_cpu_supports("avx512f")) return 0;
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) *available = edx >> 22 & 1;
    if (__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) *available = *available || (eax >> 5 & 1);
#endif
    return 0;
}

ts_status ts_set_threads(int64_t threads) {
    return guarded([&] { at::set_num_threads(static_cast<int>(threads)); });
}

ts_status ts_seed(uint64_t seed) {
    return guarded([&] {
        at::manual_seed(seed);
        shim::dropout_seed = seed;
        shim::dropout_calls = 0;
    });
}

ts_status ts_set_autocast(bool enabled, int32_t device, bool *before) {
    return guarded([&] {
        const auto type = shim::device(device).type();
        *before = at::autocast::is_autocast_enabled(type);
        if (*before == enabled) return;
        at::autocast::set_autocast_enabled(type, enabled);
        at::autocast::set_autocast_dtype(type, at::kBFloat16);
        at::autocast::clear_cache();
    });
}

ts_status ts_set_recording(bool enabled, bool *before) {
    return guarded([&] {
        *before = at::GradMode::is_enabled();
        at::GradMode::set_enabled(enabled);
    });
}

ts_status ts_set_composed(bool composed) {
    shim::use_composed = composed;
    return 0;
}

ts_status ts_release(ts_ref tensor) {
    return guarded([&] { delete tensor; });
}

ts_status ts_from_floats(
    ts_ref *out, const float *elements, const int64_t *shape, int32_t rank, int32_t device) {
    return guarded([&] {
        auto tensor = at::empty(at::IntArrayRef(shape, rank), at::kFloat);
        std::memcpy(tensor.mutable_data_ptr(), elements, tensor.nbytes());
        give(out, tensor.to(shim::device(device)));
    });
}

ts_status ts_from_int64(
    ts_ref *out, const int64_t *elements, const int64_t *shape, int32_t rank, int32_t device) {
    return guarded([&] {
        auto tensor = at::empty(at::IntArrayRef(shape, rank), at::kLong);
        std::memcpy(tensor.mutable_data_ptr(), elements, tensor.nbytes());
        give(out, tensor.to(shim::device(device)));
    });
}

ts_status ts_zeros(ts_ref *out, const int64_t *shape, int32_t rank, int32_t device) {
    return guarded([&] {
        give(out, at::zeros(at::IntArrayRef(shape, rank), at::TensorOptions(shim::device(device)).dtype(at::kFloat)));
    });
}

ts_status ts_copy_floats(ts_ref tensor, float *elements, int64_t count) {
    return guarded([&] { shim::copy_out(tensor->value, at::kFloat, elements, count); });
}

ts_status ts_copy_doubles(ts_ref tensor, double *elements, int64_t count) {
    return guarded([&] { shim::copy_out(tensor->value, at::kDouble, elements, count); });
}

ts_status ts_copy_int64(ts_ref tensor, int64_t *elements, int64_t count) {
    return guarded([&] { shim::copy_out(tensor->value, at::kLong, elements, count); });
}

ts_status ts_rank(ts_ref tensor, int32_t *rank) {
    return guarded([&] { *rank = static_cast<int32_t>(tensor->value.dim()); });
}

ts_status ts_shape(ts_ref tensor, int64_t *shape, int32_t rank) {
    return guarded([&] {
        TORCH_CHECK(tensor->value.dim() == rank, tensor->value.dim(), " dimensions, room for ", rank);
        for (int32_t index = 0; index < rank; ++index) shape[index] = tensor->value.size(index);
    });
}

ts_status ts_detach(ts_ref *out, ts_ref tensor) {
    return guarded([&] { give(out, tensor->value.detach()); });
}

ts_status ts_to_type(ts_ref *out, ts_ref tensor, int32_t type) {
    return guarded([&] { give(out, tensor->value.to(shim::scalar_type(type))); });
}

ts_status ts_assign(ts_ref tensor, ts_ref source) {
    return guarded([&] {
        at::NoGradGuard unrecorded;
        TORCH_CHECK(
            tensor->value.sizes() == source->value.sizes(), "shapes ", tensor->value.sizes(), " and ",
            source->value.sizes());
        tensor->value.copy_(source->value);
    });
}

ts_status ts_require_gradient(ts_ref tensor) {
    return guarded([&] { tensor->value.requires_grad_(true); });
}

ts_status ts_backward(ts_ref loss) {
    return guarded([&] { loss->value.backward(); });
}

ts_status ts_gradient(ts_ref *out, ts_ref tensor) {
    return guarded([&] {
        const auto &gradient = tensor->value.grad();
        *out = nullptr;
        if (gradient.defined()) give(out, gradient);
    });
}

ts_status ts_clear_gradients(const ts_ref *tensors, int64_t count) {
    return guarded([&] {
        for (int64_t index = 0; index < count; ++index) tensors[index]->value.mutable_grad() = at::Tensor();
    });
}
