// SPDX-License-Identifier: Apache-2.0
/* AVX2 with products of bytes (Intel's AVX-VNNI): 32 an instruction, four summed in each lane, and nothing saturates. 6 pixels ×
 * 16 channels are 12 of the 16 registers, and more sums than two instructions a cycle need that wait five for each other. */
#include "quantized_levels.h"

#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)

#include "quantized_store_avx2.inc"
#include "quantized_elements.inc"

#define LEVEL ck_quantized_avx2vnni
#define NAME(symbol) ck_avx2vnni_##symbol
#define BLOCKS 1
#define WIDEST 6
#define EVERY(X) X(1) X(2) X(3) X(4) X(5) X(6)
/* A tile of 3 or 4 pixels waits for its own sums. */
#define FLAT 18

enum {
    /* Weights are asked for so many bytes ahead: a page, where the processor's own prefetching ends. */
    prefetched = 4096,
};

/* sum[8 channels] += what pairs of 16 bits make, added up in twos. */
INLINE void add_pairs(integers *sum, const int half, __m256i values, __m256i weights)
{
    __m256i *halves = (__m256i *)sum;
    /* Clang makes a product and a sum of its own intrinsic, and runs out of registers. */
    __asm__("%{vex%} vpdpwssd %2, %1, %0" : "+x"(halves[half]) : "x"(values), "x"(weights));
}

#include "quantized_words_avx2.inc"

/* sum[pixel][output] += Σ of four inputs · weights, for each of the four quads of a plane. */
INLINE void accumulate(
    integers *sum, const unsigned char *input, const long *pixel, struct weights_of weights, long place,
    const int columns, const int blocks)
{
    (void)blocks;
    const __m256i *weight = (const __m256i *)(weights.first + place * ck_lanes * ck_lanes);
    UNROLLED for (int quad = 0; quad < ck_quads; quad++) {
        const __m256i low = weight[2 * quad], high = weight[2 * quad + 1];
        __builtin_prefetch((const char *)(weight + 2 * quad) + prefetched);
        UNROLLED for (int i = 0; i < columns; i++) {
            const __m256i four = _mm256_set1_epi32(*(const int *)(input + pixel[i] + quad * ck_quad));
            __m256i *halves = (__m256i *)&sum[i];
            halves[0] = _mm256_dpbusd_avx_epi32(halves[0], four, low);
            halves[1] = _mm256_dpbusd_avx_epi32(halves[1], four, high);
        }
    }
}

#include "quantized.inc"
#include "quantized_winograd.inc"

const struct ck_quantized_kernels NAME(quantized_kernels) = {
    .level = LEVEL,
    .convolve = convolve,
    .convolve_tiles = convolve_tiles,
    .fewest_tiles = 16,
    .convolve_image = convolve_image,
    .words = words,
    .pool_maximum = pool_maximum,
};
#pragma clang attribute pop
#endif
