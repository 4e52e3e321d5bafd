// SPDX-License-Identifier: Apache-2.0
/* What a verdict in int8 takes beside the head: an image in words, the first convolution of them, convolutions of bytes, their pool. */
#include "cases.h"

/* Enough for the largest case; a map's border and what is fetched ahead lie inside. */
static _Alignas(64) char input[1 << 18], weights[1 << 18], residual[1 << 18], output[1 << 18];
static _Alignas(64) float factor[1 << 10], bias[1 << 10];
static _Alignas(64) short scratch[1 << 20];

/* The input holds just the pixels that the windows meet. */
static void convolve(
    const struct setting *setting, long channels, long height, long width, long kernel, long stride,
    enum ck_quantized_kind added)
{
    const long input_height = (height - 1) * stride + kernel, input_width = (width - 1) * stride + kernel;
    const long plane = height * width * ck_lanes;
    const struct ck_quantized_convolution task = {
        .input = (unsigned char *)input, .weights = (signed char *)weights, .factor = factor, .bias = bias,
        .residual = {added, residual, plane, plane, width * ck_lanes},
        .output = {ck_bytes, output, plane, plane, width * ck_lanes},
        .input_planes = channels / ck_lanes,
        .input_plane = input_height * input_width * ck_lanes,
        .input_image = input_height * input_width * ck_lanes,
        .input_row = input_width * ck_lanes,
        .output_blocks = 2,
        .images = 1, .height = height, .width = width,
        .kernel = kernel, .stride = stride, .rectified = true, .scratch = scratch,
    };
    ck_convolve_quantized(setting->quantized, setting->team, &task);
}

static void run_1x1(const struct setting *setting) { convolve(setting, 32, 1, 30, 1, 1, ck_bytes); }

static void run_1x1_adding_floats(const struct setting *setting) { convolve(setting, 32, 1, 30, 1, 1, ck_floats); }

static void run_3x3(const struct setting *setting) { convolve(setting, 16, 8, 10, 3, 1, ck_nothing); }

/* As many tiles of 4×4 as every level takes by Winograd's method. */
static void run_3x3_large(const struct setting *setting) { convolve(setting, 16, 28, 28, 3, 1, ck_nothing); }

static void run_3x3_stride_2(const struct setting *setting) { convolve(setting, 16, 2, 15, 3, 2, ck_nothing); }

static void run_words(const struct setting *setting)
{
    const struct ck_quantized_image task = {
        .values = (float *)residual, .words = (short *)input, .images = 1, .height = 8, .width = 112,
        .words_image = 8 * 112 * ck_image_channels, .words_row = 112 * ck_image_channels, .factor = 2048, .largest = 8191,
    };
    ck_quantize_image(setting->quantized, setting->team, &task);
}

static void run_image(const struct setting *setting)
{
    const long row = (28 + ck_image_kernel) * ck_image_channels * sizeof(short), plane = 2 * 14 * ck_lanes;
    const struct ck_quantized_convolution task = {
        .input = (unsigned char *)input, .weights = (signed char *)weights, .factor = factor, .bias = bias,
        .output = {ck_bytes, output, plane, plane, 14 * ck_lanes},
        .input_image = (4 + ck_image_kernel) * row, .input_row = row, .output_blocks = 2,
        .images = 1, .height = 2, .width = 14, .stride = 2, .rectified = true,
    };
    ck_convolve_quantized_image(setting->quantized, setting->team, &task);
}

static void run_pool(const struct setting *setting)
{
    const struct ck_pooling task = {
        .input = input, .output = output, .blocks = 1,
        .input_plane = 16 * 28 * ck_lanes, .input_image = 16 * 28 * ck_lanes, .input_row = 28 * ck_lanes,
        .input_height = 16, .input_width = 28,
        .output_plane = 8 * 14 * ck_lanes, .output_image = 8 * 14 * ck_lanes, .output_row = 14 * ck_lanes,
        .images = 1, .height = 8, .width = 14, .kernel = 3, .stride = 2, .padding = 1,
    };
    ck_pool_quantized(setting->quantized, setting->team, &task);
}

const struct kernel_case quantized_cases[] = {
    {"int8-1x1", run_1x1, ck_float32},
    {"int8-1x1-adding-floats", run_1x1_adding_floats, ck_float32},
    {"int8-3x3", run_3x3, ck_float32},
    {"int8-3x3-large", run_3x3_large, ck_float32},
    {"int8-3x3-stride-2", run_3x3_stride_2, ck_float32},
    {"int8-words", run_words, ck_float32},
    {"int8-image", run_image, ck_float32},
    {"int8-pool", run_pool, ck_float32},
    {0},
};
