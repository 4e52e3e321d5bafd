// SPDX-License-Identifier: Apache-2.0
/* How a convolution of bytes is cut into parts, and the parts handed to the team. */
#include "parts.h"

#include <stddef.h>

enum {
    /* Weights up to this stay in a second-level cache beside the map. */
    cached_weights_bytes = 320 * 1024,
    /* Pixels of a part that computes all channels: its inputs stay in the first-level cache. */
    part_pixels = 112,
    /* The same where floats become words. */
    image_pixels = 4096,
    /* Pixels for each thread from which on they are shared out, and not the channels. */
    shared_pixels = 98,
    /* Of Winograd's tiles: outputs in either direction, and places. */
    tile_outputs = 4,
    tile_places = 36,
    /* Transformed inputs of a part, which every block's weights meet, and which the second-level cache is to hold. */
    part_input_bytes = 480 * 1024,
};

struct task {
    const struct ck_quantized_kernels *kernels;
    struct ck_team *team;
    const struct ck_quantized_convolution *convolution;
    struct cut cut;
    long scratch; /* of each thread */
};

/* Of an output block's weights. */
static long block_bytes_of(const struct ck_quantized_convolution *c)
{
    return c->input_planes * c->kernel * c->kernel * ck_lanes * ck_lanes;
}

/* Small weights: every part computes all channels of a few pixels. Large weights: every part computes a few channels, of a
 * thread's pixels or of all, so that each weight comes from memory once or a few times. */
static struct cut cut_of_convolution(const struct ck_quantized_convolution *c, long threads)
{
    const long height = c->images * c->height, pixels = height * c->width;
    if (c->output_blocks * block_bytes_of(c) <= cached_weights_bytes)
        return ck_cut_of_pixels(c->output_blocks, side_by_side, height, c->width, part_pixels, threads);
    const bool are_shared = pixels / threads >= shared_pixels;
    const long parts = are_shared ? parts_per_thread : parts_per_thread * threads;
    const long pairs = most(1, quotient_up(c->output_blocks, side_by_side) / parts);
    return ck_cut_of(
        c->output_blocks, pairs * side_by_side, height, c->width, are_shared ? quotient_up(pixels, threads) : pixels,
        threads);
}

static bool is_tiled(const struct ck_quantized_kernels *kernels, const struct ck_quantized_convolution *c)
{
    const long tiles = c->images * quotient_up(c->height, tile_outputs) * quotient_up(c->width, tile_outputs);
    return kernels->convolve_tiles && c->kernel == 3 && c->stride == 1 && tiles >= kernels->fewest_tiles;
}

/* Rows of tiles that never reach over an image's end, and blocks where that makes few parts. */
static struct cut cut_of_tiles(const struct ck_quantized_convolution *c, long threads)
{
    const long columns = quotient_up(c->width, tile_outputs), rows = quotient_up(c->height, tile_outputs);
    const long row_bytes = columns * tile_places * c->input_planes * ck_lanes * (long)sizeof(short);
    const long areas = quotient_up(rows, most(1, part_input_bytes / row_bytes));
    const long rows_per_area = quotient_up(rows, areas);
    struct cut cut = {.blocks = c->output_blocks, .height = c->height, .width = c->width};
    cut.rows_per_area = rows_per_area * tile_outputs;
    cut.areas = c->images * quotient_up(rows, rows_per_area);
    const long groups = groups_per_area(c->output_blocks, cut.areas, threads);
    cut.blocks_per_group = quotient_up(c->output_blocks, groups);
    cut.groups = quotient_up(c->output_blocks, cut.blocks_per_group);
    return cut;
}

static struct ck_part tiles_of(const struct cut *cut, long item)
{
    const long group = item % cut->groups, area = item / cut->groups;
    const long areas = quotient_up(cut->height, cut->rows_per_area);
    const long image = area / areas, row = area % areas * cut->rows_per_area;
    return (struct ck_part){
        .first_block = group * cut->blocks_per_group,
        .end_block = least((group + 1) * cut->blocks_per_group, cut->blocks),
        .first_row = image * cut->height + row,
        .end_row = image * cut->height + least(row + cut->rows_per_area, cut->height),
        .end_column = cut->width,
    };
}

/* A part's outputs as floats in the thread's scratch, its first pixel first; `data` is where the whole map would begin. */
static struct ck_quantized_map floats_of(const struct ck_quantized_part *part, long columns)
{
    const long plane = columns * ck_lanes;
    return (struct ck_quantized_map){
        .kind = ck_floats,
        .data = (float *)part->scratch - part->box.first_block * plane - part->box.first_column * ck_lanes,
        .plane = plane,
    };
}

static void convolve_both(const struct task *task, const struct ck_quantized_part *part)
{
    struct ck_quantized_convolution shortcut = *task->convolution->shortcut, last = *task->convolution;
    shortcut.output = last.residual = floats_of(part, task->cut.columns_per_area);
    task->kernels->convolve(&shortcut, part);
    task->kernels->convolve(&last, part);
}

static short *scratch_of(const struct task *task, long thread)
{
    return task->scratch ? task->convolution->scratch + thread * task->scratch : NULL;
}

static void convolve_part(const void *context, long item, long thread)
{
    const struct task *task = context;
    struct ck_quantized_part part = {.box = part_of(&task->cut, item), .scratch = scratch_of(task, thread)};
    part.box.upcoming = upcoming_weights(
        &task->cut, task->convolution->weights, block_bytes_of(task->convolution), item, thread,
        ck_team_threads(task->team));
    if (task->convolution->shortcut) convolve_both(task, &part);
    else task->kernels->convolve(task->convolution, &part);
}

/* A thread transforms an area's inputs once, for as many groups of its outputs as it takes one after another. */
static void convolve_tiles(const void *context, long item, long thread)
{
    const struct task *task = context;
    const long area = item / task->cut.groups;
    long *transformed = ck_team_note(task->team, thread);
    const struct ck_quantized_part part = {
        .box = tiles_of(&task->cut, item),
        .scratch = scratch_of(task, thread),
        .is_transformed = *transformed == area,
    };
    *transformed = area;
    task->kernels->convolve_tiles(task->convolution, &part);
}

long ck_quantized_scratch(
    const struct ck_quantized_kernels *kernels, const struct ck_quantized_convolution *convolution, long threads)
{
    if (convolution->shortcut) {
        const struct cut cut = cut_of_convolution(convolution, threads);
        return cut.blocks_per_group * cut.columns_per_area * ck_lanes * (long)(sizeof(float) / sizeof(short)) * threads;
    }
    if (!is_tiled(kernels, convolution)) return 0;
    const struct cut cut = cut_of_tiles(convolution, threads);
    const long tiles = cut.rows_per_area / tile_outputs * quotient_up(cut.width, tile_outputs);
    const long of_plane = ck_lanes * ck_lanes + tiles * ck_lanes;
    return tile_places * (convolution->input_planes * of_plane + 2 * (tiles + 2) * ck_lanes) * threads;
}

void ck_convolve_quantized(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_quantized_convolution *convolution)
{
    const long threads = ck_team_threads(team);
    const bool are_tiles = is_tiled(kernels, convolution);
    const struct task task = {
        .kernels = kernels,
        .team = team,
        .convolution = convolution,
        .cut = are_tiles ? cut_of_tiles(convolution, threads) : cut_of_convolution(convolution, threads),
        .scratch = ck_quantized_scratch(kernels, convolution, threads) / threads,
    };
    ck_team_run(team, items_of(&task.cut), are_tiles ? convolve_tiles : convolve_part, &task);
}

static void image_part(const void *context, long item, long thread)
{
    (void)thread;
    const struct task *task = context;
    const struct ck_quantized_part part = {.box = part_of(&task->cut, item)};
    task->kernels->convolve_image(task->convolution, &part);
}

void ck_convolve_quantized_image(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_quantized_convolution *convolution)
{
    const struct task task = {
        .kernels = kernels,
        .convolution = convolution,
        .cut = ck_cut_of(
            convolution->output_blocks, convolution->output_blocks, convolution->images * convolution->height,
            convolution->width, part_pixels, ck_team_threads(team)),
    };
    ck_team_run(team, items_of(&task.cut), image_part, &task);
}

struct words_task {
    const struct ck_quantized_kernels *kernels;
    const struct ck_quantized_image *image;
    struct cut cut;
};

static void words_part(const void *context, long item, long thread)
{
    (void)thread;
    const struct words_task *task = context;
    const struct ck_part part = part_of(&task->cut, item);
    task->kernels->words(task->image, &part);
}

void ck_quantize_image(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_quantized_image *image)
{
    const struct words_task task = {
        kernels, image,
        ck_cut_of(1, 1, image->images * image->height, image->width, image_pixels, ck_team_threads(team))};
    ck_team_run(team, task.cut.areas, words_part, &task);
}

struct pooling_task {
    const struct ck_quantized_kernels *kernels;
    const struct ck_pooling *pooling;
    struct cut cut;
};

static void pool_part(const void *context, long item, long thread)
{
    (void)thread;
    const struct pooling_task *task = context;
    const struct ck_part part = part_of(&task->cut, item);
    task->kernels->pool_maximum(task->pooling, &part);
}

void ck_pool_quantized(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_pooling *pooling)
{
    const struct pooling_task task = {
        kernels, pooling,
        ck_cut_of(
            pooling->blocks, pooling->blocks, pooling->images * pooling->height, pooling->width, part_pixels,
            ck_team_threads(team))};
    ck_team_run(team, items_of(&task.cut), pool_part, &task);
}
