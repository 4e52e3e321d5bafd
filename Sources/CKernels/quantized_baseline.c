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

INLINE struct weights_of weights_at(const struct ck_quantized_convolution *c, long block)
{
    return (struct weights_of){
        c->weights + block * c->input_planes * c->kernel * c->kernel * ck_lanes * ck_lanes};
}

INLINE void accumulate(
    integers *sum, const unsigned char *input, struct weights_of weights, long place, const int columns,
    const int blocks, const int step)
{
    (void)blocks;
    const signed char *weight = weights.first + place * ck_lanes * ck_lanes;
    for (int quad = 0; quad < ck_quads; quad++) {
        for (int lane = 0; lane < ck_quad; lane++) {
            integers row;
            UNROLLED for (int o = 0; o < ck_lanes; o++) row[o] = weight[(quad * ck_lanes + o) * ck_quad + lane];
            UNROLLED for (int i = 0; i < columns; i++) sum[i] += row * (int)input[i * step + quad * ck_quad + lane];
        }
    }
}

#include "quantized.inc"

const struct ck_quantized_kernels NAME(quantized_kernels) = {
    .level = LEVEL,
    .convolve = convolve,
    .convolve_tiles = NULL,
    .pool_maximum = pool_maximum,
};
