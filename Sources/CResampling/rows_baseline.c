// SPDX-License-Identifier: Apache-2.0
/* What every processor of the build's architecture has: SSE2 on x86-64, NEON on aarch64. */
#include "levels.h"

#define NAME(symbol) cr_baseline_##symbol
#define TAPS 1
#include "rows.inc"
