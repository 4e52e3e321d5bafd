// SPDX-License-Identifier: Apache-2.0
/* In: rows of pixels of four 8-bit samples, weights in fixed point. Out: rows resampled across, weighted sums of rows; the
 * same bits at every level. One body compiled per instruction set, picked at run time.
 * Called by FundusImage alone (RowResampler.swift), which checks every size; nothing here allocates. */
#ifndef CRESAMPLING_H
#define CRESAMPLING_H

#include <stdint.h>

enum {
    cr_samples = 4,        /* of a pixel: red, green, blue, and one that fills the register */
    cr_rows = 2,           /* resampled at once: they share the weights' way into registers */
    cr_taps_multiple = 4,  /* pixels that the widest register holds */
    cr_fraction_bits = 22, /* of a weight */
};

/* From lowest to highest. */
enum cr_level { cr_baseline, cr_avx2, cr_avx512 };

/* Which input pixels make each output pixel, and by how much. */
struct cr_windows {
    const int32_t *first;   /* [count] the pixel that a window's first weight meets */
    const int32_t *weights; /* [count][taps], zeros behind a window's end; the pixels that they meet must be in memory */
    long count;
    long taps; /* a multiple of cr_taps_multiple */
};

struct cr_kernels {
    /* output[row][window] = Σ input[row][first + tap] · weight, rounded and clipped to 8 bits; rows of the input lie
     * `pitch` bytes apart, those of the output follow one another. */
    void (*narrow)(const uint8_t *input, long pitch, const struct cr_windows *windows, uint8_t *output);
    /* sums[i] += row[i] · weight, i below count. */
    void (*accumulate)(int32_t *sums, const uint8_t *row, int32_t weight, long count);
};

/* The kernels of a level, or of the highest below it that this build has. The processor must carry the level. */
const struct cr_kernels *cr_kernels_at(enum cr_level level);

#endif
