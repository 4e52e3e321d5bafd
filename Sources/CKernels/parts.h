// SPDX-License-Identifier: Apache-2.0
/* What is common to all that cuts layers into parts: the cut, and which part a number stands for. */
#ifndef CK_PARTS_H
#define CK_PARTS_H

#include "CKernels.h"

#include <stddef.h>

static inline long quotient_up(long a, long b) { return (a + b - 1) / b; }
static inline long least(long a, long b) { return a < b ? a : b; }
static inline long most(long a, long b) { return a > b ? a : b; }

/* A team's threads begin with a run of items each: where a thread's run ends, which is where the next one's begins. */
static inline long end_of_share(long items, long thread, long threads) { return items * (thread + 1) / threads; }

/* Parts are numbered [area][block group]; an area is a run of rows, or of pixels where the map is one row. */
struct cut {
    long blocks, blocks_per_group, groups, areas, height, width, rows_per_area, columns_per_area;
};

/* Areas of at most about `pixels` pixels, as many as keep the threads equally busy; `height` counts the rows of all images. */
struct cut ck_cut_of(long blocks, long blocks_per_group, long height, long width, long pixels, long threads);

/* The same of all output blocks, or, where there are few areas, of groups of them: of `together`, or twice as many, and so on. */
struct cut ck_cut_of_pixels(long blocks, long together, long height, long width, long pixels, long threads);

enum {
    /* Output blocks that are computed side by side at most; see kernels.inc. */
    side_by_side = 2,
    /* Parts for each thread at least, where there are output blocks enough: a thread that other programs slow down leaves some of
     * its own to others. One thread alone has no use for that. */
    parts_per_thread = 8,
};

/* How many groups of output blocks, no more than `most_groups`, make so many parts of some areas. */
static inline long groups_per_area(long most_groups, long areas, long threads)
{
    return threads == 1 ? 1 : least(most_groups, quotient_up(parts_per_thread * threads, areas));
}

static inline struct ck_part part_of(const struct cut *cut, long item)
{
    const long group = item % cut->groups, area = item / cut->groups;
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

static inline long items_of(const struct cut *cut) { return cut->groups * cut->areas; }

/* Weights of the thread's next part. Behind a layer's weights lie those of the next layer, where they are packed in the order in
 * which layers are computed: a thread's last part asks for them. NULL where weights stay in a cache from part to part. */
static inline const void *upcoming_weights(
    const struct cut *cut, const void *weights, long block_bytes, long item, long thread, long threads)
{
    if (item + 1 == end_of_share(items_of(cut), thread, threads)) return (const char *)weights + cut->blocks * block_bytes;
    if (cut->groups == 1) return NULL;
    return (const char *)weights + (item + 1) % cut->groups * cut->blocks_per_group * block_bytes;
}

#endif
