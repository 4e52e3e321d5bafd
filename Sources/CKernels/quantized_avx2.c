// SPDX-License-Identifier: Apache-2.0
/* AVX2, whose `vpmaddubsw` sums two products of bytes in 16 bits, and saturates; not here, since the two weights that it takes
 * together are at most 128 (CQuantized.h): 255 · 128 = 32640. 5 pixels × 16 channels are 10 of the 16 registers. */
#include "quantized_levels.h"

#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "quantized_store_avx2.inc"
#include "quantized_elements.inc"

#define LEVEL ck_quantized_avx2
#define NAME(symbol) ck_avx2_##symbol
#define BLOCKS 1
#define WIDEST 5
#define EVERY(X) X(1) X(2) X(3) X(4) X(5)

/* sum[8 channels] += what pairs of 16 bits make, added up in twos. */
INLINE void add_pairs(integers *sum, const int half, __m256i values, __m256i weights)
{
    __m256i *halves = (__m256i *)sum;
    halves[half] = _mm256_add_epi32(halves[half], _mm256_madd_epi16(values, weights));
    /* Or the compiler would add products to each other first, and no registers be left for the sums. */
    __asm__("" : "+x"(halves[half]));
}

#include "quantized_words_avx2.inc"

INLINE void accumulate(
    integers *sum, const unsigned char *input, const long *pixel, struct weights_of weights, long place,
    const int columns, const int blocks)
{
    (void)blocks;
    const __m256i ones = _mm256_set1_epi16(1);
    const __m256i *weight = (const __m256i *)(weights.first + place * ck_lanes * ck_lanes);
    UNROLLED for (int quad = 0; quad < ck_quads; quad++) {
        const __m256i low = weight[2 * quad], high = weight[2 * quad + 1];
        UNROLLED for (int i = 0; i < columns; i++) {
            const __m256i four = _mm256_set1_epi32(*(const int *)(input + pixel[i] + quad * ck_quad));
            add_pairs(&sum[i], 0, _mm256_maddubs_epi16(four, low), ones);
            add_pairs(&sum[i], 1, _mm256_maddubs_epi16(four, high), ones);
        }
    }
}

#include "quantized.inc"
#include "quantized_winograd.inc"

const struct ck_quantized_kernels NAME(quantized_kernels) = {
    .level = LEVEL,
    .convolve = convolve,
    .convolve_tiles = convolve_tiles,
    .convolve_image = convolve_image,
    .words = words,
    .pool_maximum = pool_maximum,
};
#pragma clang attribute pop
#endif
