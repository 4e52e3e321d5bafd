// SPDX-License-Identifier: Apache-2.0
/* AVX2 with fused multiply-add: 16 registers of 8 floats; 16 outputs × 4 inputs are 8 sums. */
#include "training_levels.h"

#ifdef __x86_64__
#define LEVEL cp_avx2
#define NAME(symbol) ck_avx2_##symbol
#define GRADIENT_BLOCKS 1
#define GRADIENT_DEPTH 4
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#pragma clang fp contract(fast)
#include "training.inc"
#pragma clang attribute pop
#endif
