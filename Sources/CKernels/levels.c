/* Which level this machine carries. This file is compiled for the baseline, so it runs anywhere. */
#include "levels.h"

#include <stddef.h>

enum ck_level ck_best_level(void)
{
#ifdef __x86_64__
    /* The compiler's runtime asks CPUID, and XGETBV for the registers that the operating system saves. */
    __builtin_cpu_init();
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return ck_avx512;
    if (has_avx2) return ck_avx2;
#endif
    return ck_baseline;
}

const struct ck_kernels *ck_kernels_at(enum ck_level level)
{
    if (level > ck_best_level()) return NULL;
#ifdef __x86_64__
    if (level == ck_avx512) return &ck_avx512_kernels;
    if (level == ck_avx2) return &ck_avx2_kernels;
#endif
    return level == ck_baseline ? &ck_baseline_kernels : NULL;
}
