// SPDX-License-Identifier: Apache-2.0
/* What every processor of the build's architecture has. SSE2 on x86-64: 16 registers of 4 floats; 2 pixels × 16 channels are 8 sums.
 * NEON on aarch64: 32 of them and a fused multiply-add; 6 pixels are 24 sums beside the 4 registers of weights. */
#include "levels.h"

#define LEVEL cp_baseline
#define NAME(symbol) ck_baseline_##symbol
#define BLOCKS 1
#ifdef __aarch64__
#define WIDEST 6
#define FLAT
#define EVERY(X) X(1) X(2) X(3) X(4) X(5) X(6)
#else
#define WIDEST 2
#define EVERY(X) X(1) X(2)
#endif
#pragma clang fp contract(fast)
#include "kernels.inc"
