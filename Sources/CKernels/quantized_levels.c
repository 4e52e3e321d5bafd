// SPDX-License-Identifier: Apache-2.0
/* Which levels this machine carries. This file is compiled for the baseline, so it runs anywhere. */
#include "quantized_levels.h"

#include <stddef.h>

static bool has(enum ck_quantized_level level)
{
    switch (level) {
    case ck_quantized_baseline: return true;
    case ck_quantized_avx2: return ck_kernels_at(cp_avx2) != NULL;
    case ck_quantized_avx2vnni: return ck_kernels_at(cp_avx2vnni) != NULL;
#ifdef __x86_64__
    case ck_quantized_avx512vnni:
    case ck_quantized_avx512vnni_wide:
        return ck_kernels_at(cp_avx512) != NULL && __builtin_cpu_supports("avx512vnni");
#endif
    default: return false;
    }
}

/* Tiles of as many pixels as fit the registers, which AMD's processors don't like. */
static bool prefers_wide_tiles(void)
{
#ifdef __x86_64__
    return __builtin_cpu_is("intel");
#else
    return false;
#endif
}

/* Processors with AVX-512 and without its byte products (before 2019) take AVX2's kernels. */
enum ck_quantized_level ck_quantized_level_of(enum cp_level level)
{
    if (level >= cp_avx512 && has(ck_quantized_avx512vnni))
        return prefers_wide_tiles() ? ck_quantized_avx512vnni_wide : ck_quantized_avx512vnni;
    if (level >= cp_avx2vnni && has(ck_quantized_avx2vnni)) return ck_quantized_avx2vnni;
    return level >= cp_avx2 ? ck_quantized_avx2 : ck_quantized_baseline;
}

const struct ck_quantized_kernels *ck_quantized_kernels_at(enum ck_quantized_level level)
{
    if (!has(level)) return NULL;
#ifdef __x86_64__
    if (level == ck_quantized_avx512vnni_wide) return &ck_avx512vnni_wide_quantized_kernels;
    if (level == ck_quantized_avx512vnni) return &ck_avx512vnni_quantized_kernels;
    if (level == ck_quantized_avx2vnni) return &ck_avx2vnni_quantized_kernels;
    if (level == ck_quantized_avx2) return &ck_avx2_quantized_kernels;
#endif
    return &ck_baseline_quantized_kernels;
}
