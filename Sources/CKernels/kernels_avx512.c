// SPDX-License-Identifier: Apache-2.0
/* AVX-512: 32 registers of 16 floats; 14 pixels × 32 channels are 28 sums, and ResNet's maps are 7·2ⁿ pixels wide. */
#include "levels.h"

#ifdef __x86_64__
#define LEVEL cp_avx512
#define NAME(symbol) ck_avx512_##symbol
#define BLOCKS 2
#define WIDEST 14
#define EVERY(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#define PAIRED 7
#define PANEL_BLOCKS 4
#define PANEL_PIXELS 6
#define EVERY_IN_PANEL(X) X(1) X(2) X(3) X(4) X(5) X(6)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#pragma clang fp contract(fast)
#include "kernels.inc"
#pragma clang attribute pop
#endif
