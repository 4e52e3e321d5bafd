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
        .kernel = kernel, .stride = stride, .rectified = true,
    };
}

static void run_1x1(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    struct ck_convolution task = convolution(element, 32, 32, 1, 28, 1, 1);
    task.residual = residual;
    ck_convolve(kernels, team, &task);
}

static void run_1x1_stride_2(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    const struct ck_convolution task = convolution(element, 32, 32, 2, 14, 1, 2);
    ck_convolve(kernels, team, &task);
}

static void run_3x3(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    const struct ck_convolution task = convolution(element, 16, 32, 2, 14, 3, 1);
    ck_convolve(kernels, team, &task);
}

/* The network's smallest maps, whose rows are computed in pairs where registers allow. */
static void run_3x3_width_7(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    const struct ck_convolution task = convolution(element, 16, 32, 4, 7, 3, 1);
    ck_convolve(kernels, team, &task);
}

static void run_3x3_stride_2(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    const struct ck_convolution task = convolution(element, 16, 32, 2, 14, 3, 2);
    ck_convolve(kernels, team, &task);
}

/* Three planes of single pixels. */
static void run_image(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    struct ck_convolution task = convolution(element, ck_lanes, 32, 1, 14, 7, 2);
    task.input_planes = 3;
    task.input_row /= ck_lanes;
    task.input_plane /= ck_lanes;
    task.input_image /= ck_lanes;
    ck_convolve_image(kernels, team, &task);
}

static void run_pool(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    const struct ck_pooling task = {
        .element = element,
        .input = input, .output = output,
        .blocks = 2,
        .input_plane = 4 * 28 * ck_lanes, .input_image = 4 * 28 * ck_lanes, .input_row = 28 * ck_lanes,
        .input_height = 4, .input_width = 28,
        .output_plane = 2 * 14 * ck_lanes, .output_image = 2 * 14 * ck_lanes, .output_row = 14 * ck_lanes,
        .images = 1, .height = 2, .width = 14,
        .kernel = 3, .stride = 2, .padding = 1,
    };
    ck_pool_maximum(kernels, team, &task);
}

static void run_average(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    (void)team;
    const struct ck_average task = {
        .element = element,
        .input = input, .output = output,
        .blocks = 4,
        .input_plane = 7 * 7 * ck_lanes, .input_image = 7 * 7 * ck_lanes, .input_row = 7 * ck_lanes,
        .output_plane = ck_lanes, .images = 1, .height = 7, .width = 7,
    };
    kernels->layers[element].average(&task);
}

static void run_winograd(
    const struct ck_kernels *kernels, struct ck_team *team, enum ck_winograd_size size, long height, long width)
{
    const long input_row = (width + 2) * ck_lanes, input_plane = (height + 2) * input_row;
    struct ck_winograd task = {
        .input = input, .weights = weights, .bias = bias, .output = output,
        .input_planes = 1, .input_plane = input_plane, .input_image = input_plane, .input_row = input_row,
        .output_blocks = 2,
        .output_plane = height * width * ck_lanes, .output_image = height * width * ck_lanes,
        .output_row = width * ck_lanes,
        .images = 1, .height = height, .width = width,
        .rectified = true, .size = size, .scratch = scratch,
    };
    task.chunk = ck_winograd_chunk(&task, ck_team_threads(team));
    ck_convolve_winograd(kernels, team, &task);
}

static void run_winograd_2(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    (void)element;
    run_winograd(kernels, team, ck_winograd_two, 4, 14);
}

static void run_winograd_4(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element)
{
    (void)element;
    run_winograd(kernels, team, ck_winograd_four, 4, 28);
}

const struct kernel_case kernel_cases[] = {
    {"1x1", ck_float32, run_1x1},
    {"1x1-stride-2", ck_float32, run_1x1_stride_2},
    {"3x3", ck_float32, run_3x3},
    {"3x3-width-7", ck_float32, run_3x3_width_7},
    {"3x3-stride-2", ck_float32, run_3x3_stride_2},
    {"image", ck_float32, run_image},
    {"pool", ck_float32, run_pool},
    {"average", ck_float32, run_average},
    {"winograd-2", ck_float32, run_winograd_2},
    {"winograd-4", ck_float32, run_winograd_4},
    {"bf16-1x1", ck_bfloat16, run_1x1},
    {"bf16-1x1-stride-2", ck_bfloat16, run_1x1_stride_2},
    {"bf16-3x3", ck_bfloat16, run_3x3},
    {"bf16-3x3-width-7", ck_bfloat16, run_3x3_width_7},
    {"bf16-3x3-stride-2", ck_bfloat16, run_3x3_stride_2},
    {"bf16-image", ck_bfloat16, run_image},
    {"bf16-pool", ck_bfloat16, run_pool},
    {"bf16-average", ck_bfloat16, run_average},
};
const long kernel_case_count = sizeof kernel_cases / sizeof *kernel_cases;
