/* The table of each level, defined by its own file. */
#ifndef CK_TRAINING_LEVELS_H
#define CK_TRAINING_LEVELS_H

#include "CTraining.h"

extern const struct ck_training_kernels ck_baseline_training_kernels;
#ifdef __x86_64__
extern const struct ck_training_kernels ck_avx2_training_kernels;
extern const struct ck_training_kernels ck_avx512_training_kernels;
#endif

#endif
