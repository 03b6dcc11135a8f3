// The processes that train together, through libtorch's c10d.
#include "Shim.hpp"

using shim::guarded;

namespace shim {
void all_reduce(at::Tensor &) {}
int64_t world_size() { return 1; }
}  // namespace shim

ts_status ts_join(int32_t, int32_t, const char *, int32_t, bool, int32_t, int64_t) {
    return guarded([&] { TORCH_CHECK(false, "not yet"); });
}
ts_status ts_leave(void) { return 0; }
ts_status ts_barrier(void) { return 0; }
ts_status ts_all_reduce(ts_ref tensor) {
    return guarded([&] { shim::all_reduce(tensor->value); });
}
ts_status ts_sum_gradients(const ts_ref *, int64_t) { return 0; }
