// The processes that train together, through libtorch's c10d.
#define USE_C10D_GLOO
#include "Shim.hpp"

#include <ATen/Functions.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#ifdef SHIM_NCCL
#define USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

using shim::guarded;

namespace {

/// Gloo among processors, NCCL among graphics cards.
c10::intrusive_ptr<c10d::Backend> group;
/// Where it wants what it exchanges.
at::Device place = at::kCPU;

c10::intrusive_ptr<c10d::Backend> among_cards(
    const c10::intrusive_ptr<c10d::Store> &store, int32_t rank, int32_t world, std::chrono::seconds timeout) {
#ifdef SHIM_NCCL
    // A process that waits for one that is gone gets an error, not the end of the program by another thread.
    setenv("TORCH_NCCL_BLOCKING_WAIT", "1", 0);
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = timeout;
    return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, world, options);
#else
    TORCH_CHECK(false, "several graphics cards need a libtorch with CUDA, and the headers of CUDA and NCCL when this is built");
#endif
}

}  // namespace

namespace shim {

int64_t world_size() { return group ? group->getSize() : 1; }

void all_reduce(at::Tensor &tensor) {
    if (!group) return;
    at::NoGradGuard unrecorded;
    std::vector<at::Tensor> elements{tensor.to(place).contiguous()};
    group->allreduce(elements, c10d::AllreduceOptions())->wait();
    tensor.copy_(elements[0]);
}

}  // namespace shim

ts_status ts_join(
    int32_t rank, int32_t world, const char *address, int32_t port, bool store_is_served, int32_t device,
    int64_t timeout_seconds) {
    return guarded([&] {
        TORCH_CHECK(!group, "this process has joined already");
        c10d::TCPStoreOptions options;
        options.port = static_cast<uint16_t>(port);
        options.isServer = rank == 0 && !store_is_served;
        options.numWorkers = static_cast<size_t>(world);
        auto store = c10::make_intrusive<c10d::TCPStore>(address, options);
        // A restarted agent keeps its store: every attempt has keys of its own.
        const char *attempt = std::getenv("TORCHELASTIC_RESTART_COUNT");
        auto own = c10::make_intrusive<c10d::PrefixStore>(
            std::string("blockskim/") + (attempt == nullptr ? "0" : attempt), store);
        const std::chrono::seconds timeout(timeout_seconds);
        place = shim::device(device);
        if (device == ts_cuda) {
            group = among_cards(own, rank, world, timeout);
        } else {
            group = c10::make_intrusive<c10d::ProcessGroupGloo>(
                own, rank, world, c10d::ProcessGroupGloo::Options::create_default(timeout));
        }
    });
}

ts_status ts_leave(void) {
    return guarded([&] {
        if (group) group->shutdown();
        group.reset();
    });
}

ts_status ts_barrier(void) {
    return guarded([&] {
        auto nothing = at::zeros({1});
        shim::all_reduce(nothing);
    });
}

ts_status ts_all_reduce(ts_ref tensor) {
    return guarded([&] { shim::all_reduce(tensor->value); });
}

ts_status ts_sum_gradients(const ts_ref *tensors, int64_t count) {
    return guarded([&] {
        if (!group) return;
        at::NoGradGuard unrecorded;
        // One exchange of all elements; a gradient that is missing here may be there in another process.
        std::vector<at::Tensor> flat;
        for (int64_t index = 0; index < count; ++index) {
            const auto &tensor = tensors[index]->value;
            flat.push_back((tensor.grad().defined() ? tensor.grad() : at::zeros_like(tensor)).reshape({-1}));
        }
        auto all = at::cat(flat);
        shim::all_reduce(all);
        int64_t start = 0;
        for (int64_t index = 0; index < count; ++index) {
            auto &tensor = tensors[index]->value;
            const auto sum = all.narrow(0, start, tensor.numel()).view(tensor.sizes());
            if (tensor.grad().defined()) {
                tensor.grad().copy_(sum);
            } else {
                tensor.mutable_grad() = sum.clone();
            }
            start += tensor.numel();
        }
    });
}
