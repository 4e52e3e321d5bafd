// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sched.h>
#include <unistd.h>

/* The kernel refuses a set smaller than its own, and does not tell how large that is. */
enum { most_processors = 1 << 16 };

int clinux_usable_processors(void)
{
    for (int room = 1 << 10; room <= most_processors; room *= 2) {
        cpu_set_t *set = CPU_ALLOC(room);
        if (set == NULL) break;
        const size_t bytes = CPU_ALLOC_SIZE(room);
        const int result = sched_getaffinity(0, bytes, set);
        const int count = result == 0 ? CPU_COUNT_S(bytes, set) : -1;
        const int fault = errno;
        CPU_FREE(set);
        if (result == 0) return count;
        if (fault != EINVAL) break;
    }
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}
