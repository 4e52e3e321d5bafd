/* In: maps whose channels lie in blocks of 16, weights packed to match. Out: convolved and pooled maps, bias, residual
 * and ReLU already in. One body compiled per instruction set, picked at run time; a team of threads shares the work.
 * Called by TensorMath alone, which checks every size; nothing here allocates but ck_team_create.
 *
 * Blocked map (NCHW16c): [channel block][row][pixel][16 channels], rows and planes at a pitch, all pitches in floats.
 * Missing channels of the last block are zeros, in maps as in weights. */
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>

enum { ck_lanes = 16 };

/* From lowest to highest; each includes the ones before it. */
enum ck_level { ck_baseline, ck_avx2, ck_avx512 };

/* A convolution as the kernels walk it. Pointers are aligned to 64 bytes, and the input's border is in memory. */
struct ck_convolution {
    const float *input;    /* what the first output pixel's first weight meets */
    const float *weights;  /* [output block][input plane][kernel row][kernel column][depth][16] */
    const float *bias;     /* [output block][16] */
    const float *residual; /* laid out as the output and added before ReLU, or NULL */
    float *output;         /* first pixel of the first block */
    long input_planes, input_plane, input_row;
    long output_blocks, output_plane, output_row;
    long height, width; /* of the output */
    long kernel, stride;
    bool rectified;
};

/* A maximum pool: as above; the window is clipped to the map. */
struct ck_pooling {
    const float *input;
    float *output;
    long blocks, input_plane, input_row, input_height, input_width;
    long output_plane, output_row, height, width;
    long kernel, stride, padding;
};

/* A box of the output: what one thread computes at a time. */
struct ck_part {
    long first_block, end_block, first_row, end_row, first_column, end_column;
    const float *upcoming; /* weights that this thread will want after the part, or NULL */
};

struct ck_kernels {
    enum ck_level level;
    /* Blocked map to blocked map, stride 1 or 2; depth is 16. */
    void (*convolve)(const struct ck_convolution *, const struct ck_part *);
    /* Planes of single pixels to blocked map, 7×7, stride 2: depth is a kernel row, and kernel columns count once. */
    void (*convolve_image)(const struct ck_convolution *, const struct ck_part *);
    void (*pool_maximum)(const struct ck_pooling *, const struct ck_part *);
    /* output[block][16] = mean over height × width. */
    void (*average)(const float *input, long blocks, long plane, long row, long height, long width, float *output);
};

/* The highest level that processor and operating system carry. */
enum ck_level ck_best_level(void);

/* The kernels of a level, NULL where this processor or this build lacks it. */
const struct ck_kernels *ck_kernels_at(enum ck_level level);

/* Threads that work on one task at a time: the caller and threads − 1 more. */
struct ck_team;

/* NULL where the system gives no more threads. */
struct ck_team *ck_team_create(long threads);
void ck_team_destroy(struct ck_team *team);

long ck_team_threads(const struct ck_team *team);

/* Calls work(context, item) once for every item below count, on any thread, and returns when all have returned.
 * Items are taken in ascending order. */
void ck_team_run(struct ck_team *team, long count, void (*work)(const void *context, long item), const void *context);

/* The same results for every number of threads: the cut into parts depends on the sizes alone. */
void ck_convolve(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution);
void ck_convolve_image(
    const struct ck_kernels *kernels, struct ck_team *team, const struct ck_convolution *convolution);
void ck_pool_maximum(const struct ck_kernels *kernels, struct ck_team *team, const struct ck_pooling *pooling);

#endif
