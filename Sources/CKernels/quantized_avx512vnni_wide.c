// SPDX-License-Identifier: Apache-2.0
/* As quantized_avx512vnni.c, with tiles of 14 pixels, for Intel's processors: 44 instructions, 16 of them loads, for 28 products of
 * 64 bytes, where 8 pixels take 26 and 10 for 16. That matters most where another program has the core's other thread, and with
 * it a share of both. */
#include "quantized_levels.h"

#include <stddef.h>

#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma"))), apply_to = function)

#include "quantized_store_avx512.inc"
#include "quantized_elements.inc"

#define LEVEL ck_quantized_avx512vnni_wide
#define NAME(symbol) ck_avx512vnni_wide_##symbol
#define BLOCKS 2
#define WIDEST 14
#define EVERY(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)

#include "quantized_products_avx512.inc"
#include "quantized.inc"

const struct ck_quantized_kernels NAME(quantized_kernels) = {
    .level = LEVEL,
    .convolve = convolve,
    .convolve_tiles = ck_avx512vnni_convolve_tiles,
    .fewest_tiles = fewest_tiles,
    .convolve_image = convolve_image,
    .words = words,
    .pool_maximum = pool_maximum,
};
#pragma clang attribute pop
#endif
