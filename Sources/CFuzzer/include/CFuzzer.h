// SPDX-License-Identifier: Apache-2.0
/* libFuzzer's entry for a program with a main of its own: https://llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a
 * library". The archive clang_rt.fuzzer_no_main, which comes with the compiler, has it. */
#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*target)(const uint8_t *bytes, size_t count));

#endif
