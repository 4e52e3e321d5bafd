// SPDX-License-Identifier: Apache-2.0
/* OpenBLAS, loaded when the first product is asked for and not before. It computes on the thread that calls it: the work is
 * shared out among the team's threads, which call it at the same time. */
#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdbool.h>

/* Loads the library; false where it is not installed or lacks a function. Any thread may call this, any number of times.
 * The first call sets OPENBLAS_CORETYPE, where it is not set, and OPENBLAS_NUM_THREADS in the environment, which no other
 * thread may read or write meanwhile (man 3 setenv): it belongs to the program's start. */
bool co_load(void);

/* The functions below are called after `co_load` returned true. */

/* C = A·B with A [m, k], B [k, n], C [m, n], row-major; row_a, row_b, row_c: floats from a row to the next. */
void co_multiply(
    int m, int n, int k, const float *a, int row_a, const float *b, int row_b, float *c, int row_c);

/* The processor that the kernels were chosen for. */
const char *co_core_name(void);

/* Whether OpenBLAS has kernels for registers of this processor that the build's own architecture lacks, or another
 * architecture than x86-64. Needs no `co_load`. */
bool co_has_wide_registers(void);

#endif
