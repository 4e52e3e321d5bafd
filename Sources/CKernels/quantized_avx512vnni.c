// SPDX-License-Identifier: Apache-2.0
/* AVX-512 with products of bytes: 64 an instruction. 8 pixels × 32 channels are 16 sums, twice as many as two instructions a
 * cycle need that wait four for each other. More would fit; Zen 5 is no faster with 12 pixels, and by a third slower with 14. */
#include "quantized_levels.h"

#include <stddef.h>

#ifdef __x86_64__
#include <immintrin.h>
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma"))), apply_to = function)

/* Rounds as MXCSR says, which is to the nearest; what exceeds a byte, or an integer, becomes 255. */
#define STORE_BYTES(to, value) \
    _mm_store_si128( \
        (__m128i *)(to), \
        _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(_mm512_max_ps((__m512)(value), _mm512_setzero_ps()))))

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

enum {
    /* Weights are asked for so many bytes ahead: a page, where the processor's own prefetching ends. */
    prefetched = 4096,
    line_bytes = 64,
};

struct weights_of {
    const signed char *first;
    long next_block;
};

INLINE struct weights_of weights_at(const struct ck_quantized_convolution *c, long block, long block_bytes)
{
    return (struct weights_of){c->weights + block * block_bytes, block_bytes};
}

/* sum[pixel][block][output] += Σ of four inputs · weights, for each of the four quads of a plane. */
INLINE void accumulate(
    integers *sum, const unsigned char *input, const long *pixel, const struct weights_of weights, long place,
    const int columns, const int blocks)
{
    const signed char *first = weights.first + place * ck_lanes * ck_lanes;
    UNROLLED for (int quad = 0; quad < ck_quads; quad++) {
        __m512i weight[BLOCKS];
        UNROLLED for (int b = 0; b < blocks; b++) {
            const signed char *line = first + b * weights.next_block + quad * line_bytes;
            weight[b] = _mm512_load_si512(line);
            __builtin_prefetch(line + prefetched);
        }
        UNROLLED for (int i = 0; i < columns; i++) {
            const __m512i four = _mm512_set1_epi32(*(const int *)(input + pixel[i] + quad * ck_quad));
            UNROLLED for (int b = 0; b < blocks; b++)
                sum[i * BLOCKS + b] = (integers)_mm512_dpbusd_epi32((__m512i)sum[i * BLOCKS + b], four, weight[b]);
        }
    }
}

/* sum += a · b, pairs of 16 bits added up. Clang makes a product and a sum of its own intrinsic where both are in registers. */
INLINE void add_pairs(integers *sum, __m512i a, __m512i b)
{
    __asm__("vpdpwssd %2, %1, %0" : "+v"(*sum) : "v"(a), "v"(b));
}

/* The same of two values of 16 bits, for each of a row's pairs. */
INLINE void accumulate_words(
    integers *sum, const unsigned char *input, const struct weights_of weights, long row, const int columns,
    const int blocks)
{
    const signed char *line = weights.first + row * ck_image_pairs * line_bytes;
    for (long pair = 0; pair < ck_image_pairs; pair++) {
        __m512i weight[BLOCKS];
        UNROLLED for (int b = 0; b < blocks; b++) weight[b] = _mm512_load_si512(line + b * weights.next_block);
        UNROLLED for (int i = 0; i < columns; i++) {
            const __m512i two = _mm512_set1_epi32(two_words(input + i * image_step));
            UNROLLED for (int b = 0; b < blocks; b++) add_pairs(&sum[i * BLOCKS + b], two, weight[b]);
        }
        input += 2 * sizeof(short);
        line += line_bytes;
    }
}

/* products[tile] = Σ over channels of transformed inputs · weights, at one place.
 * Inputs: [plane][tile][16], planes at `next`; weights: [plane][8 pairs][16][2]. */
INLINE void accumulate_pairs(
    const short *input, long next, const short *weights, long planes, int *products, const int columns)
{
    integers sum[MOST_TILES];
    UNROLLED for (int i = 0; i < columns; i++) sum[i] = (integers)0;
    for (long plane = 0; plane < planes; plane++) {
        UNROLLED for (int pair = 0; pair < ck_lanes / 2; pair++) {
            const __m512i weight = _mm512_load_si512(weights + pair * 2 * ck_lanes);
            UNROLLED for (int i = 0; i < columns; i++) {
                const __m512i two = _mm512_set1_epi32(((const int *)(input + i * ck_lanes))[pair]);
                sum[i] = (integers)_mm512_dpwssd_epi32((__m512i)sum[i], weight, two);
            }
        }
        weights += ck_lanes * ck_lanes;
        input += next;
    }
    UNROLLED for (int i = 0; i < columns; i++) *(integers *)(products + i * ck_lanes) = sum[i];
}

#include "quantized.inc"
#include "quantized_winograd.inc"

const struct ck_quantized_kernels NAME(quantized_kernels) = {
    .level = LEVEL,
    .convolve = convolve,
    .convolve_tiles = convolve_tiles,
    .fewest_tiles = 25,
    .convolve_image = convolve_image,
    .words = words,
    .pool_maximum = pool_maximum,
};
#pragma clang attribute pop
#endif
