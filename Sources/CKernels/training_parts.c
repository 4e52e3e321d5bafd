// SPDX-License-Identifier: Apache-2.0
/* How training's layers are cut into parts, and the parts handed to the team. */
#include "parts.h"
#include "training_levels.h"

#include <stddef.h>

const struct ck_training_kernels *ck_training_kernels_at(enum cp_level level)
{
    if (!ck_kernels_at(level)) return NULL;
#ifdef __x86_64__
    if (level == cp_avx512bf16) return &ck_avx512bf16_training_kernels;
    if (level == cp_avx512) return &ck_avx512_training_kernels;
    if (level == cp_avx2 || level == cp_avx2vnni) return &ck_avx2_training_kernels;
#endif
    return &ck_baseline_training_kernels;
}

struct boxes {
    ck_box_work *work;
    const void *task;
    long blocks, images;
};

static void work_on_box(const void *context, long item, long thread)
{
    (void)thread;
    const struct boxes *boxes = context;
    boxes->work(boxes->task, item / boxes->images, item % boxes->images);
}

static void work_on_box_from_end(const void *context, long item, long thread)
{
    const struct boxes *boxes = context;
    work_on_box(context, boxes->blocks * boxes->images - 1 - item, thread);
}

void ck_run_boxes(struct ck_team *team, ck_box_work *work, const void *task, long blocks, long images)
{
    const struct boxes boxes = {work, task, blocks, images};
    ck_team_run(team, blocks * images, work_on_box, &boxes);
}

void ck_run_boxes_from_end(struct ck_team *team, ck_box_work *work, const void *task, long blocks, long images)
{
    const struct boxes boxes = {work, task, blocks, images};
    ck_team_run(team, blocks * images, work_on_box_from_end, &boxes);
}

enum {
    /* Blocks and planes whose pixels stay in the first-level cache together while all their pairs are summed. */
    group_blocks = ck_gradient_blocks,
    group_planes = 4,
    /* Parts that a gradient is cut into at least, where it has images enough. */
    fewest_parts = 16,
};


static long groups_of(const struct ck_weight_gradient *g)
{
    return quotient_up(g->gradient_blocks, group_blocks) * quotient_up(g->input_planes, group_planes);
}

static long weights_of(const struct ck_weight_gradient *g)
{
    const long taps = g->depth == ck_lanes ? g->kernel * g->kernel : g->kernel;
    return g->gradient_blocks * g->input_planes * taps * g->depth * ck_lanes;
}

long ck_weight_gradient_shares(const struct ck_weight_gradient *g)
{
    return least(g->images, quotient_up(fewest_parts, groups_of(g)));
}

long ck_weight_gradient_scratch(const struct ck_weight_gradient *g) { return (g->shares - 1) * weights_of(g); }

struct gradient_task {
    const struct ck_training_kernels *kernels;
    const struct ck_weight_gradient *gradient;
    long weights, plane_groups, groups;
};

/* Parts are numbered [share][block group][plane group]. */
static void sum_part(const void *context, long item, long thread)
{
    (void)thread;
    const struct gradient_task *task = context;
    const struct ck_weight_gradient *g = task->gradient;
    const long share = item / task->groups, group = item % task->groups, next = (group + 1) % task->groups;
    const long block = group / task->plane_groups * group_blocks, plane = group % task->plane_groups * group_planes;
    const struct ck_gradient_part part = {
        .first_block = block,
        .end_block = least(block + group_blocks, g->gradient_blocks),
        .first_plane = plane,
        .end_plane = least(plane + group_planes, g->input_planes),
        .first_image = share * g->images / g->shares,
        .end_image = (share + 1) * g->images / g->shares,
        .next_block = next / task->plane_groups * group_blocks,
        .next_plane = next % task->plane_groups * group_planes,
        .weights = share == 0 ? g->weights : g->scratch + (share - 1) * task->weights,
    };
    task->kernels->weight_gradient(g, &part);
}

/* The shares of a run of weights, added up in their order. */
static void sum_shares(const void *context, long item, long thread)
{
    (void)thread;
    const struct gradient_task *task = context;
    const struct ck_weight_gradient *g = task->gradient;
    const long first = item * ck_run, end = least(first + ck_run, task->weights);
    for (long share = 1; share < g->shares; share++) {
        const float *from = g->scratch + (share - 1) * task->weights;
        for (long i = first; i < end; i++) g->weights[i] += from[i];
    }
}

void ck_sum_weight_gradient(
    const struct ck_training_kernels *kernels, struct ck_team *team, const struct ck_weight_gradient *gradient)
{
    const struct gradient_task task = {
        .kernels = kernels,
        .gradient = gradient,
        .weights = weights_of(gradient),
        .plane_groups = quotient_up(gradient->input_planes, group_planes),
        .groups = groups_of(gradient),
    };
    ck_team_run(team, task.groups * gradient->shares, sum_part, &task);
    if (gradient->shares > 1) ck_team_run(team, quotient_up(task.weights, ck_run), sum_shares, &task);
}
