// SPDX-License-Identifier: Apache-2.0
/* What a verdict takes: convolutions, pools, the mean, the checksum of mapped weights; and training's convolutions. */
#include "cases.h"

/* Enough for the largest case; a map's border and what is fetched ahead lie inside. */
static _Alignas(64) float input[1 << 18], weights[1 << 18], bias[1 << 10], residual[1 << 18], output[1 << 18];
static _Alignas(64) float scratch[1 << 18];

static long blocks_of(long channels) { return channels / ck_lanes; }

/* The input holds just the pixels that the windows meet. */
static struct ck_convolution convolution(
    enum ck_element element, long input_channels, long output_channels, long height, long width, long kernel,
    long stride)
{
    const long input_height = (height - 1) * stride + kernel, input_width = (width - 1) * stride + kernel;
    return (struct ck_convolution){
        .element = element,
        .input = input, .weights = weights, .bias = bias, .output = output,
        .input_planes = blocks_of(input_channels),
        .input_plane = input_height * input_width * ck_lanes,
        .input_image = input_height * input_width * ck_lanes,
        .input_row = input_width * ck_lanes,
        .output_blocks = blocks_of(output_channels),
        .output_plane = height * width * ck_lanes,
        .output_image = height * width * ck_lanes,
        .output_row = width * ck_lanes,
        .images = 1, .height = height, .width = width,
        .kernel_height = kernel, .kernel_width = kernel, .stride = stride, .rectified = true,
    };
}

static void run_1x1(const struct setting *setting)
{
    struct ck_convolution task = convolution(setting->element, 32, 32, 1, 28, 1, 1);
    task.residual = residual;
    ck_convolve(setting->inference, setting->team, &task);
}

/* Channels and pixels enough for two panels of weights, at the levels that have them. */
static void run_1x1_panels(const struct setting *setting)
{
    struct ck_convolution task = convolution(setting->element, 80, 64, 1, 60, 1, 1);
    task.residual = residual;
    ck_convolve(setting->inference, setting->team, &task);
}

static void run_1x1_stride_2(const struct setting *setting)
{
    const struct ck_convolution task = convolution(setting->element, 32, 32, 2, 14, 1, 2);
    ck_convolve(setting->inference, setting->team, &task);
}

static void run_3x3(const struct setting *setting)
{
    const struct ck_convolution task = convolution(setting->element, 16, 32, 2, 14, 3, 1);
    ck_convolve(setting->inference, setting->team, &task);
}

/* The network's smallest maps, whose rows are computed in pairs where registers allow. */
static void run_3x3_width_7(const struct setting *setting)
{
    const struct ck_convolution task = convolution(setting->element, 16, 32, 4, 7, 3, 1);
    ck_convolve(setting->inference, setting->team, &task);
}

static void run_3x3_stride_2(const struct setting *setting)
{
    const struct ck_convolution task = convolution(setting->element, 16, 32, 2, 14, 3, 2);
    ck_convolve(setting->inference, setting->team, &task);
}

/* Three planes of single pixels. */
static void run_image(const struct setting *setting)
{
    struct ck_convolution task = convolution(setting->element, ck_lanes, 32, 1, 14, 7, 2);
    task.input_planes = 3;
    task.input_row /= ck_lanes;
    task.input_plane /= ck_lanes;
    task.input_image /= ck_lanes;
    ck_convolve_image(setting->inference, setting->team, &task);
}

static void run_pool(const struct setting *setting)
{
    const struct ck_pooling task = {
        .element = setting->element,
        .input = input, .output = output,
        .blocks = 2,
        .input_plane = 4 * 28 * ck_lanes, .input_image = 4 * 28 * ck_lanes, .input_row = 28 * ck_lanes,
        .input_height = 4, .input_width = 28,
        .output_plane = 2 * 14 * ck_lanes, .output_image = 2 * 14 * ck_lanes, .output_row = 14 * ck_lanes,
        .images = 1, .height = 2, .width = 14,
        .kernel = 3, .stride = 2, .padding = 1,
    };
    ck_pool_maximum(setting->inference, setting->team, &task);
}

static void run_average(const struct setting *setting)
{
    const struct ck_average task = {
        .element = setting->element,
        .input = input, .output = output,
        .blocks = 4,
        .input_plane = 7 * 7 * ck_lanes, .input_image = 7 * 7 * ck_lanes, .input_row = 7 * ck_lanes,
        .output_plane = ck_lanes, .images = 1, .height = 7, .width = 7,
    };
    setting->inference->layers[setting->element].average(&task);
}

/* A window's inputs; of an image three planes of single pixels. */
static void run_winograd(const struct setting *setting, enum ck_winograd_tile tile, long height, long width, long stride)
{
    const bool is_image = tile == ck_image_four;
    const long kernel = is_image ? ck_image_kernel : 3, lanes = is_image ? 1 : ck_lanes;
    const long input_row = ((width - 1) * stride + kernel) * lanes, input_plane = ((height - 1) * stride + kernel) * input_row;
    struct ck_winograd task = {
        .element = setting->element, .input = input, .weights = weights, .bias = bias, .output = output,
        .input_planes = is_image ? ck_image_channels : 1,
        .input_plane = input_plane, .input_image = input_plane, .input_row = input_row,
        .output_blocks = 2,
        .output_plane = height * width * ck_lanes, .output_image = height * width * ck_lanes,
        .output_row = width * ck_lanes,
        .images = 1, .height = height, .width = width,
        .rectified = true, .tile = tile, .scratch = scratch,
        .scratch_count = sizeof scratch / sizeof *scratch,
    };
    task.chunk = ck_winograd_chunk(&task, ck_team_threads(setting->team));
    ck_convolve_winograd(setting->inference, setting->team, &task);
}

static void run_winograd_2(const struct setting *setting)
{
    run_winograd(setting, ck_winograd_two, 4, 14, 1);
}

static void run_winograd_4(const struct setting *setting)
{
    run_winograd(setting, ck_winograd_four, 4, 28, 1);
}

static void run_winograd_3(const struct setting *setting)
{
    run_winograd(setting, ck_winograd_three, 3, 21, 1);
}

static void run_winograd_2_stride_2(const struct setting *setting)
{
    run_winograd(setting, ck_strided_two, 4, 14, 2);
}

static void run_winograd_4_stride_2(const struct setting *setting)
{
    run_winograd(setting, ck_strided_four, 4, 28, 2);
}

/* Four rows of outputs. */
static void run_winograd_image(const struct setting *setting)
{
    run_winograd(setting, ck_image_four, 4, 14, 2);
}

static void run_checksum(const struct setting *setting)
{
    static unsigned long sums[2 * ck_lanes];
    const struct ck_checksum task = {
        .words = (const unsigned *)weights, .count = 4096, .piece = 4096, .sums = sums};
    ck_sum_words(setting->inference, setting->team, &task);
}

const struct kernel_case inference_cases[] = {
    {"1x1", run_1x1},
    {"1x1-panels", run_1x1_panels},
    {"1x1-stride-2", run_1x1_stride_2},
    {"3x3", run_3x3},
    {"3x3-width-7", run_3x3_width_7},
    {"3x3-stride-2", run_3x3_stride_2},
    {"image", run_image},
    {"pool", run_pool},
    {"average", run_average},
    {"winograd-2", run_winograd_2},
    {"winograd-3", run_winograd_3},
    {"winograd-4", run_winograd_4},
    {"winograd-2-stride-2", run_winograd_2_stride_2},
    {"winograd-4-stride-2", run_winograd_4_stride_2},
    {"winograd-image", run_winograd_image},
    {"bf16-1x1", run_1x1, ck_bfloat16},
    {"bf16-1x1-panels", run_1x1_panels, ck_bfloat16},
    {"bf16-1x1-stride-2", run_1x1_stride_2, ck_bfloat16},
    {"bf16-3x3", run_3x3, ck_bfloat16},
    {"bf16-3x3-width-7", run_3x3_width_7, ck_bfloat16},
    {"bf16-3x3-stride-2", run_3x3_stride_2, ck_bfloat16},
    {"bf16-image", run_image, ck_bfloat16},
    {"bf16-pool", run_pool, ck_bfloat16},
    {"bf16-average", run_average, ck_bfloat16},
    {"bf16-winograd-2", run_winograd_2, ck_bfloat16},
    {"bf16-winograd-4", run_winograd_4, ck_bfloat16},
    {"bf16-winograd-image", run_winograd_image, ck_bfloat16},
    {"widened-1x1", run_1x1, ck_widened},
    {"widened-1x1-panels", run_1x1_panels, ck_widened},
    {"widened-1x1-stride-2", run_1x1_stride_2, ck_widened},
    {"widened-3x3", run_3x3, ck_widened},
    {"widened-3x3-width-7", run_3x3_width_7, ck_widened},
    {"widened-3x3-stride-2", run_3x3_stride_2, ck_widened},
    {"checksum", run_checksum},
    {0},
};
