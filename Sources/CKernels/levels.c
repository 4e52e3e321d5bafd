// SPDX-License-Identifier: Apache-2.0
/* Which levels this machine carries. This file is compiled for the baseline, so it runs anywhere. */
#include "levels.h"

#include <stddef.h>

/* The compiler's runtime asks CPUID, and XGETBV for the registers that the operating system saves. */
static bool has(enum ck_level level)
{
    if (level == ck_baseline) return true;
#ifdef __x86_64__
    __builtin_cpu_init();
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == ck_avx2) return has_avx2;
    const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (level == ck_avx512) return has_avx512;
    return has_avx512 && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

/* Intel's processors do a bfloat16 product of pairs every second cycle where they do two multiplications of floats in
 * each (measured on Sapphire Rapids: 86 against 175 GFLOP/s a core); AMD's do it at twice the floats' speed. */
static bool is_fast(enum ck_level level)
{
#ifdef __x86_64__
    if (level == ck_avx512bf16) return __builtin_cpu_is("amd");
#endif
    (void)level;
    return true;
}

enum ck_level ck_best_level(void)
{
    enum ck_level level = ck_avx512bf16;
    while (!has(level) || !is_fast(level)) level--;
    return level;
}

const struct ck_kernels *ck_kernels_at(enum ck_level level)
{
    if (!has(level)) return NULL;
#ifdef __x86_64__
    if (level == ck_avx512bf16) return &ck_avx512bf16_kernels;
    if (level == ck_avx512) return &ck_avx512_kernels;
    if (level == ck_avx2) return &ck_avx2_kernels;
#endif
    return &ck_baseline_kernels;
}
