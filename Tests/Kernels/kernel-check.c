// SPDX-License-Identifier: Apache-2.0
/* The kernels of a verdict beside their definitions, at odd sizes, on whatever machine this is compiled for. In: nothing. Out: a line
 * of "ok" or "not ok" for each level; status 1 where one is not. Called by check-aarch64, where no Swift test can run; the
 * Swift tests hold the same kernels to the same definitions, and training's besides. */
#include "CKernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most = 1 << 20, most_pixels = 13, planes = 2, blocks = 3 };

static _Alignas(64) float input[most], weights[most], bias[blocks * ck_lanes], factor[blocks * ck_lanes];
static _Alignas(64) float residual[most], output[most], scratch[4 * most];
static long checked, wrong;

/* xorshift64* (Vigna 2016): the same on every machine. */
static unsigned long state;

static double drawn(void)
{
    state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
    return (double)(long)((state * 2685821657736338717UL) >> 11) / (double)(1L << 52) - 1;
}

static void draw(float *values, long count)
{
    for (long i = 0; i < count; i++) values[i] = (float)drawn();
}

static unsigned short bfloat16(float value)
{
    unsigned bits;
    memcpy(&bits, &value, sizeof bits);
    return (unsigned short)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static float widened(unsigned short upper)
{
    const unsigned bits = (unsigned)upper << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double loaded(enum ck_element element, const void *values, long place)
{
    return element == ck_float32 ? ((const float *)values)[place] : widened(((const unsigned short *)values)[place]);
}

static void store(enum ck_element element, void *values, long place, float value)
{
    if (element == ck_float32) ((float *)values)[place] = value;
    else ((unsigned short *)values)[place] = bfloat16(value);
}

static void draw_elements(enum ck_element element, void *values, long count)
{
    for (long i = 0; i < count; i++) store(element, values, i, (float)drawn());
}

/* Floats may sum in another order, Winograd's method multiplies by up to 8 and subtracts; a bfloat16 keeps eight bits. */
static double tolerance_of(const char *what, enum ck_element element)
{
    if (element != ck_float32) return 1.0 / 128;
    return strncmp(what, "Winograd", 8) == 0 ? 2e-4 : 2e-5;
}

static void compare(const char *what, enum ck_element element, double found, double expected)
{
    checked++;
    if (fabs(found - expected) <= tolerance_of(what, element) * (1 + fabs(expected))) return;
    if (wrong++ < 10) fprintf(stderr, "%s: %.9g, by definition %.9g\n", what, found, expected);
}

struct map {
    long images, height, width, border;
};

static long row_of(const struct map *m) { return (m->width + 2 * m->border) * ck_lanes; }
static long image_of(const struct map *m) { return (m->height + 2 * m->border) * row_of(m); }
static long plane_of(const struct map *m) { return m->images * image_of(m); }

/* Of pixel (0, 0) on; negative places are the border's. */
static long place_of(const struct map *m, long channel, long image, long y, long x)
{
    return channel / ck_lanes * plane_of(m) + image * image_of(m) + (y + m->border) * row_of(m)
        + (x + m->border) * ck_lanes + channel % ck_lanes;
}

/* [output block][plane][kernel row][kernel column][depth][16], pairs of channels together in bfloat16. */
static long weight_place(enum ck_element element, long kernel, long out, long channel, long ky, long kx)
{
    const long place = (((out / ck_lanes * planes + channel / ck_lanes) * kernel + ky) * kernel + kx) * ck_lanes * ck_lanes;
    const long depth = channel % ck_lanes, lane = out % ck_lanes;
    return element == ck_bfloat16 ? place + depth / 2 * 2 * ck_lanes + lane * 2 + depth % 2 : place + depth * ck_lanes + lane;
}

static enum ck_element weights_of(enum ck_element element) { return element == ck_bfloat16 ? ck_bfloat16 : ck_float32; }

/* A bit for each output, where there is a residual. */
static unsigned short signs[most / ck_lanes];

static double convolved(
    enum ck_element element, const struct map *from, const struct map *to, long kernel, long stride, bool adds, long out,
    long image, long y, long x)
{
    double sum = bias[out];
    for (long channel = 0; channel < planes * ck_lanes; channel++)
        for (long ky = 0; ky < kernel; ky++)
            for (long kx = 0; kx < kernel; kx++)
                sum += loaded(element, input, place_of(from, channel, image, y * stride + ky - from->border, x * stride + kx - from->border))
                    * loaded(weights_of(element), weights, weight_place(element, kernel, out, channel, ky, kx));
    const long place = place_of(to, out, image, y, x);
    if (adds) sum += loaded(element, residual, place);
    return sum < 0 || (adds && !(signs[place / ck_lanes] >> place % ck_lanes & 1)) ? 0 : sum;
}

static void check_convolution(
    const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element, long kernel, long stride, long height,
    long width, bool adds)
{
    const struct map from = {2, (height - 1) * stride + 1, (width - 1) * stride + 1, kernel / 2}, to = {2, height, width, 0};
    draw_elements(element, input, planes * plane_of(&from));
    draw_elements(weights_of(element), weights, blocks * planes * kernel * kernel * ck_lanes * ck_lanes);
    draw_elements(element, residual, blocks * plane_of(&to));
    draw(bias, blocks * ck_lanes);
    for (long i = 0; i < blocks * plane_of(&to) / ck_lanes; i++) signs[i] = (unsigned short)(32767.5 + 32767.5 * drawn());
    const struct ck_convolution task = {
        .element = element, .input = input, .weights = weights, .bias = bias, .residual = adds ? residual : NULL, .output = output,
        .signs = adds ? signs : NULL,
        .input_planes = planes, .input_plane = plane_of(&from), .input_image = image_of(&from), .input_row = row_of(&from),
        .output_blocks = blocks, .output_plane = plane_of(&to), .output_image = image_of(&to), .output_row = row_of(&to),
        .images = to.images, .height = height, .width = width, .kernel_height = kernel, .kernel_width = kernel,
        .stride = stride, .rectified = true,
    };
    ck_convolve(kernels, team, &task);
    char what[99];
    snprintf(what, sizeof what, "%ld×%ld/%ld of %ld×%ld, element %d", kernel, kernel, stride, height, width, element);
    for (long out = 0; out < blocks * ck_lanes; out += 5)
        for (long image = 0; image < to.images; image++)
            for (long y = 0; y < height; y++)
                for (long x = 0; x < width; x++)
                    compare(what, element, loaded(element, output, place_of(&to, out, image, y, x)),
                        convolved(element, &from, &to, kernel, stride, adds, out, image, y, x));
}

/* Planes of single pixels, three of them; 7×7, stride 2. Weights [output block][plane][row][column][16]. */
static void compare_image(const char *what, enum ck_element element, const struct map *to)
{
    const long kernel = 7, rows = 2 * (to->height - 1) + kernel, columns = 2 * (to->width - 1) + kernel;
    for (long out = 0; out < blocks * ck_lanes; out++)
        for (long y = 0; y < to->height; y++)
            for (long x = 0; x < to->width; x++) {
                double sum = bias[out];
                for (long plane = 0; plane < 3; plane++)
                    for (long ky = 0; ky < kernel; ky++)
                        for (long kx = 0; kx < kernel; kx++)
                            sum += (double)input[plane * rows * columns + (2 * y + ky) * columns + 2 * x + kx]
                                * weights[(((out / ck_lanes * 3 + plane) * kernel + ky) * kernel + kx) * ck_lanes + out % ck_lanes];
                compare(what, element, loaded(element, output, place_of(to, out, 0, y, x)), sum < 0 ? 0 : sum);
            }
}

/* The kernel's rows 0, 2, 4 and 6 at the points 0, ±1, ±2, ∞ and ½, the other three at the first six: see winograd_image.inc. */
static const double to_lines[13][7] = {
    {-1 / 2.0, 0, 0, 0, 0, 0, 0}, {0, 1 / 4.0, 0, 0, 0, 0, 0},
    {-1 / 3.0, 0, -1 / 3.0, 0, -1 / 3.0, 0, -1 / 3.0}, {0, -1 / 6.0, 0, -1 / 6.0, 0, -1 / 6.0, 0},
    {1 / 9.0, 0, -1 / 9.0, 0, 1 / 9.0, 0, -1 / 9.0}, {0, -1 / 6.0, 0, 1 / 6.0, 0, -1 / 6.0, 0},
    {1 / 36.0, 0, 1 / 18.0, 0, 1 / 9.0, 0, 2 / 9.0}, {0, 1 / 24.0, 0, 1 / 12.0, 0, 1 / 6.0, 0},
    {-1 / 60.0, 0, 1 / 30.0, 0, -1 / 15.0, 0, 2 / 15.0}, {0, 1 / 24.0, 0, -1 / 12.0, 0, 1 / 6.0, 0},
    {0, 0, 0, 0, 0, 0, 1}, {0, 0, 0, 0, 0, 1, 0}, {32 / 45.0, 0, 16 / 45.0, 0, 8 / 45.0, 0, 4 / 45.0}};

/* From the definition's weights to [output block][13][3][7][16]. */
static void transform_image_weights(const float *from, float *to)
{
    for (long i = 0; i < blocks * 13 * 3 * 7 * ck_lanes; i++) {
        const long lane = i % ck_lanes, kx = i / ck_lanes % 7, plane = i / ck_lanes / 7 % 3, line = i / ck_lanes / 21 % 13;
        const long first = (i / ck_lanes / 21 / 13 * 3 + plane) * 7;
        double sum = 0;
        for (long ky = 0; ky < 7; ky++) sum += to_lines[line][ky] * from[((first + ky) * 7 + kx) * ck_lanes + lane];
        to[i] = (float)sum;
    }
}

static void check_image(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element, long height, long width)
{
    const long kernel = 7, rows = 2 * (height - 1) + kernel, columns = 2 * (width - 1) + kernel;
    const struct map to = {1, height, width, 0};
    draw(input, 3 * rows * columns);
    draw(weights, blocks * 3 * kernel * kernel * ck_lanes);
    draw(bias, blocks * ck_lanes);
    const struct ck_convolution task = {
        .element = element, .input = input, .weights = weights, .bias = bias, .output = output,
        .input_planes = 3, .input_plane = rows * columns, .input_image = rows * columns, .input_row = columns,
        .output_blocks = blocks, .output_plane = plane_of(&to), .output_image = image_of(&to), .output_row = row_of(&to),
        .images = 1, .height = height, .width = width, .kernel_height = kernel, .kernel_width = kernel, .stride = 2,
        .rectified = true,
    };
    ck_convolve_image(kernels, team, &task);
    compare_image("image", element, &to);
    if (width < 6) return;
    static _Alignas(64) float transformed[most];
    transform_image_weights(weights, transformed);
    struct ck_winograd winograd = {
        .element = element, .input = input, .weights = transformed, .bias = bias, .output = output,
        .input_planes = 3, .input_plane = rows * columns, .input_image = rows * columns, .input_row = columns,
        .output_blocks = blocks, .output_plane = plane_of(&to), .output_image = image_of(&to), .output_row = row_of(&to),
        .images = 1, .height = height, .width = width, .rectified = true, .tile = ck_image_four, .scratch = scratch,
        .scratch_count = sizeof scratch / sizeof *scratch,
    };
    winograd.chunk = ck_winograd_chunk(&winograd, ck_team_threads(team));
    memset(output, 0, sizeof output);
    ck_convolve_winograd(kernels, team, &winograd);
    compare_image("Winograd", element, &to);
}
static void check_pools(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element, long height, long width)
{
    const struct map from = {2, height, width, 0}, to = {2, (height + 1) / 2, (width + 1) / 2, 0};
    draw_elements(element, input, planes * plane_of(&from));
    const struct ck_pooling task = {
        .element = element, .input = input, .output = output, .blocks = planes,
        .input_plane = plane_of(&from), .input_image = image_of(&from), .input_row = row_of(&from),
        .input_height = height, .input_width = width,
        .output_plane = plane_of(&to), .output_image = image_of(&to), .output_row = row_of(&to),
        .images = 2, .height = to.height, .width = to.width, .kernel = 3, .stride = 2, .padding = 1,
    };
    ck_pool_maximum(kernels, team, &task);
    for (long channel = 0; channel < planes * ck_lanes; channel++)
        for (long y = 0; y < to.height; y++)
            for (long x = 0; x < to.width; x++) {
                double largest = -INFINITY;
                for (long in_y = 2 * y - 1; in_y <= 2 * y + 1; in_y++)
                    for (long in_x = 2 * x - 1; in_x <= 2 * x + 1; in_x++)
                        if (in_y >= 0 && in_y < height && in_x >= 0 && in_x < width)
                            largest = fmax(largest, loaded(element, input, place_of(&from, channel, 1, in_y, in_x)));
                compare("maximum", element, loaded(element, output, place_of(&to, channel, 1, y, x)), largest);
            }
    const struct ck_average mean = {
        .element = element, .input = input, .output = output, .blocks = planes, .input_plane = plane_of(&from),
        .input_image = image_of(&from), .input_row = row_of(&from), .output_plane = 2 * ck_lanes, .images = 2,
        .height = height, .width = width,
    };
    kernels->layers[element].average(&mean);
    for (long channel = 0; channel < planes * ck_lanes; channel++) {
        double sum = 0;
        for (long pixel = 0; pixel < height * width; pixel++)
            sum += loaded(element, input, place_of(&from, channel, 1, pixel / width, pixel % width));
        compare("mean", ck_float32, output[(channel / ck_lanes * 2 + 1) * ck_lanes + channel % ck_lanes], sum / (double)(height * width));
    }
}

/* Lavin and Gray, “Fast algorithms for convolutional neural networks”, 2016: U = G g Gᵀ. */
static const double to_four[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
static const double to_five[5][3] = {
    {1 / 2.0, 0, 0}, {-1 / 2.0, -1 / 2.0, -1 / 2.0}, {-1 / 6.0, 1 / 6.0, -1 / 6.0}, {1 / 6.0, 1 / 3.0, 2 / 3.0}, {0, 0, 1}};
static const double to_six[6][3] = {
    {1 / 4.0, 0, 0}, {-1 / 6.0, -1 / 6.0, -1 / 6.0}, {-1 / 6.0, 1 / 6.0, -1 / 6.0}, {1 / 24.0, 1 / 12.0, 1 / 6.0},
    {1 / 24.0, -1 / 12.0, 1 / 6.0}, {0, 0, 1}};
/* With stride 2 the middle weight stays as it is; see winograd.inc. */
static const double to_strided_four[4][3] = {{0, 1, 0}, {1, 0, 0}, {1, 0, 1}, {0, 0, 1}};
static const double to_strided_six[6][3] = {
    {0, 1, 0}, {1 / 2.0, 0, 0}, {-1 / 2.0, 0, -1 / 2.0}, {-1 / 6.0, 0, 1 / 6.0}, {1 / 6.0, 0, 1 / 3.0}, {0, 0, 1}};

static const struct winograd {
    const double (*matrix)[3];
    long points, stride;
} winograds[] = {
    [ck_winograd_two] = {to_four, 4, 1},        [ck_winograd_three] = {to_five, 5, 1},
    [ck_winograd_four] = {to_six, 6, 1},        [ck_strided_two] = {to_strided_four, 4, 2},
    [ck_strided_four] = {to_strided_six, 6, 2},
};

/* From the definition's weights to [output block][place][input plane][16][16]. */
static void transform_weights(const float *from, float *to, const double (*matrix)[3], long points)
{
    for (long out = 0; out < blocks * ck_lanes; out++)
        for (long channel = 0; channel < planes * ck_lanes; channel++)
            for (long place = 0; place < points * points; place++) {
                double sum = 0;
                for (long ky = 0; ky < 3; ky++)
                    for (long kx = 0; kx < 3; kx++)
                        sum += matrix[place / points][ky] * from[weight_place(ck_float32, 3, out, channel, ky, kx)]
                            * matrix[place % points][kx];
                to[((out / ck_lanes * points * points + place) * planes + channel / ck_lanes) * ck_lanes * ck_lanes
                    + channel % ck_lanes * ck_lanes + out % ck_lanes] = (float)sum;
            }
}

static struct ck_winograd winograd_of(const struct map *from, const struct map *to, const float *kernels, enum ck_winograd_tile tile)
{
    return (struct ck_winograd){
        .element = ck_float32, .input = input, .weights = kernels, .bias = bias, .output = output,
        .input_planes = planes, .input_plane = plane_of(from), .input_image = image_of(from), .input_row = row_of(from),
        .output_blocks = blocks, .output_plane = plane_of(to), .output_image = image_of(to), .output_row = row_of(to),
        .images = 2, .height = to->height, .width = to->width, .rectified = true, .tile = tile, .scratch = scratch,
        .scratch_count = sizeof scratch / sizeof *scratch,
    };
}

static void compare_winograd(const char *kind, const struct map *from, const struct map *to, long stride, long channels)
{
    for (long out = 0; out < channels; out += 5)
        for (long y = 0; y < to->height; y++)
            for (long x = 0; x < to->width; x++)
                compare(kind, ck_float32, output[place_of(to, out, 1, y, x)],
                    convolved(ck_float32, from, to, 3, stride, false, out, 1, y, x));
}

static void check_winograd(
    const struct ck_kernels *kernels, struct ck_team *team, enum ck_winograd_tile tile, long height, long width)
{
    static _Alignas(64) float transformed[most];
    const struct winograd *winograd = winograds + tile;
    const long stride = winograd->stride;
    const struct map from = {2, (height - 1) * stride + 1, (width - 1) * stride + 1, 1}, to = {2, height, width, 0};
    draw(input, planes * plane_of(&from));
    draw(weights, blocks * planes * 9 * ck_lanes * ck_lanes);
    draw(bias, blocks * ck_lanes);
    transform_weights(weights, transformed, winograd->matrix, winograd->points);
    struct ck_winograd task = winograd_of(&from, &to, transformed, tile);
    task.chunk = ck_winograd_chunk(&task, ck_team_threads(team));
    ck_convolve_winograd(kernels, team, &task);
    compare_winograd("Winograd", &from, &to, stride, blocks * ck_lanes);
}

/* By weights as they are, all outputs or so few that threads share their tiles, and with a chunk or several. */
static void check_plain_winograd(const struct ck_kernels *kernels, struct ck_team *team, long height, long width)
{
    const struct map from = {2, height, width, 1}, to = {2, height, width, 0};
    draw(input, planes * plane_of(&from));
    draw(weights, blocks * planes * 9 * ck_lanes * ck_lanes);
    draw(bias, blocks * ck_lanes);
    struct ck_winograd_plain task = {.convolution = winograd_of(&from, &to, weights, ck_winograd_four)};
    task.convolution.output_blocks = 1 + width % blocks;
    task.convolution.chunk = width % 2 == 0 ? 3 : ck_winograd_plain_chunk(&task.convolution);
    ck_convolve_winograd_plain(kernels, ck_training_kernels_at(kernels->level), team, &task);
    compare_winograd("Winograd by plain weights", &from, &to, 1, task.convolution.output_blocks * ck_lanes);
}

/* [output block][plane][kernel row][kernel column][4][16 outputs][4 inputs]. */
static long byte_place(long kernel, long out, long channel, long ky, long kx)
{
    const long depth = channel % ck_lanes;
    return (((out / ck_lanes * planes + channel / ck_lanes) * kernel + ky) * kernel + kx) * ck_lanes * ck_lanes
        + depth / ck_quad * ck_lanes * ck_quad + out % ck_lanes * ck_quad + depth % ck_quad;
}

/* Sums are exact, and what follows is rounded as the definition is: the same bits. */
static void check_bytes(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, long kernel, long stride, long height, long width)
{
    const struct map from = {2, (height - 1) * stride + 1, (width - 1) * stride + 1, kernel / 2}, to = {2, height, width, 0};
    unsigned char *bytes = (unsigned char *)input, *made = (unsigned char *)output;
    signed char *whole = (signed char *)weights;
    for (long i = 0; i < planes * plane_of(&from); i++) bytes[i] = (unsigned char)(127.5 + 127.5 * drawn());
    for (long i = 0; i < blocks * planes * kernel * kernel * ck_lanes * ck_lanes; i++) whole[i] = (signed char)(63 * drawn());
    draw(bias, blocks * ck_lanes);
    for (long i = 0; i < blocks * ck_lanes; i++) bias[i] *= 100, factor[i] = (float)(0.004 + 0.002 * drawn());
    const struct ck_quantized_convolution task = {
        .input = bytes, .weights = whole, .factor = factor, .bias = bias,
        .output = {ck_bytes, made, plane_of(&to), image_of(&to), row_of(&to)},
        .input_planes = planes, .input_plane = plane_of(&from), .input_image = image_of(&from), .input_row = row_of(&from),
        .output_blocks = blocks, .images = 2, .height = height, .width = width, .kernel = kernel, .stride = stride,
        .rectified = true, .scratch = (short *)scratch,
    };
    ck_convolve_quantized(kernels, team, &task);
    for (long out = 0; out < blocks * ck_lanes; out++)
        for (long y = 0; y < height; y++)
            for (long x = 0; x < width; x++) {
                int sum = 0;
                for (long channel = 0; channel < planes * ck_lanes; channel++)
                    for (long ky = 0; ky < kernel; ky++)
                        for (long kx = 0; kx < kernel; kx++)
                            sum += bytes[place_of(&from, channel, 1, y * stride + ky - from.border, x * stride + kx - from.border)]
                                * whole[byte_place(kernel, out, channel, ky, kx)];
                const volatile float scaled = (float)sum * factor[out];
                const float value = scaled + bias[out];
                const long place = place_of(&to, out, 1, y, x);
                compare("bytes", ck_float32, made[place], fmin(255, fmax(0, nearbyint(value))));
            }
}

/* An image in words, and the first convolution of them: the same bits. */
static void check_words(const struct ck_quantized_kernels *kernels, struct ck_team *team, long height, long width)
{
    enum { channels = ck_image_channels, kernel = ck_image_kernel, row_pairs = ck_image_pairs, border = kernel / 2 };
    static _Alignas(64) short words[most], whole[blocks * kernel * row_pairs * ck_lanes * 2];
    const long rows = 2 * height, columns = 2 * width, row = (columns + 2 * border + 1) * channels;
    const long image = (rows + 2 * border) * row, first = border * (row + channels);
    const struct map to = {2, height, width, 0};
    unsigned char *made = (unsigned char *)output;
    draw(input, 2 * channels * rows * columns);
    for (long i = 0; i < 2 * channels * rows * columns; i++) input[i] *= 6;
    memset(words, 0, sizeof words);
    bool is_damaged = false;
    const struct ck_quantized_image taken = {
        .values = input, .words = words + first, .images = 2, .height = rows, .width = columns,
        .words_image = image, .words_row = row, .factor = 1500, .largest = 8191, .is_damaged = &is_damaged,
    };
    ck_quantize_image(kernels, team, &taken);
    compare("an image without damage", ck_float32, is_damaged, false);
    for (long n = 0; n < 2; n++)
        for (long channel = 0; channel < channels; channel++)
            for (long y = 0; y < rows; y++)
                for (long x = 0; x < columns; x++) {
                    const volatile float scaled = input[((n * channels + channel) * rows + y) * columns + x] * 1500;
                    compare("words", ck_float32, words[n * image + first + y * row + x * channels + channel],
                        fmin(8191, fmax(-8191, nearbyint(scaled))));
                }
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        whole[i] = i / (2 * ck_lanes) % row_pairs == row_pairs - 1 && i % 2 ? 0 : (short)(1700 * drawn());
    draw(bias, blocks * ck_lanes);
    for (long i = 0; i < blocks * ck_lanes; i++) bias[i] *= 100, factor[i] = (float)(2e-6 + 1e-6 * drawn());
    const struct ck_quantized_convolution task = {
        .input = (unsigned char *)words, .weights = (signed char *)whole, .factor = factor, .bias = bias,
        .output = {ck_bytes, made, plane_of(&to), image_of(&to), row_of(&to)},
        .input_image = image * 2, .input_row = row * 2, .output_blocks = blocks, .images = 2, .height = height, .width = width,
        .stride = 2, .rectified = true,
    };
    ck_convolve_quantized_image(kernels, team, &task);
    for (long out = 0; out < blocks * ck_lanes; out++)
        for (long y = 0; y < height; y++)
            for (long x = 0; x < width; x++) {
                long sum = 0;
                for (long ky = 0; ky < kernel; ky++)
                    for (long i = 0; i < 2 * row_pairs; i++)
                        sum += words[image + (2 * y + ky) * row + 2 * x * channels + i]
                            * whole[(((out / ck_lanes * kernel + ky) * row_pairs + i / 2) * ck_lanes + out % ck_lanes) * 2 + i % 2];
                const volatile float scaled = (float)(int)sum * factor[out];
                const float value = scaled + bias[out];
                compare("words", ck_float32, made[place_of(&to, out, 1, y, x)], fmin(255, fmax(0, nearbyint(value))));
            }
}

static void check_byte_pool(const struct ck_quantized_kernels *kernels, struct ck_team *team, long height, long width)
{
    const struct map from = {1, height, width, 0}, to = {1, (height + 1) / 2, (width + 1) / 2, 0};
    unsigned char *bytes = (unsigned char *)input, *made = (unsigned char *)output;
    for (long i = 0; i < plane_of(&from); i++) bytes[i] = (unsigned char)(127.5 + 127.5 * drawn());
    const struct ck_pooling task = {
        .input = bytes, .output = made, .blocks = 1,
        .input_plane = plane_of(&from), .input_image = image_of(&from), .input_row = row_of(&from),
        .input_height = height, .input_width = width,
        .output_plane = plane_of(&to), .output_image = image_of(&to), .output_row = row_of(&to),
        .images = 1, .height = to.height, .width = to.width, .kernel = 3, .stride = 2, .padding = 1,
    };
    ck_pool_quantized(kernels, team, &task);
    for (long channel = 0; channel < ck_lanes; channel++)
        for (long y = 0; y < to.height; y++)
            for (long x = 0; x < to.width; x++) {
                int largest = 0;
                for (long row = 2 * y - 1; row <= 2 * y + 1; row++)
                    for (long column = 2 * x - 1; column <= 2 * x + 1; column++) {
                        if (row < 0 || row >= height || column < 0 || column >= width) continue;
                        const int value = bytes[place_of(&from, channel, 0, row, column)];
                        largest = value > largest ? value : largest;
                    }
                compare("pool of bytes", ck_float32, made[place_of(&to, channel, 0, y, x)], largest);
            }
}

static void check_floats(const struct ck_kernels *kernels, struct ck_team *team)
{
    for (enum ck_element element = ck_float32; element <= ck_widened; element++)
        for (long width = 1; width <= most_pixels; width++) {
            const long height = 1 + width % 4;
            for (long stride = 1; stride <= 2; stride++) {
                check_convolution(kernels, team, element, 1, stride, height, width, width % 2);
                check_convolution(kernels, team, element, 3, stride, height, width, false);
            }
            if (element == ck_widened) continue;
            check_image(kernels, team, element, 1 + width % 6, width);
            check_pools(kernels, team, element, height, width);
        }
    for (long width = 1; width <= most_pixels; width++) {
        for (enum ck_winograd_tile tile = ck_winograd_two; tile <= ck_strided_four; tile++)
            check_winograd(kernels, team, tile, 1 + width % 5, width);
        check_plain_winograd(kernels, team, 1 + width % 5, width);
    }
}

static void report(const char *kind, int level)
{
    printf("%s - %s of level %d: %ld values beside their definitions, %ld wrong\n", wrong ? "not ok" : "ok", kind, level, checked, wrong);
    checked = 0;
}

int main(void)
{
    struct ck_team *team = ck_team_create(2);
    if (!team) return 71;
    long failed = 0;
    for (enum cp_level level = cp_baseline; level <= cp_avx512bf16; level++) {
        const struct ck_kernels *kernels = ck_kernels_at(level);
        if (!kernels) continue;
        state = 20151210, wrong = 0;
        check_floats(kernels, team);
        report("floats and bfloat16", level);
        failed += wrong;
    }
    for (enum ck_quantized_level level = ck_quantized_baseline; level <= ck_quantized_avx512vnni_wide; level++) {
        const struct ck_quantized_kernels *kernels = ck_quantized_kernels_at(level);
        if (!kernels) continue;
        state = 20151210, wrong = 0;
        for (long width = 1; width <= most_pixels; width++) {
            for (long stride = 1; stride <= 2; stride++) {
                check_bytes(kernels, team, 1, stride, 1 + width % 4, width);
                if (stride == 1 || width > 1) check_bytes(kernels, team, 3, stride, 1 + width % 4, width);
            }
            check_words(kernels, team, 1 + width % 4, width);
            check_byte_pool(kernels, team, 1 + width % 4, width);
        }
        report("bytes and words", level);
        failed += wrong;
    }
    ck_team_destroy(team);
    return failed > 0;
}
