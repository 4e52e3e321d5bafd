// SPDX-License-Identifier: Apache-2.0
/* AVX2, which sums products of pairs of 16 bits without loss (`vpmaddwd`); its products of bytes would saturate.
 * 6 pixels × 16 channels are 12 of the 16 registers. */
#include "quantized_levels.h"

#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

/* Rounds as MXCSR says, which is to the nearest; both narrowings saturate, the second to 0 … 255. */
static inline __attribute__((always_inline)) void store_sixteen(unsigned char *to, __m256 low, __m256 high)
{
    const __m256 most = _mm256_set1_ps(255);
    const __m256i a = _mm256_cvtps_epi32(_mm256_min_ps(low, most)), b = _mm256_cvtps_epi32(_mm256_min_ps(high, most));
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
    _mm_store_si128(
        (__m128i *)to, _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
}

#define STORE_BYTES(to, value) store_sixteen(to, ((const __m256 *)&(value))[0], ((const __m256 *)&(value))[1])

#include "quantized_elements.inc"

#define LEVEL ck_quantized_avx2
#define NAME(symbol) ck_avx2_##symbol
#define BLOCKS 1
#define WIDEST 6
#define EVERY(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define PANEL (ck_lanes * ck_lanes)

/* Eight outputs' quads, as one of the pairs of each: [16 outputs][2 inputs] are two of them. */
INLINE void widen_half(const signed char *quads, short *first_pair, short *second_pair)
{
    const __m256i order = _mm256_setr_epi8(
        0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15, 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
    const __m256i sorted = _mm256_shuffle_epi8(_mm256_load_si256((const __m256i *)quads), order);
    const __m256i pairs = _mm256_permute4x64_epi64(sorted, 0xd8);
    _mm256_store_si256((__m256i *)first_pair, _mm256_cvtepi8_epi16(_mm256_castsi256_si128(pairs)));
    _mm256_store_si256((__m256i *)second_pair, _mm256_cvtepi8_epi16(_mm256_extracti128_si256(pairs, 1)));
}

struct weights_of {
    const short *first; /* [input plane][kernel row][kernel column][8 pairs][16 outputs][2] */
};

/* A block's weights are widened once for all of the part's pixels. */
INLINE struct weights_of prepared(
    const struct ck_quantized_convolution *c, const struct ck_quantized_part *part, long block)
{
    const long quads = c->input_planes * c->kernel * c->kernel * ck_quads;
    const signed char *weights = c->weights + block * quads * ck_lanes * ck_quad;
    for (long quad = 0; quad < quads; quad++) {
        short *to = part->scratch + quad * ck_lanes * ck_quad;
        widen_half(weights + quad * ck_lanes * ck_quad, to, to + 2 * ck_lanes);
        widen_half(weights + quad * ck_lanes * ck_quad + 32, to + ck_lanes, to + 3 * ck_lanes);
    }
    return (struct weights_of){part->scratch};
}

/* sum[8 channels] += a pair's two inputs · weights. */
INLINE void add_pair(integers *sum, const int half, __m256i pair, __m256i weights)
{
    __m256i *halves = (__m256i *)sum;
    halves[half] = _mm256_add_epi32(halves[half], _mm256_madd_epi16(pair, weights));
}

/* The pixels of one place and of the next, widened: a store takes long to be loaded again. */
struct ahead {
    shorts pixels[2][WIDEST];
};

INLINE void look_ahead(
    struct ahead *ahead, const unsigned char *input, long place, const int columns, const int step)
{
    shorts *wide = ahead->pixels[place % 2];
    UNROLLED for (int i = 0; i < columns; i++)
        wide[i] = __builtin_convertvector(*(const bytes *)(input + i * step), shorts);
    /* From here on in memory, where one instruction finds a pair for all lanes. */
    __asm__ volatile("" : : "r"(wide) : "memory");
}

INLINE void accumulate(
    integers *sum, const unsigned char *input, const struct ahead *ahead, const struct weights_of weights, long place, const int columns,
    const int blocks, const int step)
{
    (void)blocks, (void)input, (void)step;
    const shorts *wide = ahead->pixels[place % 2];
    const short *first = weights.first + place * PANEL;
    /* Unrolled, products would be added to each other before they are added to sums, and no registers be left for those. */
#pragma clang loop unroll(disable)
    for (int pair = 0; pair < ck_lanes / 2; pair++) {
        const __m256i low = _mm256_load_si256((const __m256i *)(first + pair * 2 * ck_lanes));
        const __m256i high = _mm256_load_si256((const __m256i *)(first + pair * 2 * ck_lanes + ck_lanes));
        UNROLLED for (int i = 0; i < columns; i++) {
            const __m256i two = _mm256_set1_epi32(((const int *)&wide[i])[pair]);
            add_pair(&sum[i], 0, two, low);
            add_pair(&sum[i], 1, two, high);
        }
    }
}

/* products[tile] = Σ over channels of transformed inputs · weights, at one place.
 * Inputs: [plane][tile][16], planes at `next`; weights: [plane][8 pairs][16][2]. */
INLINE void accumulate_pairs(
    const short *input, long next, const short *weights, long planes, int *products, const int columns)
{
    integers sum[WIDEST];
    UNROLLED for (int i = 0; i < columns; i++) sum[i] = (integers)0;
    for (long plane = 0; plane < planes; plane++) {
#pragma clang loop unroll(disable)
        for (int pair = 0; pair < ck_lanes / 2; pair++) {
            const __m256i low = _mm256_load_si256((const __m256i *)weights);
            const __m256i high = _mm256_load_si256((const __m256i *)(weights + ck_lanes));
            weights += 2 * ck_lanes;
            UNROLLED for (int i = 0; i < columns; i++) {
                const __m256i two = _mm256_set1_epi32(((const int *)(input + i * ck_lanes))[pair]);
                add_pair(&sum[i], 0, two, low);
                add_pair(&sum[i], 1, two, high);
            }
        }
        input += next;
    }
    UNROLLED for (int i = 0; i < columns; i++) *(integers *)(products + i * ck_lanes) = sum[i];
}

#include "quantized.inc"
#include "quantized_winograd.inc"

const struct ck_quantized_kernels NAME(quantized_kernels) = {
    .level = LEVEL,
    .panel = PANEL,
    .convolve = convolve,
    .convolve_tiles = convolve_tiles,
    .pool_maximum = pool_maximum,
};
#pragma clang attribute pop
#endif
