// SPDX-License-Identifier: Apache-2.0
/* The table of each level, defined by its own file. */
#ifndef CR_LEVELS_H
#define CR_LEVELS_H

#include "CResampling.h"

extern const struct cr_kernels cr_baseline_kernels;
#ifdef __x86_64__
extern const struct cr_kernels cr_avx2_kernels;
extern const struct cr_kernels cr_avx512_kernels;
#endif

#endif
