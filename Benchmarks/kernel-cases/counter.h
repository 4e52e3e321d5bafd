// SPDX-License-Identifier: Apache-2.0
/* Counts the instructions of this thread between start and stop. Called by main.c.
 *
 * Under callgrind, which knows no AVX-512, callgrind counts and writes a dump that bears the name. Elsewhere the
 * processor traps after each instruction: exact for every instruction set, at 1 to 20 µs an instruction. */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdbool.h>

/* False where neither can count: not under callgrind, and no x86-64. */
bool counter_prepare(void);

void counter_start(void);

/* Prints "NAME COUNT", or leaves that to callgrind. */
void counter_stop(const char *name);

#endif
