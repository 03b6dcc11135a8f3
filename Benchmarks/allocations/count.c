/*
 * Counts the allocations of a program, and how many of them oneDNN makes: to be loaded before the C library.
 *
 *     cc -O2 -shared -fPIC Benchmarks/allocations/count.c -o /tmp/count.so
 *     LD_PRELOAD=/tmp/count.so PROGRAM …
 *
 * An allocation is oneDNN's when one of the 12 innermost frames of its stack lies in libdnnl. When the program ends, it writes
 * "allocations ONEDNN OTHERS" to standard error. `run.sh` beside this file counts the passes of an encoder.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_ulong by_onednn, by_others;
static _Thread_local int counting;

static void count(void) {
    if (counting) return;  // what looks at the stack may allocate, too
    counting = 1;
    void *frames[12];
    int depth = backtrace(frames, 12), found = 0;
    for (int i = 1; i < depth && !found; i++) {
        Dl_info info;
        found = dladdr(frames[i], &info) && info.dli_fname && strstr(info.dli_fname, "libdnnl");
    }
    atomic_fetch_add(found ? &by_onednn : &by_others, 1);
    counting = 0;
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void *malloc(size_t size) {
    NEXT(malloc);
    count();
    return next(size);
}

void *realloc(void *old, size_t size) {
    NEXT(realloc);
    count();
    return next(old, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    NEXT(posix_memalign);
    count();
    return next(result, alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    NEXT(aligned_alloc);
    count();
    return next(alignment, size);
}

__attribute__((destructor)) static void report(void) {
    char text[80];
    int length = snprintf(text, sizeof text, "allocations %lu %lu\n", by_onednn, by_others);
    if (write(2, text, length) < 0) _exit(1);
}
