// SPDX-License-Identifier: Apache-2.0
/* This file is compiled for the baseline, so it runs anywhere. */
#include "CProcessor.h"

/* The compiler's runtime asks CPUID, and XGETBV for the registers that the operating system saves. */
bool cp_has(enum cp_level level)
{
    if (level == cp_baseline) return true;
#ifdef __x86_64__
    __builtin_cpu_init();
    const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == cp_avx2) return has_avx2;
    if (level == cp_avx2vnni) return has_avx2 && __builtin_cpu_supports("avxvnni");
    const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (level == cp_avx512) return has_avx512;
    return has_avx512 && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

/* Intel's processors do a bfloat16 product of pairs every second cycle where they do two multiplications of floats in
 * each (measured on Sapphire Rapids: 86 against 175 GFLOP/s a core); AMD's do it at twice the floats' speed. */
static bool is_fast(enum cp_level level)
{
#ifdef __x86_64__
    if (level == cp_avx512bf16) return __builtin_cpu_is("amd");
#endif
    (void)level;
    return true;
}

enum cp_level cp_best_level(void)
{
    enum cp_level level = cp_avx512bf16;
    while (!cp_has(level) || !is_fast(level)) level--;
    return level;
}
