// SPDX-License-Identifier: Apache-2.0
/* How a layer is cut into parts, and the parts handed to the team. */
#include "parts.h"

#include <limits.h>
#include <stddef.h>

enum {
    /* Weights up to this stay in a second-level cache beside the map (512 KiB to 2 MiB on today's cores): 3×3 over 128
     * channels. */
    cached_weights_bytes = 576 * 1024,
    /* Pixels of the widest tile; see kernels.inc. */
    tile_pixels = 14,
    /* Pixels of a small part. */
    part_pixels = 112,
    /* A part's input up to this stays in a second-level cache beside the weights of its channels. */
    cached_input_bytes = 1024 * 1024,
    /* Pixels for each thread from which on they are shared out, and not the channels. */
    shared_pixels = 7 * 14,
    /* Output blocks whose weights are a panel, of 1×1 convolutions that have many pixels; see convolution_panels.inc. */
    panel_blocks = 4,
};

typedef void convolver(const struct ck_convolution *, const struct ck_part *);

struct convolution_task {
    convolver *convolve;
    const struct ck_convolution *convolution;
    struct cut cut;
    long block_bytes; /* of an output block's weights */
    long threads;
};

struct pooling_task {
    const struct ck_kernels *kernels;
    const struct ck_pooling *pooling;
    struct cut cut;
};

static long map_bytes(enum ck_element element) { return element == ck_float32 ? 4 : 2; }
static long weight_bytes(enum ck_element element) { return element == ck_bfloat16 ? 2 : 4; }

/* The size of areas, at most `largest`, with which the busiest of the threads has least to do. Each area takes the weights
 * anew from the second-level cache, which costs about as much as a quarter of a tile. */
static long balanced(long extent, long largest, long threads)
{
    long best = 1, least_work = LONG_MAX;
    for (long size = least(largest, extent); size >= 1; size--) {
        const long work = quotient_up(quotient_up(extent, size), threads) * (4 * size + 1);
        if (work < least_work) best = size, least_work = work;
    }
    return best;
}

struct cut ck_cut_of(long blocks, long blocks_per_group, long height, long width, long pixels, long threads)
{
    struct cut cut = {.blocks = blocks, .blocks_per_group = blocks_per_group, .height = height, .width = width};
    cut.groups = quotient_up(blocks, blocks_per_group);
    if (height == 1) {
        cut.rows_per_area = 1;
        const long tiles = quotient_up(width, tile_pixels), largest = quotient_up(pixels, tile_pixels);
        cut.columns_per_area = balanced(tiles, largest, threads) * tile_pixels;
    } else {
        cut.rows_per_area = balanced(height, quotient_up(pixels, width), threads);
        cut.columns_per_area = width;
    }
    cut.areas = quotient_up(height, cut.rows_per_area) * quotient_up(width, cut.columns_per_area);
    return cut;
}

struct cut ck_cut_of_pixels(long blocks, long together, long height, long width, long pixels, long threads)
{
    struct cut cut = ck_cut_of(blocks, blocks, height, width, pixels, threads);
    const long most_groups = quotient_up(blocks, together), groups = groups_per_area(most_groups, cut.areas, threads);
    cut.blocks_per_group = quotient_up(most_groups, groups) * together;
    cut.groups = quotient_up(blocks, cut.blocks_per_group);
    return cut;
}

/* Small weights: every part computes all channels of a few pixels, whose inputs stay in the first-level cache.
 * Large weights: every part computes a few channels of as many pixels as stay in the second-level cache. A thread gets the
 * channels in turn for its own pixels, most of which it wrote itself; or, where pixels are few, its own channels for all of
 * them, so that each weight comes from memory once. */
static struct cut cut_of_convolution(const struct ck_convolution *c, long block_bytes, long threads)
{
    const long height = c->images * c->height, pixels = height * c->width;
    const bool is_single = c->kernel_height == 1 && c->kernel_width == 1;
    const long together = is_single && pixels >= shared_pixels ? panel_blocks : side_by_side;
    if (c->output_blocks * block_bytes <= cached_weights_bytes)
        return ck_cut_of_pixels(c->output_blocks, together, height, c->width, part_pixels, threads);
    const long shares = pixels / threads >= shared_pixels ? threads : 1;
    const long pixel_bytes = c->input_planes * c->stride * c->stride * ck_lanes * map_bytes(c->element);
    const long cached = most(cached_input_bytes / pixel_bytes, shared_pixels);
    const long area = shares > 1 ? least(quotient_up(pixels, shares), cached) : pixels;
    return ck_cut_of(c->output_blocks, together, height, c->width, area, shares);
}

static void convolve_part(const void *context, long item, long thread)
{
    const struct convolution_task *task = context;
    struct ck_part part = part_of(&task->cut, item);
    part.upcoming =
        upcoming_weights(&task->cut, task->convolution->weights, task->block_bytes, item, thread, task->threads);
    part.is_first = item % task->cut.groups == 0 || item == end_of_share(items_of(&task->cut), thread - 1, task->threads);
    task->convolve(task->convolution, &part);
}

static void pool_part(const void *context, long item, long thread)
{
    (void)thread;
    const struct pooling_task *task = context;
    const struct ck_part part = part_of(&task->cut, item);
    task->kernels->layers[task->pooling->element].pool_maximum(task->pooling, &part);
}

static void run(convolver *convolve, struct ck_team *team, const struct ck_convolution *convolution, long depth)
{
    const long taps = convolution->kernel_height * (depth == ck_lanes ? convolution->kernel_width : 1);
    const long block_bytes = convolution->input_planes * taps * depth * ck_lanes * weight_bytes(convolution->element);
    const struct convolution_task task = {
        .convolve = convolve,
        .convolution = convolution,
        .cut = cut_of_convolution(convolution, block_bytes, ck_team_threads(team)),
        .block_bytes = block_bytes,
        .threads = ck_team_threads(team),
    };
    ck_team_run(team, items_of(&task.cut), convolve_part, &task);
}

void ck_convolve(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution)
{
    run(kernels->layers[convolution->element].convolve, team, convolution, ck_lanes);
}

void ck_convolve_image(
    const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution)
{
    run(kernels->layers[convolution->element].convolve_image, team, convolution, convolution->kernel_width);
}

void ck_pool_maximum(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_pooling *pooling)
{
    const struct pooling_task task = {
        kernels, pooling,
        ck_cut_of(
            pooling->blocks, pooling->blocks, pooling->images * pooling->height, pooling->width, part_pixels,
            ck_team_threads(team))};
    ck_team_run(team, items_of(&task.cut), pool_part, &task);
}

struct checksum_task {
    const struct ck_kernels *kernels;
    const struct ck_checksum *checksum;
};

static void sum_piece(const void *context, long item, long thread)
{
    (void)thread;
    const struct checksum_task *task = context;
    task->kernels->checksum(task->checksum, item);
}

void ck_sum_words(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_checksum *checksum)
{
    const struct checksum_task task = {kernels, checksum};
    ck_team_run(team, quotient_up(checksum->count, checksum->piece), sum_piece, &task);
}
