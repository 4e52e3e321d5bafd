// SPDX-License-Identifier: Apache-2.0
/* In: maps and packed weights as CKernels.h has them, and gradients that lie as they do. Out: what a training step computes
 * beside its convolutions. Compiled per instruction set as the others are; the same results for every number of threads.
 * Called by TensorMath alone, which checks every size. */
#ifndef CTRAINING_H
#define CTRAINING_H

#include "CKernels.h"

/* A blocked map: its first pixel of the first block, and pitches in elements. */
struct ck_map {
    void *data;
    long plane, image, row;
};

struct ck_extent {
    long blocks, images, height, width;
};

/* The gradient of a convolution's weights, packed as the weights are. */
struct ck_weight_gradient {
    enum ck_element element; /* of both maps; an image is of floats always */
    const void *input;       /* what the first output pixel's first weight meets */
    const void *gradient;    /* of the output: first pixel of the first block */
    float *weights;          /* written, not added to */
    long input_planes, input_plane, input_image, input_row;
    long gradient_blocks, gradient_plane, gradient_image, gradient_row;
    long images, height, width; /* of the output */
    long kernel, stride; /* of blocked inputs: up to 3 and up to 2 */
    long depth; /* 16 for blocked inputs; the kernel's width for planes of single pixels, whose columns count once */
    long shares; /* runs of images that are summed apart, each into weights of its own */
    float *scratch; /* the weights of all shares but the first */
};

/* A box of the gradient: some blocks of either side, some rows of some images. */
struct ck_gradient_part {
    long first_block, end_block, first_plane, end_plane, first_image, end_image;
    long next_block, next_plane; /* where the part behind it begins, whose lines it asks for */
    float *weights;
};

/* The gradient of the weights of a convolution by Winograd's method, with tiles of 4×4 outputs; packed as 3×3 weights are. */
struct ck_winograd_gradient {
    struct ck_winograd forward; /* the convolution; its output's pitches are the gradient's, its chunk is summed at a time */
    const void *gradient;       /* of the output: first pixel of the first block */
    float *weights;             /* written, not added to */
    float *scratch;
};

/* Planes or blocks of a chunk that are transformed, or pairs of them that are summed. */
struct ck_winograd_gradient_part {
    long first_block, end_block, first_plane, end_plane, first_tile, end_tile;
    float *input, *gradient; /* transformed: [place][plane or block][chunk][16] */
    float *sums;             /* [place][block][plane][16 inputs][16 outputs] of the part, and a line more for each place */
};

struct ck_winograd_gradient_kernels {
    void (*transform)(const struct ck_winograd_gradient *, const struct ck_winograd_gradient_part *);
    void (*sum)(const struct ck_winograd_gradient *, const struct ck_winograd_gradient_part *);
};

/* Sums over each image's pixels: Σ d and Σ d² with d = x − the first image's first pixel. */
struct ck_statistics {
    struct ck_map input;
    struct ck_extent extent;
    float *sums; /* [block][image][2][16] */
};

/* output = max(factor·input + offset + other, 0); other is a map as it is, a map with factor and offset, or none.
 * Factors, offsets and the like are [block][16]. */
struct ck_normalization {
    struct ck_map input, other, output;
    struct ck_extent extent;
    const float *factor, *offset, *other_factor, *other_offset;
    unsigned short *signs; /* where there is an `other`: a bit for each output, laid out as they are, whether it is above zero */
};

/* Of a normalization's output gradient g, and d = x − mean: Σ g and Σ g·d, with g counted where factor·x + offset is above zero;
 * everywhere without factor. */
struct ck_normalization_sums {
    struct ck_map gradient, input, other;
    struct ck_extent extent;
    const float *factor, *offset;
    const float *mean, *other_mean;
    float *sums; /* [block][image][3][16]: Σ g, Σ g·d, Σ g·d of `other` */
};

/* result = a·g + b·(x − mean) + c, with g counted where factor·x + offset is above zero; everywhere without factor. */
struct ck_normalization_gradient {
    struct ck_map gradient, input, result;
    struct ck_extent extent;
    const float *factor, *offset, *mean, *a, *b, *c;
};

/* The stem's end: output = max(0, the largest of factor·input + offset under each window). */
struct ck_normalized_pool {
    struct ck_map input, output;
    unsigned char *places; /* [block][image][row][pixel][16]: the largest's place in its window */
    struct ck_extent extent; /* of the output */
    long input_height, input_width, kernel, stride, padding;
    const float *factor, *offset, *mean;
    struct ck_map gradient, result; /* backward: of the output and, masked, of the normalization's output */
    float *sums; /* backward: as in ck_normalization_sums */
};

/* Maps moved about without arithmetic of their own. */
struct ck_spread {
    struct ck_map from, to;
    struct ck_extent extent; /* of `to` */
    const unsigned short *signs; /* as in ck_convolution, of `to`: of a mean's gradient and of what is added to even pixels */
    long phase; /* elements from one phase's map to the next; see interleave */
};

/* Weights as bfloat16 would keep them. */
struct ck_rounded_weights {
    const float *weights;
    void *rounded; /* floats, or pairs of bfloat16 */
    long count; /* a multiple of 16; of 32 for pairs */
};

/* What turned weights are made of: floats, rounded or not, or pairs of bfloat16 as ck_convolution has them. */
enum ck_turned_element { ck_turned_float32, ck_turned_rounded, ck_turned_pairs };

/* Weights regrouped from [block][plane][from_taps][16 inputs][16 outputs]
 *                      to [plane][block][taps][16 outputs][16 inputs]: those of the convolution that runs backward. */
struct ck_turned_weights {
    const float *weights;
    void *turned;
    long blocks, planes, from_taps, taps;
    const long *sources; /* for each tap the one it is taken from */
    enum ck_turned_element element;
};

/* 3×3 weights [block][plane][9][16][16] → G g Gᵀ, or a line of it, for tiles of 4×4 outputs as ck_winograd has them. */
struct ck_transformed_weights {
    const float *weights;
    float *transformed; /* of the first block */
    long first_block, planes;
    long first_line, end_line; /* of the matrices: all, or one */
    bool are_rounded; /* before they are transformed */
};

/* A Winograd convolution with tiles of 4×4 outputs, whose weights are packed 3×3 ones, [block][plane][9][16][16]. */
struct ck_winograd_plain {
    struct ck_winograd convolution;
    bool are_rounded; /* to bfloat16, before they are transformed */
};

/* One step of Adam (arXiv 1412.6980) over a run of floats, a multiple of 16. */
struct ck_adam {
    float *parameters, *first, *second;
    const float *gradients;
    long count;
    float kept;       /* share of a parameter that decoupled weight decay leaves */
    float decay;      /* weight decay that is added to the gradient */
    float first_rate, second_kept, second_rate;
    float step, inverse_root, epsilon; /* parameter −= step · first / (√second · inverse_root + epsilon) */
};

/* One step of a running mean over a run of floats, a multiple of 16: mean += (values − mean) · rate. */
struct ck_running_mean {
    float *mean;
    const float *values;
    long count;
    float rate;
};

/* Works on one block of one image, on one block, or on one run of floats: what `task` is, each kernel says. */
typedef void ck_box_work(const void *task, long block, long image);

/* What works on maps of one kind. */
struct ck_map_kernels {
    ck_box_work *statistics;               /* ck_statistics */
    ck_box_work *normalize;                /* ck_normalization */
    ck_box_work *normalization_sums;       /* ck_normalization_sums */
    ck_box_work *normalization_gradient;   /* ck_normalization_gradient */
    ck_box_work *normalized_pool;          /* ck_normalized_pool */
    ck_box_work *normalized_pool_gradient; /* ck_normalized_pool */
    ck_box_work *average_gradient;         /* ck_spread: each pixel gets its part of a mean's gradient, which is of floats */
    ck_box_work *add_to_even;              /* ck_spread: pixel (y, x) is added to pixel (2y, 2x) */
    ck_box_work *interleave;               /* ck_spread: pixel (2y + p, 2x + q) is pixel (y, x) of phase 2p + q */
};

struct ck_training_kernels {
    enum cp_level level;
    bool multiplies_pairs; /* bfloat16 by bfloat16: then convolutions of such maps take paired weights */
    struct ck_map_kernels maps[2]; /* by enum ck_element: floats or bfloat16 */
    void (*weight_gradient)(const struct ck_weight_gradient *, const struct ck_gradient_part *);
    struct ck_winograd_gradient_kernels winograd_gradient;
    ck_box_work *turn_weights;      /* ck_turned_weights, by plane */
    ck_box_work *transform_weights; /* ck_transformed_weights, by block and plane */
    ck_box_work *round_weights;     /* ck_rounded_weights, by run of ck_run floats */
    ck_box_work *pair_weights;      /* ck_rounded_weights, by run of ck_run floats, to bfloat16 of [depth/2][16][2] */
    ck_box_work *adam;              /* ck_adam, by run of ck_run floats */
    ck_box_work *running_mean;      /* ck_running_mean, by run of ck_run floats */
};

enum { ck_run = 16 * 1024 };

/* The kernels of a level, NULL where this processor or this build lacks it. */
const struct ck_training_kernels *ck_training_kernels_at(enum cp_level level);

/* Calls work for every block below `blocks` and every image below `images`. */
void ck_run_boxes(struct ck_team *team, ck_box_work *work, const void *task, long blocks, long images);
/* The same from the last to the first: what another pass over the same maps read last is in a cache still. */
void ck_run_boxes_from_end(struct ck_team *team, ck_box_work *work, const void *task, long blocks, long images);

/* Into how many shares a gradient is cut so that many threads find work, and the floats of scratch that they take. */
long ck_weight_gradient_shares(const struct ck_weight_gradient *gradient);
long ck_weight_gradient_scratch(const struct ck_weight_gradient *gradient);
void ck_sum_weight_gradient(
    const struct ck_training_kernels *kernels, struct ck_team *team, const struct ck_weight_gradient *gradient);

/* Whether transformed weights are better made anew where they are met than kept; then `chunk` and scratch have to be as follows. */
bool ck_winograd_is_plain(const struct ck_winograd *convolution);
long ck_winograd_plain_chunk(const struct ck_winograd *convolution);
long ck_winograd_plain_scratch(const struct ck_winograd *convolution, long threads);
void ck_convolve_winograd_plain(
    const struct ck_kernels *kernels, const struct ck_training_kernels *training, struct ck_team *team,
    const struct ck_winograd_plain *plain);

/* What the forward convolution's `chunk` and, with it, the scratch of its weights' gradient have to be: tiles and floats. */
long ck_winograd_gradient_chunk(const struct ck_winograd *convolution);
long ck_winograd_gradient_scratch(const struct ck_winograd *convolution, long threads);
void ck_sum_winograd_gradient(
    const struct ck_kernels *kernels, const struct ck_training_kernels *training, struct ck_team *team,
    const struct ck_winograd_gradient *gradient);

#endif
