// SPDX-License-Identifier: Apache-2.0
/* The kernels of each level that this machine carries. This file is compiled for the baseline, so it runs anywhere. */
#include "levels.h"

#include <stddef.h>

const struct ck_kernels *ck_kernels_at(enum cp_level level)
{
    if (!cp_has(level)) return NULL;
#ifdef __x86_64__
    if (level == cp_avx512bf16) return &ck_avx512bf16_kernels;
    if (level == cp_avx512) return &ck_avx512_kernels;
    if (level == cp_avx2 || level == cp_avx2vnni) return &ck_avx2_kernels;
#endif
    return &ck_baseline_kernels;
}
