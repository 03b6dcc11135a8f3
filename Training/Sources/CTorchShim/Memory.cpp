// The memory of tensors.
#include "Shim.hpp"

#include <c10/core/CPUAllocator.h>

#include <cstdlib>
#include <cstring>
#include <limits>

#ifdef __GLIBC__
#include <malloc.h>

namespace {

/// Tensors in what malloc gives, on boundaries of 64 bytes like libtorch's own.
///
/// libtorch asks posix_memalign, which looks for more room than it gives: what it gets back can be too small for the same size
/// again, and the heap grows with every length of window (`Training/README.md` has by how much, with glibc 2.36).
class AlignedMemory final : public c10::Allocator {
  public:
    c10::DataPtr allocate(size_t size) override {
        if (size == 0) return {nullptr, nullptr, release, c10::kCPU};
        char *block = size <= std::numeric_limits<size_t>::max() - boundary
            ? static_cast<char *>(std::malloc(size + boundary)) : nullptr;
        TORCH_CHECK(block, "not enough memory: a tensor of ", size, " bytes");
        // malloc's boundaries are of 16 bytes, so before the next one of 64 there is room for where the block starts.
        char *memory = block + boundary - reinterpret_cast<uintptr_t>(block) % boundary;
        std::memcpy(memory - sizeof block, &block, sizeof block);
        return {memory, memory, release, c10::kCPU};
    }

    c10::DeleterFnPtr raw_deleter() const override { return release; }

    void copy_data(void *target, const void *source, size_t size) const override {
        default_copy_data(target, source, size);
    }

  private:
    static constexpr size_t boundary = 64;

    static void release(void *memory) {
        if (!memory) return;
        char *block;
        std::memcpy(&block, static_cast<char *>(memory) - sizeof block, sizeof block);
        std::free(block);
    }
};

} // namespace
#endif

void ts_keep_memory(void) {
#ifdef __GLIBC__
    // glibc takes large tensors from the system and gives them back: every step finds its pages unmapped, and the system
    // clears them again.
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_TOP_PAD, 64 << 20);
    static AlignedMemory memory;
    c10::SetCPUAllocator(&memory, 1);
#endif
}
