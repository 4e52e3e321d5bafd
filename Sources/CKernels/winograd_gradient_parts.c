// SPDX-License-Identifier: Apache-2.0
/* How the gradient of 3×3 weights by Winograd's method is cut into parts, and the parts handed to the team. The tiles are taken
 * chunk by chunk: all maps are transformed, then all pairs of blocks and planes summed. */
#include "training_levels.h"
#include "winograd_sizes.h"

enum {
    /* Transformed maps of a chunk up to this stay in the last-level cache. */
    chunk_bytes = 6 * 1024 * 1024,
    /* Blocks, and planes, of the largest part: its sums stay in a second-level cache. */
    part_blocks = 2,
    part_planes = 4,
};

/* Small layers are cut finely, so that many threads find work; large ones coarsely, so that maps are read few times. */
static long planes_of_part(const struct ck_winograd *w)
{
    return w->input_planes >= 16 ? part_planes : w->input_planes >= 8 ? 2 : 1;
}

static long tile_floats(const struct ck_winograd *w)
{
    return places_of(w->tile) * (w->input_planes + w->output_blocks) * ck_lanes;
}

/* Of one part; each place has a line more, see winograd_gradient.inc. */
static long sums_floats(const struct ck_winograd *w)
{
    return places_of(w->tile) * (part_blocks * part_planes * ck_lanes * ck_lanes + ck_lanes);
}

/* An odd number, as in winograd_plain.c. */
long ck_winograd_gradient_chunk(const struct ck_winograd *w)
{
    const long count = tiles_of(w), largest = most(chunk_bytes / (tile_floats(w) * (long)sizeof(float)), 1);
    return quotient_up(count, quotient_up(count, largest)) | 1;
}

long ck_winograd_gradient_scratch(const struct ck_winograd *w, long threads)
{
    return tile_floats(w) * w->chunk + threads * sums_floats(w);
}

struct gradient_task {
    const struct ck_kernels *kernels;
    const struct ck_training_kernels *training;
    const struct ck_winograd_gradient *gradient;
    struct ck_winograd_gradient_part part; /* its tiles and the places of transformed maps; the rest is each item's own */
    long plane_groups;
    float *sums;
};

/* Items are the input's planes, then the gradient's blocks. */
static void transform_map(const void *context, long item, long thread)
{
    (void)thread;
    const struct gradient_task *task = context;
    const struct ck_winograd *w = &task->gradient->forward;
    if (item < w->input_planes) {
        const struct ck_winograd_part part = {
            .first_block = item, .end_block = item + 1,
            .first_tile = task->part.first_tile, .end_tile = task->part.end_tile,
            .transformed = task->part.input,
        };
        task->kernels->winograd[w->tile].transform(w, &part);
        return;
    }
    struct ck_winograd_gradient_part part = task->part;
    part.first_block = item - w->input_planes, part.end_block = part.first_block + 1;
    task->training->winograd_gradient.transform(task->gradient, &part);
}

/* Items are numbered [block group][plane group]. */
static void sum_pairs(const void *context, long item, long thread)
{
    const struct gradient_task *task = context;
    const struct ck_winograd *w = &task->gradient->forward;
    const long planes = planes_of_part(w);
    struct ck_winograd_gradient_part part = task->part;
    part.first_block = item / task->plane_groups * part_blocks;
    part.end_block = least(part.first_block + part_blocks, w->output_blocks);
    part.first_plane = item % task->plane_groups * planes;
    part.end_plane = least(part.first_plane + planes, w->input_planes);
    part.sums = task->sums + thread * sums_floats(w);
    task->training->winograd_gradient.sum(task->gradient, &part);
}

void ck_sum_winograd_gradient(
    const struct ck_kernels *kernels, const struct ck_training_kernels *training, struct ck_team *team,
    const struct ck_winograd_gradient *gradient)
{
    const struct ck_winograd *w = &gradient->forward;
    const long place_floats = places_of(w->tile) * w->chunk * ck_lanes, count = tiles_of(w);
    struct gradient_task task = {
        .kernels = kernels, .training = training, .gradient = gradient,
        .part = {.input = gradient->scratch, .gradient = gradient->scratch + place_floats * w->input_planes},
        .plane_groups = quotient_up(w->input_planes, planes_of_part(w)),
        .sums = gradient->scratch + tile_floats(w) * w->chunk,
    };
    const long groups = task.plane_groups * quotient_up(w->output_blocks, part_blocks);
    for (long tile = 0; tile < count; tile += w->chunk) {
        task.part.first_tile = tile, task.part.end_tile = least(tile + w->chunk, count);
        ck_team_run(team, w->input_planes + w->output_blocks, transform_map, &task);
        ck_team_run(team, groups, sum_pairs, &task);
    }
}
