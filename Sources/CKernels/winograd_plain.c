// SPDX-License-Identifier: Apache-2.0
/* Winograd convolutions by packed 3×3 weights that change from step to step. They are transformed line by line by whoever computes
 * their outputs, for all tiles of a chunk at once: transformed weights are four times as large, and never go to memory. */
#include "training_levels.h"
#include "winograd_sizes.h"

enum {
    /* From so many bytes on, weights are transformed where they are met; less come from a last-level cache in less time. */
    remade_weights_bytes = 4 * 1024 * 1024,
    /* A thread's products of a chunk, up to this, stay in a second-level cache beside a line of weights. */
    products_bytes = 600 * 1024,
};

struct plain_task {
    const struct ck_winograd_plain *plain;
    const struct ck_winograd_kernels *kernels;
    const struct ck_training_kernels *training;
    struct ck_winograd_part part; /* the chunk */
    long shares;                  /* of the chunk's tiles, where threads are more than pairs of blocks */
};

static long pairs_of(const struct ck_winograd *w) { return quotient_up(w->output_blocks, side_by_side); }

/* Every thread's own floats: a line of the weights of blocks that it computes side by side, and all their products. */
static long own_floats(const struct ck_winograd *w)
{
    return side_by_side * line_floats(w) + products_floats(w, side_by_side);
}

static void transform_plane(const void *context, long item, long thread)
{
    (void)thread;
    const struct plain_task *task = context;
    struct ck_winograd_part part = task->part;
    part.first_block = item, part.end_block = item + 1;
    task->kernels->transform(&task->plain->convolution, &part);
}

/* The products of a line of places. */
static void multiply_line(const struct plain_task *task, struct ck_winograd_part *part, float *weights, long line)
{
    const struct ck_winograd *w = &task->plain->convolution;
    const struct ck_transformed_weights transformed = {
        .weights = w->weights, .transformed = weights, .first_block = part->first_block, .planes = w->input_planes,
        .first_line = line, .end_line = line + 1, .are_rounded = task->plain->are_rounded,
    };
    for (long block = part->first_block; block < part->end_block; block++)
        for (long plane = 0; plane < w->input_planes; plane++)
            task->training->transform_weights(&transformed, block, plane);
    part->first_place = line * tiles[w->tile].points, part->end_place = part->first_place + tiles[w->tile].points;
    part->first_matrix = part->first_place;
    task->kernels->multiply(w, part);
}

/* Items are numbered [share of tiles][pair of blocks]. */
static void convolve_pair(const void *context, long item, long thread)
{
    const struct plain_task *task = context;
    const struct ck_winograd *w = &task->plain->convolution;
    const long share = item / pairs_of(w), tile_count = task->part.end_tile - task->part.first_tile;
    const long skipped = share * tile_count / task->shares;
    float *weights = w->scratch + transformed_floats(w) + thread * own_floats(w);
    struct ck_winograd_part part = task->part;
    part.first_block = item % pairs_of(w) * side_by_side;
    part.end_block = least(part.first_block + side_by_side, w->output_blocks);
    part.end_tile = part.first_tile + (share + 1) * tile_count / task->shares;
    part.first_tile += skipped, part.transformed += skipped * ck_lanes;
    part.weights = weights, part.next_weights = line_floats(w);
    part.products = weights + side_by_side * line_floats(w);
    for (long line = 0; line < tiles[w->tile].lines; line++) multiply_line(task, &part, weights, line);
    task->kernels->finish(w, &part);
}

bool ck_winograd_is_plain(const struct ck_winograd *w) { return weight_bytes(w) >= remade_weights_bytes; }

/* An odd number: a thread writes a line to each place, which would lie in one set of a cache if a power of two were between. */
long ck_winograd_plain_chunk(const struct ck_winograd *w)
{
    const long tile_bytes = places_of(w->tile) * side_by_side * ck_lanes * (long)sizeof(float), count = tiles_of(w);
    return quotient_up(count, quotient_up(count * tile_bytes, products_bytes)) | 1;
}

long ck_winograd_plain_scratch(const struct ck_winograd *w, long threads)
{
    return transformed_floats(w) + threads * own_floats(w);
}

void ck_convolve_winograd_plain(
    const struct ck_kernels *kernels, const struct ck_training_kernels *training, struct ck_team *team,
    const struct ck_winograd_plain *plain)
{
    const struct ck_winograd *w = &plain->convolution;
    struct plain_task task = {
        .plain = plain, .kernels = &kernels->winograd[w->tile], .training = training,
        .shares = quotient_up(ck_team_threads(team), pairs_of(w)),
    };
    for (long first = 0; first < tiles_of(w); first += w->chunk) {
        task.part = (struct ck_winograd_part){
            .first_tile = first, .end_tile = least(first + w->chunk, tiles_of(w)), .transformed = w->scratch,
            .product_blocks = side_by_side};
        ck_team_run(team, w->input_planes, transform_plane, &task);
        ck_team_run(team, pairs_of(w) * task.shares, convolve_pair, &task);
    }
}
