// SPDX-License-Identifier: Apache-2.0
/* What every processor of the build's architecture has: SSE2 on x86-64, NEON on aarch64. 16 registers of 4 floats. */
#include "levels.h"

#define LEVEL ck_baseline
#define NAME(symbol) ck_baseline_##symbol
#define BLOCKS 1
#define WIDEST 2
#define WIDTHS(X) X(2) X(1)
#define EVERY(X) X(1) X(2)
#pragma clang fp contract(fast)
#include "kernels.inc"
