// SPDX-License-Identifier: Apache-2.0
/* How a Winograd convolution is cut into parts, and the parts handed to the team. */
#include "parts.h"

enum {
    /* Weights up to this stay in a second-level cache beside a chunk's transformed inputs. */
    cached_weights_bytes = 1024 * 1024,
    /* Most tiles of a chunk where weights stay cached: a row of a 56×56 map. */
    small_chunk = 14,
    /* Most tiles of a chunk where they don't: the larger, the fewer times they come from memory. */
    large_chunk = 98,
    /* Output blocks that are computed side by side at most; see kernels.inc. */
    side_by_side = 2,
};

struct winograd_task {
    const struct ck_winograd *convolution;
    const struct ck_winograd_kernels *kernels;
    long tiles, transformed_floats, products_floats;
};

static long outputs_of(enum ck_winograd_size size) { return size == ck_winograd_two ? 2 : 4; }

static long places_of(enum ck_winograd_size size)
{
    const long points = outputs_of(size) + 2;
    return points * points;
}

static long tiles_of(const struct ck_winograd *w)
{
    const long outputs = outputs_of(w->size);
    return w->images * quotient_up(w->height, outputs) * quotient_up(w->width, outputs);
}

/* A chunk is transformed and multiplied by one thread, in that thread's own scratch. */
static void convolve_chunk(const void *context, long item, long thread)
{
    const struct winograd_task *task = context;
    const struct ck_winograd *w = task->convolution;
    float *scratch = w->scratch + thread * (task->transformed_floats + task->products_floats);
    struct ck_winograd_part part = {
        .end_block = w->input_planes,
        .first_tile = item * w->chunk,
        .end_tile = least((item + 1) * w->chunk, task->tiles),
        .transformed = scratch,
        .products = scratch + task->transformed_floats,
    };
    task->kernels->transform(w, &part);
    part.end_block = w->output_blocks;
    task->kernels->multiply(w, &part);
}

/* As many tiles as give every thread the same number of chunks, all of about the same size. */
long ck_winograd_chunk(const struct ck_winograd *w, long threads)
{
    const long weight_bytes =
        places_of(w->size) * w->input_planes * w->output_blocks * ck_lanes * ck_lanes * (long)sizeof(float);
    const long most = weight_bytes <= cached_weights_bytes ? small_chunk : large_chunk;
    const long tiles = tiles_of(w), rounds = quotient_up(tiles, most * threads);
    return quotient_up(tiles, rounds * threads);
}

long ck_winograd_scratch(const struct ck_winograd *w, long threads)
{
    return threads * places_of(w->size) * w->chunk * ck_lanes * (w->input_planes + side_by_side);
}

void ck_convolve_winograd(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_winograd *w)
{
    const long place_floats = places_of(w->size) * w->chunk * ck_lanes;
    const struct winograd_task task = {
        .convolution = w,
        .kernels = &kernels->winograd[w->size],
        .tiles = tiles_of(w),
        .transformed_floats = place_floats * w->input_planes,
        .products_floats = place_floats * side_by_side,
    };
    ck_team_run(team, quotient_up(task.tiles, w->chunk), convolve_chunk, &task);
}
