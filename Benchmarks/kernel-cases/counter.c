// SPDX-License-Identifier: Apache-2.0
#include "counter.h"

#include <signal.h>
#include <stdio.h>
#include <valgrind/callgrind.h>

static volatile long traps;

#ifdef __x86_64__
static void count_trap(int number)
{
    (void)number;
    traps++;
}

/* Bit 8 of the flags, Intel's manual, volume 3, 17.3.1.4. The kernel keeps it off in the handler. The compiler may keep
 * values up to 128 bytes below the stack pointer. */
static void set_trap_flag(void)
{
    __asm__ volatile("subq $128, %%rsp; pushfq; orq $0x100, (%%rsp); popfq; addq $128, %%rsp" ::: "memory", "cc");
}

static void clear_trap_flag(void)
{
    __asm__ volatile("subq $128, %%rsp; pushfq; andq $~0x100, (%%rsp); popfq; addq $128, %%rsp" ::: "memory", "cc");
}

bool counter_prepare(void)
{
    if (RUNNING_ON_VALGRIND) return true;
    struct sigaction action = {.sa_handler = count_trap};
    return sigaction(SIGTRAP, &action, NULL) == 0;
}
#else
static void set_trap_flag(void) {}
static void clear_trap_flag(void) {}
bool counter_prepare(void) { return RUNNING_ON_VALGRIND; }
#endif

void counter_start(void)
{
    traps = 0;
    if (RUNNING_ON_VALGRIND) CALLGRIND_ZERO_STATS;
    else set_trap_flag();
}

void counter_stop(const char *name)
{
    if (RUNNING_ON_VALGRIND) {
        CALLGRIND_DUMP_STATS_AT(name);
        return;
    }
    clear_trap_flag();
    printf("%s %ld\n", name, traps);
}
