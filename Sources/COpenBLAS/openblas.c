// SPDX-License-Identifier: Apache-2.0
#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>

/* The enumerators of CBLAS (BLAS Technical Forum Standard, appendix B). */
enum { row_major = 101, not_transposed = 111 };

/* `int` is what a BLAS of 32-bit sizes takes; Debian's libopenblas0 is one. */
static void (*sgemm)(
    int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int row_a,
    const float *b, int row_b, float beta, float *c, int row_c);
static int (*get_threads)(void);
static const char *(*core_name)(void);

static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    sgemm = dlsym(library, "cblas_sgemm");
    get_threads = dlsym(library, "openblas_get_num_threads");
    core_name = dlsym(library, "openblas_get_corename");
    loaded = sgemm && get_threads && core_name;
}

bool co_load(void)
{
    pthread_once(&once, load);
    return loaded;
}

void co_multiply(int m, int n, int k, const float *a, const float *b, float *c)
{
    sgemm(row_major, not_transposed, not_transposed, m, n, k, 1, a, k, b, n, 0, c, n);
}

int co_thread_count(void) { return get_threads(); }
const char *co_core_name(void) { return core_name(); }
