// SPDX-License-Identifier: Apache-2.0
/* AVX-512 with products of bytes: 64 an instruction. 8 pixels × 32 channels are 16 sums, twice as many as two instructions a
 * cycle need that wait four for each other. More would fit; Zen 5 is no faster with 12 pixels, and by a third slower with 14:
 * Intel's processors take quantized_avx512vnni_wide.c. */
#include "quantized_levels.h"

#include <stddef.h>

#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma"))), apply_to = function)

#include "quantized_store_avx512.inc"
#include "quantized_elements.inc"

#define LEVEL ck_quantized_avx512vnni
#define NAME(symbol) ck_avx512vnni_##symbol
#define BLOCKS 2
#define WIDEST 8
/* A tile of 5 or 6 pixels waits for its own sums. */
#define FLAT 13
#define EVERY(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8)
/* Of one block, so that more of them meet a line of weights. */
#define MOST_TILES 14
#define EVERY_TILES(X) EVERY(X) X(9) X(10) X(11) X(12) X(13) X(14)

#include "quantized_products_avx512.inc"
#include "quantized.inc"
#include "quantized_winograd.inc"

void ck_avx512vnni_convolve_tiles(const struct ck_quantized_convolution *c, const struct ck_quantized_part *part)
{
    convolve_tiles(c, part);
}

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
