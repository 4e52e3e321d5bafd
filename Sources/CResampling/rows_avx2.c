// SPDX-License-Identifier: Apache-2.0
/* AVX2: 8 sums in a register, and a multiplication of 32-bit integers, which SSE2 lacks. */
#include "levels.h"

#ifdef __x86_64__
#define NAME(symbol) cr_avx2_##symbol
#define TAPS 2
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "rows.inc"
#pragma clang attribute pop
#endif
