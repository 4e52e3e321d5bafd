// SPDX-License-Identifier: Apache-2.0
/* AVX-512: 32 registers of 16 floats; 32 outputs × 8 inputs are 16 sums, two chains for each of the latencies to hide. */
#include "training_levels.h"

#ifdef __x86_64__
#define LEVEL cp_avx512
#define NAME(symbol) ck_avx512_##symbol
#define GRADIENT_BLOCKS 2
#define GRADIENT_DEPTH 8
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#pragma clang fp contract(fast)
#include "training.inc"
#pragma clang attribute pop
#endif
