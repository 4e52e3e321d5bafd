// SPDX-License-Identifier: Apache-2.0
/* The table of each level, defined by its own file, and what files of levels and of parts agree upon. */
#ifndef CK_TRAINING_LEVELS_H
#define CK_TRAINING_LEVELS_H

#include "CTraining.h"

/* Most blocks of a struct ck_gradient_part. */
enum { ck_gradient_blocks = 4 };

extern const struct ck_training_kernels ck_baseline_training_kernels;
#ifdef __x86_64__
extern const struct ck_training_kernels ck_avx2_training_kernels;
extern const struct ck_training_kernels ck_avx512_training_kernels;
extern const struct ck_training_kernels ck_avx512bf16_training_kernels;
#endif

#endif
