// SPDX-License-Identifier: Apache-2.0
/* AVX-512 with products of bfloat16 pairs, which maps of bfloat16 are summed by; floats are computed as in training_avx512.c. */
#include "training_levels.h"

#ifdef __x86_64__
#include <immintrin.h>
#define LEVEL cp_avx512bf16
#define NAME(symbol) ck_avx512bf16_##symbol
#define GRADIENT_BLOCKS 2
#define GRADIENT_DEPTH 8
#define ROUND(value) (halves)_mm512_cvtneps_pbh(value)
#define DOT(sum, pair, weights) (sum) = _mm512_dpbf16_ps(sum, (__m512bh)(pair), (__m512bh)(weights))
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma"))), apply_to = function)
#pragma clang fp contract(fast)
#include "training.inc"
#pragma clang attribute pop
#endif
