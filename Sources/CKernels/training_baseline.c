// SPDX-License-Identifier: Apache-2.0
/* What every processor of the build's architecture has: 16 registers of 4 floats; 16 outputs × 2 inputs are 8 sums. */
#include "training_levels.h"

#define LEVEL cp_baseline
#define NAME(symbol) ck_baseline_##symbol
#define GRADIENT_BLOCKS 1
#define GRADIENT_DEPTH 2
#pragma clang fp contract(fast)
#include "training.inc"
