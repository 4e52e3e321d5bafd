// SPDX-License-Identifier: Apache-2.0
/* AVX2 with fused multiply-add: 16 registers of 8 floats; 6 pixels × 16 channels are 12 sums. */
#include "levels.h"

#ifdef __x86_64__
#define LEVEL cp_avx2
#define NAME(symbol) ck_avx2_##symbol
#define BLOCKS 1
#define WIDEST 6
#define FLAT
#define PLANES_AHEAD 2
#define EVERY(X) X(1) X(2) X(3) X(4) X(5) X(6)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#pragma clang fp contract(fast)
#include "kernels.inc"
#pragma clang attribute pop
#endif
