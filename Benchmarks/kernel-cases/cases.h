/* In: kernels of one level. Out: each kernel run once on a small map, the same for all levels. Called by main.c.
 * Maps, weights and biases are zeros: no kernel's way depends on their values. */
#ifndef CASES_H
#define CASES_H

#include "CKernels.h"

struct kernel_case {
    const char *name;
    enum ck_element element;
    void (*run)(const struct ck_kernels *kernels, struct ck_team *team, enum ck_element element);
};

extern const struct kernel_case kernel_cases[];
extern const long kernel_case_count;

#endif
