// SPDX-License-Identifier: Apache-2.0
/* What a training step takes beside the convolutions. */
#include "cases.h"

enum {
    blocks = 2, height = 4, width = 14,
    row = width * ck_lanes,
    plane = height * row,
    weights_3x3 = 9 * ck_lanes * ck_lanes, /* of one block and one plane */
};

static _Alignas(64) float input[1 << 16], gradient[1 << 16], result[1 << 16], weights[1 << 16], sums[1 << 10];
static _Alignas(64) float scratch[1 << 17];
static _Alignas(64) float table[blocks * ck_lanes]; /* factors, offsets, means */
static unsigned short signs[blocks * height * width];
static _Alignas(64) unsigned char places[blocks * height * width * ck_lanes];

static const struct ck_extent extent = {.blocks = blocks, .images = 1, .height = height, .width = width};

static struct ck_map map_of(float *data)
{
    return (struct ck_map){.data = data, .plane = plane, .image = plane, .row = row};
}

/* Twice the height and the width of `map_of`. */
static struct ck_map large_map_of(float *data)
{
    return (struct ck_map){.data = data, .plane = 4 * plane, .image = 4 * plane, .row = 2 * row};
}

static const struct ck_map_kernels *maps(const struct setting *setting)
{
    return &setting->training->maps[setting->element];
}

static void run_weight_gradient(const struct setting *setting, long kernel, long stride, long depth)
{
    const long input_width = (width - 1) * stride + kernel, input_height = (height - 1) * stride + kernel;
    const long lanes = depth == ck_lanes ? ck_lanes : 1;
    struct ck_weight_gradient task = {
        .element = setting->element, .input = input, .gradient = gradient, .weights = weights,
        .input_planes = depth == ck_lanes ? 1 : 3,
        .input_plane = input_height * input_width * lanes, .input_image = input_height * input_width * lanes,
        .input_row = input_width * lanes,
        .gradient_blocks = blocks, .gradient_plane = plane, .gradient_image = plane, .gradient_row = row,
        .images = 1, .height = height, .width = width,
        .kernel = kernel, .stride = stride, .depth = depth, .shares = 1,
    };
    ck_sum_weight_gradient(setting->training, setting->team, &task);
}

static void run_gradient_1x1(const struct setting *setting)
{
    run_weight_gradient(setting, 1, 1, ck_lanes);
}

static void run_gradient_3x3(const struct setting *setting)
{
    run_weight_gradient(setting, 3, 1, ck_lanes);
}

static void run_gradient_3x3_stride_2(const struct setting *setting)
{
    run_weight_gradient(setting, 3, 2, ck_lanes);
}

static void run_gradient_1x1_stride_2(const struct setting *setting)
{
    run_weight_gradient(setting, 1, 2, ck_lanes);
}

/* The maps with a border, as the forward convolution has it. */
static void run_winograd_gradient(const struct setting *setting)
{
    struct ck_winograd_gradient task = {
        .forward = {
            .element = setting->element, .input = input, .input_planes = 1,
            .input_plane = (height + 2) * (row + 2 * ck_lanes), .input_image = (height + 2) * (row + 2 * ck_lanes),
            .input_row = row + 2 * ck_lanes,
            .output_blocks = blocks, .output_plane = plane, .output_image = plane, .output_row = row,
            .images = 1, .height = height, .width = width, .tile = ck_winograd_four,
        },
        .gradient = gradient, .weights = weights, .scratch = scratch,
    };
    task.forward.chunk = ck_winograd_gradient_chunk(&task.forward);
    ck_sum_winograd_gradient(setting->inference, setting->training, setting->team, &task);
}

static void run_gradient_image(const struct setting *setting)
{
    run_weight_gradient(setting, 7, 2, 7);
}

static void run_statistics(const struct setting *setting)
{
    const struct ck_statistics task = {.input = map_of(input), .extent = extent, .sums = sums};
    ck_run_boxes(setting->team, maps(setting)->statistics, &task, blocks, 1);
}

/* At a block's end, with a shortcut that is normalized too: the longest of its ways. */
static void run_normalize(const struct setting *setting)
{
    const struct ck_normalization task = {
        .input = map_of(input), .other = map_of(gradient), .output = map_of(result), .extent = extent,
        .factor = table, .offset = table, .other_factor = table, .other_offset = table, .signs = signs};
    ck_run_boxes(setting->team, maps(setting)->normalize, &task, blocks, 1);
}

static struct ck_normalization_sums sums_task(void)
{
    return (struct ck_normalization_sums){
        .gradient = map_of(gradient), .input = map_of(input), .extent = extent,
        .factor = table, .offset = table, .mean = table, .other_mean = table, .sums = sums};
}

static void run_sums_inside(const struct setting *setting)
{
    const struct ck_normalization_sums task = sums_task();
    ck_run_boxes(setting->team, maps(setting)->normalization_sums, &task, blocks, 1);
}

static void run_sums_at_end(const struct setting *setting)
{
    struct ck_normalization_sums task = sums_task();
    task.factor = 0;
    task.other = map_of(input);
    ck_run_boxes(setting->team, maps(setting)->normalization_sums, &task, blocks, 1);
}

static void run_normalization_gradient(const struct setting *setting)
{
    const struct ck_normalization_gradient task = {
        .gradient = map_of(gradient), .input = map_of(input), .result = map_of(result), .extent = extent,
        .factor = table, .offset = table, .mean = table, .a = table, .b = table, .c = table};
    ck_run_boxes(setting->team, maps(setting)->normalization_gradient, &task, blocks, 1);
}

static struct ck_normalized_pool pool_task(void)
{
    return (struct ck_normalized_pool){
        .input = large_map_of(input), .output = map_of(result), .places = places, .extent = extent,
        .input_height = 2 * height, .input_width = 2 * width, .kernel = 3, .stride = 2, .padding = 1,
        .factor = table, .offset = table, .mean = table,
        .gradient = map_of(gradient), .result = large_map_of(result), .sums = sums};
}

static void run_normalized_pool(const struct setting *setting)
{
    const struct ck_normalized_pool task = pool_task();
    ck_run_boxes(setting->team, maps(setting)->normalized_pool, &task, blocks, 1);
}

static void run_normalized_pool_gradient(const struct setting *setting)
{
    const struct ck_normalized_pool task = pool_task();
    ck_run_boxes(setting->team, maps(setting)->normalized_pool_gradient, &task, blocks, 1);
}

static void run_average_gradient(const struct setting *setting)
{
    const struct ck_map mean = {.data = gradient, .plane = ck_lanes, .image = ck_lanes, .row = ck_lanes};
    const struct ck_spread task = {.from = mean, .to = map_of(result), .extent = extent};
    ck_run_boxes(setting->team, maps(setting)->average_gradient, &task, blocks, 1);
}

static void run_add_to_even(const struct setting *setting)
{
    const struct ck_spread task = {.from = map_of(gradient), .to = map_of(result), .extent = extent};
    ck_run_boxes(setting->team, maps(setting)->add_to_even, &task, blocks, 1);
}

static void run_interleave(const struct setting *setting)
{
    const struct ck_spread task = {
        .from = map_of(gradient), .to = map_of(result), .extent = extent, .phase = blocks * plane};
    ck_run_boxes(setting->team, maps(setting)->interleave, &task, blocks, 1);
}

/* Turned by half a revolution, as the gradient of a 3×3 convolution's input takes them. */
static void run_turn_weights(const struct setting *setting)
{
    static const long sources[] = {8, 7, 6, 5, 4, 3, 2, 1, 0};
    const struct ck_turned_weights task = {
        .weights = weights, .turned = result, .blocks = 1, .planes = 1, .from_taps = 9, .taps = 9, .sources = sources,
        .element = setting->element == ck_bfloat16 ? ck_turned_rounded : ck_turned_float32};
    ck_run_boxes(setting->team, setting->training->turn_weights, &task, 1, 1);
}

static void run_transform(const struct setting *setting)
{
    const struct ck_transformed_weights task = {
        .weights = weights, .transformed = result, .planes = 1, .end_line = 6, .are_rounded = setting->element == ck_bfloat16};
    ck_run_boxes(setting->team, setting->training->transform_weights, &task, 1, 1);
}

/* From a map with a border; a chunk of all its tiles. */
static void run_winograd_plain(const struct setting *setting)
{
    struct ck_winograd_plain task = {
        .convolution = {
            .element = setting->element, .input = input, .weights = weights, .bias = table, .output = result,
            .input_planes = 1, .input_plane = (height + 2) * (row + 2 * ck_lanes),
            .input_image = (height + 2) * (row + 2 * ck_lanes), .input_row = row + 2 * ck_lanes,
            .output_blocks = blocks, .output_plane = plane, .output_image = plane, .output_row = row,
            .images = 1, .height = height, .width = width, .tile = ck_winograd_four, .scratch = scratch,
        },
        .are_rounded = setting->element == ck_bfloat16,
    };
    task.convolution.chunk = ck_winograd_plain_chunk(&task.convolution);
    ck_convolve_winograd_plain(setting->inference, setting->training, setting->team, &task);
}

static void run_round_weights(const struct setting *setting)
{
    const struct ck_rounded_weights task = {.weights = weights, .rounded = result, .count = weights_3x3};
    ck_run_boxes(setting->team, setting->training->round_weights, &task, 1, 1);
}

static void run_turn_to_pairs(const struct setting *setting)
{
    static const long sources[] = {0};
    const struct ck_turned_weights task = {
        .weights = weights, .turned = result, .blocks = 1, .planes = 1, .from_taps = 1, .taps = 1, .sources = sources,
        .element = ck_turned_pairs};
    ck_run_boxes(setting->team, setting->training->turn_weights, &task, 1, 1);
}

static void run_pair_weights(const struct setting *setting)
{
    const struct ck_rounded_weights task = {.weights = weights, .rounded = result, .count = weights_3x3};
    ck_run_boxes(setting->team, setting->training->pair_weights, &task, 1, 1);
}

static void run_adam(const struct setting *setting)
{
    const struct ck_adam task = {
        .parameters = weights, .first = input, .second = result, .gradients = gradient, .count = weights_3x3};
    ck_run_boxes(setting->team, setting->training->adam, &task, 1, 1);
}

const struct kernel_case training_cases[] = {
    {"gradient-1x1", run_gradient_1x1},
    {"gradient-1x1-stride-2", run_gradient_1x1_stride_2},
    {"gradient-3x3", run_gradient_3x3},
    {"gradient-3x3-stride-2", run_gradient_3x3_stride_2},
    {"gradient-image", run_gradient_image},
    {"winograd-gradient", run_winograd_gradient},
    {"statistics", run_statistics},
    {"normalize", run_normalize},
    {"normalization-sums-inside", run_sums_inside},
    {"normalization-sums-at-end", run_sums_at_end},
    {"normalization-gradient", run_normalization_gradient},
    {"normalized-pool", run_normalized_pool},
    {"normalized-pool-gradient", run_normalized_pool_gradient},
    {"average-gradient", run_average_gradient},
    {"add-to-even", run_add_to_even},
    {"interleave", run_interleave},
    {"turn-weights", run_turn_weights},
    {"transform-weights", run_transform},
    {"winograd-plain", run_winograd_plain},
    {"adam", run_adam},
    {"bf16-gradient-1x1", run_gradient_1x1, ck_bfloat16},
    {"bf16-gradient-1x1-stride-2", run_gradient_1x1_stride_2, ck_bfloat16},
    {"bf16-gradient-3x3", run_gradient_3x3, ck_bfloat16},
    {"bf16-gradient-3x3-stride-2", run_gradient_3x3_stride_2, ck_bfloat16},
    {"bf16-gradient-image", run_gradient_image, ck_bfloat16},
    {"bf16-winograd-gradient", run_winograd_gradient, ck_bfloat16},
    {"bf16-statistics", run_statistics, ck_bfloat16},
    {"bf16-normalize", run_normalize, ck_bfloat16},
    {"bf16-normalization-sums-inside", run_sums_inside, ck_bfloat16},
    {"bf16-normalization-sums-at-end", run_sums_at_end, ck_bfloat16},
    {"bf16-normalization-gradient", run_normalization_gradient, ck_bfloat16},
    {"bf16-normalized-pool", run_normalized_pool, ck_bfloat16},
    {"bf16-normalized-pool-gradient", run_normalized_pool_gradient, ck_bfloat16},
    {"bf16-average-gradient", run_average_gradient, ck_bfloat16},
    {"bf16-add-to-even", run_add_to_even, ck_bfloat16},
    {"bf16-interleave", run_interleave, ck_bfloat16},
    {"bf16-turn-weights", run_turn_weights, ck_bfloat16},
    {"bf16-transform-weights", run_transform, ck_bfloat16},
    {"bf16-winograd-plain", run_winograd_plain, ck_bfloat16},
    {"bf16-round-weights", run_round_weights, ck_bfloat16},
    {"bf16-pair-weights", run_pair_weights, ck_bfloat16},
    {"bf16-turn-to-pairs", run_turn_to_pairs, ck_bfloat16},
    {0},
};
