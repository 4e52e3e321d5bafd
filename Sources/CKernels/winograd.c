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
    /* A chunk's transformed inputs, which all weights meet, are to stay there then, */
    cached_inputs_bytes = 768 * 1024,
    /* but no chunk is smaller than about a widest tile of sums for it. */
    fewest_tiles = 13,
    /* Up to so many tiles a thread, all threads transform all tiles, and share out the weights: each comes from memory once. */
    repeated_tiles = 16,
    /* Output blocks that are computed side by side at most; see kernels.inc. */
    side_by_side = 2,
    /* Sums of the widest tile; see kernels.inc. */
    most_sums = 28,
};

struct winograd_task {
    const struct ck_winograd *convolution;
    const struct ck_winograd_kernels *kernels;
    long tiles, groups, transformed_floats, products_floats;
};

/* In either direction: outputs of a tile, places that they are computed from, and places whose weights differ. */
static const struct {
    long outputs, points, lines;
} tiles[ck_winograd_tiles] = {
    [ck_winograd_two] = {2, 4, 4}, [ck_winograd_three] = {3, 5, 5}, [ck_winograd_four] = {4, 6, 6},
    [ck_strided_two] = {2, 5, 4},  [ck_strided_four] = {4, 9, 6},  [ck_image_four] = {.outputs = 4},
};

static long places_of(enum ck_winograd_tile tile) { return tiles[tile].points * tiles[tile].points; }

static long matrices_of(enum ck_winograd_tile tile) { return tiles[tile].lines * tiles[tile].lines; }

/* An image's are as wide as it is. */
static long tiles_of(const struct ck_winograd *w)
{
    const long outputs = tiles[w->tile].outputs;
    const long columns = w->tile == ck_image_four ? 1 : quotient_up(w->width, outputs);
    return w->images * quotient_up(w->height, outputs) * columns;
}

static long transformed_floats(const struct ck_winograd *w)
{
    if (w->tile == ck_image_four) {
        const long columns = 2 * (w->width - 1) + ck_image_kernel;
        return quotient_up(ck_image_lines * ck_image_channels * columns, ck_lanes) * ck_lanes;
    }
    return places_of(w->tile) * w->chunk * ck_lanes * w->input_planes;
}

static long products_floats(const struct ck_winograd *w)
{
    if (w->tile == ck_image_four) return ck_image_points * most_sums * ck_lanes;
    return places_of(w->tile) * w->chunk * ck_lanes * side_by_side;
}

static bool are_cached(const struct ck_winograd *w)
{
    return matrices_of(w->tile) * w->input_planes * w->output_blocks * ck_lanes * ck_lanes * (long)sizeof(float)
        <= cached_weights_bytes;
}

/* How many threads share the output blocks of one chunk. */
static long groups_of(const struct ck_winograd *w, long threads)
{
    if (are_cached(w) || tiles_of(w) > repeated_tiles * threads) return 1;
    return least(threads, quotient_up(w->output_blocks, side_by_side));
}

/* A chunk is transformed and multiplied by one thread, in that thread's own scratch; of the output blocks it takes a group. */
static void convolve_chunk(const void *context, long item, long thread)
{
    const struct winograd_task *task = context;
    const struct ck_winograd *w = task->convolution;
    const long chunk = item / task->groups, group = item % task->groups;
    const long pairs = quotient_up(w->output_blocks, side_by_side);
    float *scratch = w->scratch + thread * (task->transformed_floats + task->products_floats);
    struct ck_winograd_part part = {
        .end_block = w->input_planes,
        .first_tile = chunk * w->chunk,
        .end_tile = least((chunk + 1) * w->chunk, task->tiles),
        .transformed = scratch,
        .products = scratch + task->transformed_floats,
    };
    task->kernels->transform(w, &part);
    part.first_block = group * pairs / task->groups * side_by_side;
    part.end_block = least((group + 1) * pairs / task->groups * side_by_side, w->output_blocks);
    task->kernels->multiply(w, &part);
}

/* As many tiles as give every thread the same number of chunks, all of about the same size. */
long ck_winograd_chunk(const struct ck_winograd *w, long threads)
{
    if (w->tile == ck_image_four) return 1;
    const long tile_bytes = places_of(w->tile) * w->input_planes * ck_lanes * (long)sizeof(float);
    const long large = least(large_chunk, most(fewest_tiles, cached_inputs_bytes / tile_bytes));
    const long largest = are_cached(w) ? small_chunk : large, sharing = groups_of(w, threads) > 1 ? 1 : threads;
    const long tiles = tiles_of(w), rounds = quotient_up(tiles, largest * sharing);
    return quotient_up(tiles, rounds * sharing);
}

long ck_winograd_scratch(const struct ck_winograd *w, long threads)
{
    return threads * (transformed_floats(w) + products_floats(w));
}

void ck_convolve_winograd(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_winograd *w)
{
    const struct winograd_task task = {
        .convolution = w,
        .kernels = &kernels->winograd[w->tile],
        .tiles = tiles_of(w),
        .groups = groups_of(w, ck_team_threads(team)),
        .transformed_floats = transformed_floats(w),
        .products_floats = products_floats(w),
    };
    ck_team_run(team, quotient_up(task.tiles, w->chunk) * task.groups, convolve_chunk, &task);
}
