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
#endif

#endif
