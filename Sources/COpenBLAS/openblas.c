// SPDX-License-Identifier: Apache-2.0
#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

/* The enumerators of CBLAS (BLAS Technical Forum Standard, appendix B). */
enum { row_major = 101, not_transposed = 111 };

/* `int` is what a BLAS of 32-bit sizes takes; Debian's libopenblas0 is one. */
static void (*sgemm)(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int row_a,
    const float *b, int row_b, float beta, float *c, int row_c);
static const char *(*core_name)(void);

static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The name of the kernels that OpenBLAS has for this processor's instructions. Left alone, a release takes processors that
 * are newer than itself for the oldest of all: 0.3.21 takes a Zen 4 for a Prescott. */
static const char *suitable_core(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512cd"))
        return "SkylakeX";
    if (has_avx2) return "Haswell";
    if (__builtin_cpu_supports("avx")) return "Sandybridge";
    if (__builtin_cpu_supports("sse4.2")) return "Nehalem";
#endif
    return NULL;
}

/* OpenBLAS reads its environment once, while it is loaded. What a person has set stays. */
static void load(void)
{
    const char *core = suitable_core();
    if (core) setenv("OPENBLAS_CORETYPE", core, 0);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    sgemm = dlsym(library, "cblas_sgemm");
    core_name = dlsym(library, "openblas_get_corename");
    loaded = sgemm && core_name;
}

bool co_load(void)
{
    pthread_once(&once, load);
    return loaded;
}

void co_multiply(
    int m, int n, int k, const float *a, int row_a, const float *b, int row_b, float *c, int row_c)
{
    sgemm(row_major, not_transposed, not_transposed, m, n, k, 1, a, row_a, b, row_b, 0, c, row_c);
}

const char *co_core_name(void) { return core_name(); }

bool co_has_wide_registers(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx");
#else
    return true;
#endif
}
