// SPDX-License-Identifier: Apache-2.0
/* OpenBLAS, loaded when the first product is asked for and not before: its threads spin for some time after they start,
 * and judging an eye needs none of it. */
#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdbool.h>

/* Loads the library; false where it is not installed or lacks a function. Any thread may call this, any number of times. */
bool co_load(void);

/* The functions below are called after `co_load` returned true. */

/* C = A·B with A [m, k], B [k, n], C [m, n], row-major and dense. */
void co_multiply(int m, int n, int k, const float *a, const float *b, float *c);

int co_thread_count(void);

/* The processor that the kernels were chosen for. */
const char *co_core_name(void);

#endif
