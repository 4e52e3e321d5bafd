// SPDX-License-Identifier: Apache-2.0
/* In: maps of bytes 0 … 255 and weights of −127 … 127; for the stem, an image and weights of 16 bits.
 * Out: the same convolutions in integers, scaled to floats or bytes again.
 * Compiled per instruction set as the others are. Sums are exact, and what follows them has an order of its own that no
 * compiler may change (no fused multiply-add): so every level and every number of threads gives the same bits.
 * Called by TensorMath alone, which checks every size.
 *
 * Maps are blocked as CKernels.h has them, a byte an element; the border's zeros are the value 0. */
#ifndef CQUANTIZED_H
#define CQUANTIZED_H

#include "CKernels.h"

/* From lowest to highest; the last two have the same instructions and other tiles. */
enum ck_quantized_level {
    ck_quantized_baseline, ck_quantized_avx2, ck_quantized_avx2vnni, ck_quantized_avx512vnni,
    ck_quantized_avx512vnni_wide,
};

/* Of a block's 16 channels four lie side by side for each output: what `vpdpbusd` sums at once. The weights of the first two
 * are at most 128 together, without their signs, and so are those of the other two. An output's positive weights are at most
 * 2²⁵ / 255 together, and so are its negative ones. */
enum { ck_quad = 4, ck_quads = ck_lanes / ck_quad };

/* The stem reads an image: 7×7 with stride 2, red, green and blue of a pixel side by side, each a word of 16 bits. 21 of them
 * are a row of weights: 10 pairs and a half, so the last pair's second weight is zero. */
enum { ck_image_pairs = 11 };

/* What is added to a sum, and what is written. */
enum ck_quantized_kind { ck_nothing, ck_bytes, ck_floats };

struct ck_quantized_map {
    enum ck_quantized_kind kind;
    void *data; /* first pixel of the first block */
    long plane, image, row; /* pitches in elements */
};

/* output = Σ input · weight · factor + bias + residual · residual_factor, each operation rounded to a float in this order;
 * then no less than zero if rectified, and as a byte rounded to the nearest, to even where two are as near, at most 255. */
struct ck_quantized_convolution {
    const unsigned char *input;  /* what the first output pixel's first weight meets */
    const signed char *weights;  /* [output block][input plane][kernel row][kernel column][4][16 outputs][4 inputs] */
    const float *factor, *bias;  /* [output block][16] */
    struct ck_quantized_map residual, output;
    float residual_factor;
    long input_planes, input_plane, input_image, input_row;
    long output_blocks;
    long images, height, width; /* of the output */
    long kernel, stride;
    bool rectified;   /* bytes always are */
    /* Part by part before this one, whose residual it is, as floats that never leave a cache; or NULL. Both 1×1, and their maps
     * one row. */
    const struct ck_quantized_convolution *shortcut;
    short *scratch;   /* for each thread ck_quantized_scratch / threads */
};

/* Images as words: the nearest of value · factor, to even where two are as near, no farther from zero than `largest`. */
struct ck_quantized_image {
    const float *values;         /* [image][3][height][width] */
    short *words;                /* the first pixel of [image][row][column][3] */
    long images, height, width;
    long words_image, words_row; /* pitches in words */
    float factor, largest;
    bool *is_damaged; /* becomes true where a value is infinite or not a number, which no word says */
};

struct ck_quantized_part {
    struct ck_part box;
    short *scratch;
    bool is_transformed; /* of tiles: the scratch holds those of the same rows already */
};

struct ck_quantized_kernels {
    enum ck_quantized_level level;
    void (*convolve)(const struct ck_quantized_convolution *, const struct ck_quantized_part *);
    /* The same for 3×3 with stride 1, of rows that begin at a multiple of 4; NULL where it is not faster. */
    void (*convolve_tiles)(const struct ck_quantized_convolution *, const struct ck_quantized_part *);
    /* Tiles of 4×4 outputs in all images from which on it is faster: they share what their weights' transform costs. */
    long fewest_tiles;
    void (*convolve_image)(const struct ck_quantized_convolution *, const struct ck_quantized_part *);
    void (*words)(const struct ck_quantized_image *, const struct ck_part *);
    void (*pool_maximum)(const struct ck_pooling *, const struct ck_part *);
};

/* The fastest that a level of the floats' kernels admits. */
enum ck_quantized_level ck_quantized_level_of(enum cp_level level);

/* The kernels of a level, NULL where this processor or this build lacks it. */
const struct ck_quantized_kernels *ck_quantized_kernels_at(enum ck_quantized_level level);

/* Shorts. */
long ck_quantized_scratch(
    const struct ck_quantized_kernels *kernels, const struct ck_quantized_convolution *convolution, long threads);

/* The same results for every number of threads. */
void ck_convolve_quantized(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_quantized_convolution *convolution);

/* The stem. `input` are words, their pitches in bytes; weights are words [output block][kernel row][11][16 outputs][2]; kernel,
 * stride and planes go without saying. The caller sees to it that no sum exceeds 32 bits. */
void ck_convolve_quantized_image(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_quantized_convolution *convolution);
void ck_quantize_image(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_quantized_image *image);

/* A maximum pool of bytes. */
void ck_pool_quantized(
    const struct ck_quantized_kernels *kernels, struct ck_team *team, const struct ck_pooling *pooling);

#endif
