// SPDX-License-Identifier: Apache-2.0
/* AVX-512: 16 sums in a register. */
#include "levels.h"

#ifdef __x86_64__
#define NAME(symbol) cr_avx512_##symbol
#define TAPS 4
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2"))), apply_to = function)
#include "rows.inc"
#pragma clang attribute pop
#endif
