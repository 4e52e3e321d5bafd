// SPDX-License-Identifier: Apache-2.0
/* The table of each level, defined by its own file. */
#ifndef CK_QUANTIZED_LEVELS_H
#define CK_QUANTIZED_LEVELS_H

#include "CQuantized.h"

extern const struct ck_quantized_kernels ck_baseline_quantized_kernels;
#ifdef __x86_64__
extern const struct ck_quantized_kernels ck_avx2_quantized_kernels;
extern const struct ck_quantized_kernels ck_avx2vnni_quantized_kernels;
extern const struct ck_quantized_kernels ck_avx512vnni_quantized_kernels;
extern const struct ck_quantized_kernels ck_avx512vnni_wide_quantized_kernels;

/* One level's Winograd tiles do for the other. */
void ck_avx512vnni_convolve_tiles(const struct ck_quantized_convolution *c, const struct ck_quantized_part *part);
#endif

#endif
