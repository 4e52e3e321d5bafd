// SPDX-License-Identifier: Apache-2.0
/* Out: which instruction sets this processor and its operating system carry.
 * Called by Processor, and by CKernels, which has a body of each kernel for each. */
#ifndef CPROCESSOR_H
#define CPROCESSOR_H

#include <stdbool.h>

/* From lowest to highest; each includes the ones before it, but that many processors with AVX-512 lack avx2vnni. */
enum cp_level { cp_baseline, cp_avx2, cp_avx2vnni, cp_avx512, cp_avx512bf16 };

bool cp_has(enum cp_level level);

/* The fastest that this machine carries. */
enum cp_level cp_best_level(void);

#endif
