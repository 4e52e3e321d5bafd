// SPDX-License-Identifier: Apache-2.0
/* How a Winograd convolution is cut into parts, and the parts handed to the team. */
#include "winograd_sizes.h"

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
    /* From so many bytes and tiles on, places are walked one after another for all tiles; and most tiles at a time. */
    streamed_weights_bytes = 16 * 1024 * 1024,
    streamed_tiles = 32,
    most_streamed_tiles = 128,
};

struct winograd_task {
    const struct ck_winograd *convolution;
    const struct ck_winograd_kernels *kernels;
    struct ck_team *team;
    long tiles, groups, transformed_floats, products_floats;
    long share; /* floats of the scratch, of each thread */
    struct ck_winograd_part part; /* by places: the chunk */
};

static bool are_cached(const struct ck_winograd *w) { return weight_bytes(w) <= cached_weights_bytes; }

/* So many tiles against weights that no cache holds: a place's inputs stay in one, and its weights come from memory once. */
static bool is_by_places(const struct ck_winograd *w)
{
    return w->tile != ck_image_four && weight_bytes(w) >= streamed_weights_bytes && tiles_of(w) >= streamed_tiles;
}

static long pairs_of(const struct ck_winograd *w) { return quotient_up(w->output_blocks, side_by_side); }

/* Whether every thread transforms all tiles. */
static bool is_repeated(const struct ck_winograd *w, long threads)
{
    return threads > 1 && pairs_of(w) > 1 && !are_cached(w) && tiles_of(w) <= repeated_tiles * threads;
}

static long first_block_of(const struct winograd_task *task, long group)
{
    const struct ck_winograd *w = task->convolution;
    return least(group * pairs_of(w) / task->groups * side_by_side, w->output_blocks);
}

/* Parts are numbered [chunk][group of output blocks]. A chunk is transformed by every thread that computes some of its outputs, in the
 * thread's own scratch, once. Where chunks differ by a tile the first ones have it: the caller of the team begins a little sooner
 * than the others. */
static void convolve_chunk(const void *context, long item, long thread)
{
    const struct winograd_task *task = context;
    const struct ck_winograd *w = task->convolution;
    const long chunk = item / task->groups, group = item % task->groups, chunks = quotient_up(task->tiles, w->chunk);
    float *scratch = w->scratch + thread * task->share;
    struct ck_winograd_part part = {
        .end_block = w->input_planes,
        .end_place = places_of(w->tile),
        .product_blocks = side_by_side,
        .next_weights = weight_floats(w),
        .first_tile = quotient_up(chunk * task->tiles, chunks),
        .end_tile = quotient_up((chunk + 1) * task->tiles, chunks),
        .transformed = scratch,
        .products = scratch + task->transformed_floats,
    };
    long *transformed = ck_team_note(task->team, thread);
    if (*transformed != chunk) task->kernels->transform(w, &part);
    *transformed = chunk;
    const long end_block = first_block_of(task, group + 1);
    for (long block = first_block_of(task, group); block < end_block; block += side_by_side) {
        part.first_block = block, part.end_block = least(block + side_by_side, end_block);
        part.weights = w->weights + block * weight_floats(w);
        task->kernels->multiply(w, &part);
        if (task->kernels->finish) task->kernels->finish(w, &part);
    }
}

/* One plane or block of the task's part. */
static struct ck_winograd_part block_of(const struct winograd_task *task, long block)
{
    struct ck_winograd_part part = task->part;
    part.first_block = block, part.end_block = block + 1;
    return part;
}

static void transform_plane(const void *context, long item, long thread)
{
    (void)thread;
    const struct winograd_task *task = context;
    const struct ck_winograd_part part = block_of(task, item);
    task->kernels->transform(task->convolution, &part);
}

/* A thread meets its blocks at one place, then at the next. */
static void multiply_place(const void *context, long item, long thread)
{
    (void)thread;
    const struct winograd_task *task = context;
    const long place = item / task->groups, group = item % task->groups;
    struct ck_winograd_part part = task->part;
    part.first_place = place, part.end_place = place + 1;
    part.first_block = first_block_of(task, group), part.end_block = first_block_of(task, group + 1);
    part.weights = task->convolution->weights + part.first_block * weight_floats(task->convolution);
    task->kernels->multiply(task->convolution, &part);
}

static void finish_block(const void *context, long item, long thread)
{
    (void)thread;
    const struct winograd_task *task = context;
    const struct ck_winograd_part part = block_of(task, item);
    task->kernels->finish(task->convolution, &part);
}

/* As many tiles as give every thread the same number of chunks, all of about the same size. */
long ck_winograd_chunk(const struct ck_winograd *w, long threads)
{
    if (w->tile == ck_image_four) return 1;
    const long tile_bytes = places_of(w->tile) * w->input_planes * ck_lanes * (long)sizeof(float);
    const long large = least(large_chunk, most(fewest_tiles, cached_inputs_bytes / tile_bytes));
    const long largest = are_cached(w) ? small_chunk : large, sharing = is_repeated(w, threads) ? 1 : threads;
    const long tiles = tiles_of(w);
    if (is_by_places(w)) return quotient_up(tiles, quotient_up(tiles, most_streamed_tiles));
    const long rounds = quotient_up(tiles, largest * sharing);
    return quotient_up(tiles, rounds * sharing);
}

long ck_winograd_scratch(const struct ck_winograd *w, long threads)
{
    if (is_by_places(w)) return transformed_floats(w) + products_floats(w, w->output_blocks);
    return threads * (transformed_floats(w) + products_floats(w, side_by_side));
}

static void convolve_by_places(struct ck_team *team, struct winograd_task *task)
{
    const struct ck_winograd *w = task->convolution;
    const long places = places_of(w->tile);
    task->groups = least(ck_team_threads(team), pairs_of(w));
    for (long first = 0; first < task->tiles; first += w->chunk) {
        task->part = (struct ck_winograd_part){
            .first_tile = first, .end_tile = least(first + w->chunk, task->tiles), .end_place = places,
            .transformed = w->scratch, .products = w->scratch + task->transformed_floats,
            .product_blocks = w->output_blocks, .next_weights = weight_floats(w)};
        ck_team_run(team, w->input_planes, transform_plane, task);
        ck_team_run(team, places * task->groups, multiply_place, task);
        ck_team_run(team, w->output_blocks, finish_block, task);
    }
}

void ck_convolve_winograd(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_winograd *w)
{
    struct winograd_task task = {
        .convolution = w,
        .kernels = &kernels->winograd[w->tile],
        .team = team,
        .tiles = tiles_of(w),
        .groups = groups_per_area(pairs_of(w), quotient_up(tiles_of(w), w->chunk), ck_team_threads(team)),
        .transformed_floats = transformed_floats(w),
        .products_floats = products_floats(w, side_by_side),
        .share = w->scratch_count / ck_team_threads(team) / ck_lanes * ck_lanes,
    };
    if (is_by_places(w)) return convolve_by_places(team, &task);
    ck_team_run(team, quotient_up(task.tiles, w->chunk) * task.groups, convolve_chunk, &task);
}
