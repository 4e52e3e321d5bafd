// SPDX-License-Identifier: Apache-2.0
/* In: maps of one or more images whose channels lie in blocks of 16, weights packed to match. Out: convolved and pooled maps, bias, residual
 * and ReLU already in. One body compiled per instruction set, picked at run time; a team of threads shares the work.
 * Called by TensorMath alone, which checks every size; nothing here allocates but ck_team_create.
 *
 * Blocked map: [channel block][image][row][pixel][16 channels]; rows, images and planes at a pitch, all pitches in
 * elements. Images lie inside a plane so that weights meet all of them in turn. Missing channels of the last block are
 * zeros, in maps as in weights. */
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>

#include "CProcessor.h"

enum { ck_lanes = 16 };

/* What maps and weights are made of: floats; bfloat16, their upper halves; or maps of bfloat16 that are widened to meet
 * weights of floats. Sums and biases are floats always, and so is an image. Pitches are in elements. */
enum ck_element { ck_float32, ck_bfloat16, ck_widened };

/* Outputs of a Winograd tile in either direction, 3×3 with stride 1 or 2; the last is four rows of outputs from an image, 7×7
 * with stride 2. Training has the first two. */
enum ck_winograd_tile {
    ck_winograd_two, ck_winograd_four, ck_winograd_three, ck_strided_two, ck_strided_four, ck_image_four, ck_winograd_tiles,
};

/* The stem reads an image of three planes, 7×7 with stride 2; Winograd's method makes 13 lines of a column of its weights,
 * and sums what they make of inputs at seven points. */
enum { ck_image_kernel = 7, ck_image_channels = 3, ck_image_lines = 13, ck_image_points = 7 };

/* A convolution as the kernels walk it. Pointers are aligned to 64 bytes, and the input's border is in memory. */
struct ck_convolution {
    enum ck_element element;
    const void *input;    /* what the first output pixel's first weight meets */
    const void *weights;  /* [output block][input plane][kernel row][kernel column][depth][16]; bfloat16: [depth/2][16][2] */
    const float *bias;    /* [output block][16] */
    const void *residual; /* laid out as the output and added before ReLU, or NULL */
    const unsigned short *signs; /* a bit for each output, laid out as they are: where it is 0 they are 0; or NULL */
    void *output;         /* first pixel of the first block */
    long input_planes, input_plane, input_image, input_row;
    long output_blocks, output_plane, output_image, output_row;
    long images, height, width; /* of the output */
    long kernel_height, kernel_width, stride;
    bool rectified;
};

/* A maximum pool: as above; the window is clipped to the map. */
struct ck_pooling {
    enum ck_element element;
    const void *input;
    void *output;
    long blocks, input_plane, input_image, input_row, input_height, input_width;
    long output_plane, output_image, output_row, images, height, width;
    long kernel, stride, padding;
};

/* A mean over each plane's height × width. */
struct ck_average {
    enum ck_element element;
    const void *input;
    float *output; /* [block][image][16] */
    long blocks, input_plane, input_image, input_row, output_plane, images, height, width;
};

/* A box of the output: what one thread computes at a time. Rows count through all images. */
struct ck_part {
    long first_block, end_block, first_row, end_row, first_column, end_column;
    const void *upcoming; /* where weights lie that this thread will want after the part, to ask for and no more; or NULL */
    bool is_first;        /* whether the thread has met these pixels with no other channels before */
};

/* A 3×3 convolution by Winograd's method, or an image's 7×7; the input's border is in memory. */
struct ck_winograd {
    enum ck_element element; /* of the maps; products are floats always */
    const void *input;       /* what the first output pixel's first weight meets */
    const float *weights;    /* G g Gᵀ as [output block][matrix][input plane][16][16]; G g of an image's as [output block][line][3][7][16] */
    const float *bias;       /* [output block][16] */
    void *output;
    long input_planes, input_plane, input_image, input_row;
    long output_blocks, output_plane, output_image, output_row;
    long images, height, width; /* of the output */
    bool rectified;
    enum ck_winograd_tile tile;
    long chunk; /* tiles that are transformed and multiplied at a time */
    float *scratch;
    long scratch_count; /* floats: each thread's share is the same one in all layers that have the same scratch */
};

/* Input planes or output blocks, tiles and places that one thread computes at a time. */
struct ck_winograd_part {
    long first_block, end_block, first_tile, end_tile, first_place, end_place;
    const float *weights; /* from those of the first block and matrix on; an image's parts don't have them */
    long first_matrix;
    long next_weights;    /* floats from a block's to the next one's */
    float *transformed; /* [place][input plane][chunk][16]; of an image [line][3][columns] */
    float *products;    /* [place][product_blocks][chunk][16]; of an image [7][pixel][blocks][16] */
    long product_blocks;
};

struct ck_winograd_kernels {
    void (*transform)(const struct ck_winograd *, const struct ck_winograd_part *);
    void (*multiply)(const struct ck_winograd *, const struct ck_winograd_part *);
    /* The outputs of all places' products; NULL where the products' kernel writes them. */
    void (*finish)(const struct ck_winograd *, const struct ck_winograd_part *);
};

/* Fletcher's checksum ("An arithmetic checksum for serial transmissions", 1982) in 16 lanes of 64 bits: the sum of all
 * words, and the sum of those sums. Any change of one word shows, and words that change places. */
struct ck_checksum {
    const unsigned *words; /* on a cache line */
    long count;            /* a multiple of 16 */
    long piece;            /* words that one thread sums at a time, a multiple of 16 */
    unsigned long *sums;   /* [piece][2][16] */
};

/* A blocked map, from its border's first byte on; pitches and a pixel's size in bytes, the border's width in pixels. */
struct ck_border {
    void *map;
    long planes, plane, images, image, height, row, pixel, border;
};

/* Pieces of so many bytes, from pitch to pitch. */
struct ck_copy {
    const void *from;
    void *to;
    long pieces, bytes, from_pitch, to_pitch;
};

/* The layers of maps of one kind. */
struct ck_layers {
    /* Blocked map to blocked map, stride 1 or 2; depth is 16. */
    void (*convolve)(const struct ck_convolution *, const struct ck_part *);
    /* Planes of single pixels to blocked map, 7×7, stride 2: depth is a kernel row, and kernel columns count once. */
    void (*convolve_image)(const struct ck_convolution *, const struct ck_part *);
    void (*pool_maximum)(const struct ck_pooling *, const struct ck_part *);
    void (*average)(const struct ck_average *);
};

struct ck_kernels {
    enum cp_level level;
    struct ck_layers layers[3]; /* by enum ck_element */
    struct ck_winograd_kernels winograd[ck_winograd_tiles]; /* by enum ck_winograd_tile */
    void (*checksum)(const struct ck_checksum *, long piece);
};

/* The kernels of a level, NULL where this processor or this build lacks it. */
const struct ck_kernels *ck_kernels_at(enum cp_level level);

/* Threads that work on one task at a time: the caller and threads − 1 more. */
struct ck_team;

/* NULL where the system gives no more threads. */
struct ck_team *ck_team_create(long threads);
void ck_team_destroy(struct ck_team *team);

long ck_team_threads(const struct ck_team *team);

/* Calls work(context, item, thread) once for every item below count, on any of the threads 0, 1, …, and returns when all
 * have returned. Items are taken in ascending order; the caller is thread 0. */
typedef void ck_work(const void *context, long item, long thread);
void ck_team_run(struct ck_team *team, long count, ck_work *work, const void *context);

/* What a thread notes for itself while a task runs, such as what its scratch holds; no note when the task begins. */
enum { ck_no_note = -1 };
long *ck_team_note(struct ck_team *team, long thread);

/* The same results for every number of threads: the cut into parts depends on the sizes alone. */
void ck_convolve(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution);
void ck_convolve_image(
    const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution);
/* What `chunk` and, with it, the scratch have to be for a team of so many threads: tiles and floats. */
long ck_winograd_chunk(const struct ck_winograd *convolution, long threads);
long ck_winograd_scratch(const struct ck_winograd *convolution, long threads);
void ck_convolve_winograd(
    const struct ck_kernels *kernels, struct ck_team *team, const struct ck_winograd *convolution);
void ck_sum_words(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_checksum *checksum);
void ck_pool_maximum(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_pooling *pooling);

void ck_copy_pieces(struct ck_team *team, const struct ck_copy *copy);

/* Zeros in the border; pixels stay as they are. */
void ck_clear_border(struct ck_team *team, const struct ck_border *border);

#include "CQuantized.h"
#include "CTraining.h"

#endif
