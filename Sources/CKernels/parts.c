/* How a layer is cut into parts, and the parts handed to the team. */
#include "CKernels.h"

#include <stddef.h>

enum {
    /* Weights up to this stay in a second-level cache beside the map (512 KiB to 2 MiB on today's cores). */
    cached_weights_bytes = 512 * 1024,
    /* Pixels of a small part: whole tiles of 14 and of 6. */
    part_pixels = 84,
    /* Parts that large weights are cut into at least: 2, 4 or 8 threads share them evenly. */
    fewest_parts = 8,
    /* Output blocks that are computed side by side at most; see kernels.inc. */
    side_by_side = 2,
};

typedef void convolver(const struct ck_convolution *, const struct ck_part *);

/* Parts are numbered [block group][area]; an area is a run of rows, or of pixels where the map is one row. */
struct cut {
    long blocks, blocks_per_group, groups, areas, height, width, rows_per_area, columns_per_area;
};

struct convolution_task {
    convolver *convolve;
    const struct ck_convolution *convolution;
    struct cut cut;
    long threads;
    long block_weights; /* floats of an output block */
};

struct pooling_task {
    const struct ck_kernels *kernels;
    const struct ck_pooling *pooling;
    struct cut cut;
};

static long quotient_up(long a, long b) { return (a + b - 1) / b; }
static long least(long a, long b) { return a < b ? a : b; }

/* Areas of about `pixels` pixels. */
static struct cut cut_of(long blocks, long blocks_per_group, long height, long width, long pixels)
{
    struct cut cut = {.blocks = blocks, .blocks_per_group = blocks_per_group, .height = height, .width = width};
    cut.groups = quotient_up(blocks, blocks_per_group);
    cut.rows_per_area = height == 1 ? 1 : quotient_up(pixels, width);
    cut.columns_per_area = height == 1 ? quotient_up(pixels, part_pixels) * part_pixels : width;
    cut.areas = quotient_up(height, cut.rows_per_area) * quotient_up(width, cut.columns_per_area);
    return cut;
}

/* Small weights: every part computes all channels of a few pixels, whose inputs stay in the first-level cache.
 * Large weights: every part computes a few channels of all pixels, so that each weight comes from memory once. */
static struct cut cut_of_convolution(const struct ck_convolution *c, long block_weights)
{
    if (c->output_blocks * block_weights * (long)sizeof(float) <= cached_weights_bytes)
        return cut_of(c->output_blocks, c->output_blocks, c->height, c->width, part_pixels);
    const long groups = quotient_up(c->output_blocks, side_by_side);
    const long areas = groups < fewest_parts ? quotient_up(fewest_parts, groups) : 1;
    return cut_of(c->output_blocks, side_by_side, c->height, c->width, quotient_up(c->height * c->width, areas));
}

static struct ck_part part_of(const struct cut *cut, long item)
{
    const long group = item / cut->areas, area = item % cut->areas;
    const long row = cut->height == 1 ? 0 : area * cut->rows_per_area;
    const long column = cut->height == 1 ? area * cut->columns_per_area : 0;
    return (struct ck_part){
        .first_block = group * cut->blocks_per_group,
        .end_block = least((group + 1) * cut->blocks_per_group, cut->blocks),
        .first_row = row,
        .end_row = least(row + cut->rows_per_area, cut->height),
        .first_column = column,
        .end_column = least(column + cut->columns_per_area, cut->width),
    };
}

static void convolve_part(const void *context, long item)
{
    const struct convolution_task *task = context;
    struct ck_part part = part_of(&task->cut, item);
    /* The threads go through the parts at the same speed, so each will take the one that many ahead. */
    const long next_group = (item + task->threads) / task->cut.areas;
    if (task->cut.groups > 1 && next_group < task->cut.groups)
        part.upcoming =
            task->convolution->weights + next_group * task->cut.blocks_per_group * task->block_weights;
    task->convolve(task->convolution, &part);
}

static void pool_part(const void *context, long item)
{
    const struct pooling_task *task = context;
    const struct ck_part part = part_of(&task->cut, item);
    task->kernels->pool_maximum(task->pooling, &part);
}

static void run(convolver *convolve, struct ck_team *team, const struct ck_convolution *convolution, long depth)
{
    const long taps = depth == ck_lanes ? convolution->kernel * convolution->kernel : convolution->kernel;
    const long block_weights = convolution->input_planes * taps * depth * ck_lanes;
    const struct convolution_task task = {
        .convolve = convolve,
        .convolution = convolution,
        .cut = cut_of_convolution(convolution, block_weights),
        .threads = ck_team_threads(team),
        .block_weights = block_weights,
    };
    ck_team_run(team, task.cut.groups * task.cut.areas, convolve_part, &task);
}

void ck_convolve(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution)
{
    run(kernels->convolve, team, convolution, ck_lanes);
}

void ck_convolve_image(
    const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution)
{
    run(kernels->convolve_image, team, convolution, convolution->kernel);
}

void ck_pool_maximum(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_pooling *pooling)
{
    const struct pooling_task task = {
        kernels, pooling, cut_of(pooling->blocks, 1, pooling->height, pooling->width, 8 * part_pixels)};
    ck_team_run(team, task.cut.groups * task.cut.areas, pool_part, &task);
}
