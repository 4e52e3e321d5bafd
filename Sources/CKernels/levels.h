// SPDX-License-Identifier: Apache-2.0
/* The table of each level, defined by its own file. */
#ifndef CK_LEVELS_H
#define CK_LEVELS_H

#include "CKernels.h"

#include <stddef.h>

extern const struct ck_kernels ck_baseline_kernels;
#ifdef __x86_64__
extern const struct ck_kernels ck_avx2_kernels;
extern const struct ck_kernels ck_avx512_kernels;
extern const struct ck_kernels ck_avx512bf16_kernels;
#endif

#endif
