#include "kernels.h"

#if defined(__GLIBC__)
#include <malloc.h>

void blockskim_keep_freed_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 28);
    mallopt(M_TRIM_THRESHOLD, 1 << 28);
}

void blockskim_return_freed_memory(void) { malloc_trim(0); }
#else
void blockskim_keep_freed_memory(void) {}

void blockskim_return_freed_memory(void) {}
#endif
