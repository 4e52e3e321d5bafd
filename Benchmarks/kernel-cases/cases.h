// SPDX-License-Identifier: Apache-2.0
/* In: kernels of one level. Out: each kernel run once on a small map, the same for all levels. Called by main.c.
 * Maps, weights and biases are zeros: no kernel's way depends on their values. */
#ifndef CASES_H
#define CASES_H

#include "CKernels.h"

struct setting {
    const char *level;
    const struct ck_kernels *inference;
    const struct ck_training_kernels *training;
    const struct ck_quantized_kernels *quantized; /* NULL where the level has none of its own */
    struct ck_team *team; /* of one thread, the caller */
    enum ck_element element;
};

struct kernel_case {
    const char *name;
    void (*run)(const struct setting *setting);
    enum ck_element element;
};

/* Each ends with a case that has no name. */
extern const struct kernel_case inference_cases[], training_cases[], quantized_cases[];

#endif
