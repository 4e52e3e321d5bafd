// SPDX-License-Identifier: Apache-2.0
/* What every processor of the build's architecture has: plain products, one after the other. */
#include "quantized_levels.h"

#include <stddef.h>

#include "quantized_elements.inc"

#define LEVEL ck_quantized_baseline
#define NAME(symbol) ck_baseline_##symbol
#define BLOCKS 1
#define WIDEST 2
#define EVERY(X) X(1) X(2)

struct weights_of {
    const signed char *first;
};

INLINE struct weights_of weights_at(const struct ck_quantized_convolution *c, long block, long block_bytes)
{
    return (struct weights_of){c->weights + block * block_bytes};
}

INLINE void accumulate(
    integers *sum, const unsigned char *input, const long *pixel, struct weights_of weights, long place,
    const int columns, const int blocks)
{
    (void)blocks;
    const signed char *weight = weights.first + place * ck_lanes * ck_lanes;
    for (int quad = 0; quad < ck_quads; quad++) {
        for (int lane = 0; lane < ck_quad; lane++) {
            integers row;
            UNROLLED for (int o = 0; o < ck_lanes; o++) row[o] = weight[(quad * ck_lanes + o) * ck_quad + lane];
            UNROLLED for (int i = 0; i < columns; i++) sum[i] += row * (int)input[pixel[i] + quad * ck_quad + lane];
        }
    }
}

INLINE void accumulate_words(
    integers *sum, const unsigned char *input, struct weights_of weights, long row, const int columns, const int blocks)
{
    (void)blocks;
    const short *weight = (const short *)weights.first + row * ck_image_pairs * 2 * ck_lanes;
    for (long pair = 0; pair < ck_image_pairs; pair++) {
        integers even, odd;
        UNROLLED for (int o = 0; o < ck_lanes; o++) {
            even[o] = weight[2 * o];
            odd[o] = weight[2 * o + 1];
        }
        UNROLLED for (int i = 0; i < columns; i++) {
            const int two = two_words(input + i * image_step);
            sum[i] += even * (int)(short)two + odd * (two >> 16);
        }
        input += 2 * sizeof(short);
        weight += 2 * ck_lanes;
    }
}

#include "quantized.inc"

const struct ck_quantized_kernels NAME(quantized_kernels) = {
    .level = LEVEL,
    .convolve = convolve,
    .convolve_tiles = NULL,
    .convolve_image = convolve_image,
    .words = words,
    .pool_maximum = pool_maximum,
};
