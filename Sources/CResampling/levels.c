// SPDX-License-Identifier: Apache-2.0
/* This file is compiled for the baseline, so it runs anywhere. */
#include "levels.h"

const struct cr_kernels *cr_kernels_at(enum cr_level level)
{
#ifdef __x86_64__
    if (level == cr_avx512) return &cr_avx512_kernels;
    if (level == cr_avx2) return &cr_avx2_kernels;
#endif
    (void)level;
    return &cr_baseline_kernels;
}
