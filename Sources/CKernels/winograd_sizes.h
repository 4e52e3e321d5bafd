// SPDX-License-Identifier: Apache-2.0
/* What is common to all that cuts a Winograd convolution into parts: how many tiles, places and floats there are. */
#ifndef CK_WINOGRAD_SIZES_H
#define CK_WINOGRAD_SIZES_H

#include "parts.h"

/* Sums of the widest tile; see kernels.inc. */
enum { most_sums = 28 };

/* In either direction: outputs of a tile, places that they are computed from, and places whose weights differ. */
static const struct {
    long outputs, points, lines;
} tiles[ck_winograd_tiles] = {
    [ck_winograd_two] = {2, 4, 4}, [ck_winograd_three] = {3, 5, 5}, [ck_winograd_four] = {4, 6, 6},
    [ck_strided_two] = {2, 5, 4},  [ck_strided_four] = {4, 9, 6},  [ck_image_four] = {.outputs = 4},
};

static inline long places_of(enum ck_winograd_tile tile) { return tiles[tile].points * tiles[tile].points; }

/* An image's are as wide as it is. */
static inline long tiles_of(const struct ck_winograd *w)
{
    const long outputs = tiles[w->tile].outputs;
    const long columns = w->tile == ck_image_four ? 1 : quotient_up(w->width, outputs);
    return w->images * quotient_up(w->height, outputs) * columns;
}

static inline long transformed_floats(const struct ck_winograd *w)
{
    if (w->tile == ck_image_four) {
        const long columns = 2 * (w->width - 1) + ck_image_kernel;
        return quotient_up(ck_image_lines * ck_image_channels * columns, ck_lanes) * ck_lanes;
    }
    return places_of(w->tile) * w->chunk * ck_lanes * w->input_planes;
}

static inline long products_floats(const struct ck_winograd *w, long blocks)
{
    if (w->tile == ck_image_four) return ck_image_points * most_sums * ck_lanes;
    return places_of(w->tile) * w->chunk * ck_lanes * blocks;
}

/* Of a line of matrices of an output block's weights, and of all of them. */
static inline long line_floats(const struct ck_winograd *w)
{
    return tiles[w->tile].lines * w->input_planes * ck_lanes * ck_lanes;
}

static inline long weight_floats(const struct ck_winograd *w) { return tiles[w->tile].lines * line_floats(w); }

static inline long weight_bytes(const struct ck_winograd *w) { return w->output_blocks * weight_floats(w) * (long)sizeof(float); }

#endif
