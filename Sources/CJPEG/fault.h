// SPDX-License-Identifier: Apache-2.0
// libjpeg's error callbacks turned into a value and a jump back to the entry point.

#ifndef FUNDUSD_CJPEG_FAULT_H
#define FUNDUSD_CJPEG_FAULT_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "CJPEG.h"

/// Must be the first member of whatever holds a libjpeg object: libjpeg hands back only `manager`.
struct fd_jpeg_trap {
    struct jpeg_error_mgr manager;
    jmp_buf escape;
    fd_jpeg_fault fault;
    char message[JMSG_LENGTH_MAX];
    int warning_count;
    int first_warning_code;
    char first_warning[JMSG_LENGTH_MAX];
};
typedef struct fd_jpeg_trap fd_jpeg_trap;

/// Fills in the callbacks; the result goes into cinfo.err.
struct jpeg_error_mgr *fd_jpeg_trap_arm(fd_jpeg_trap *trap);

/// Records the fault with a message of ours and jumps.
_Noreturn void fd_jpeg_trap_spring(fd_jpeg_trap *trap, fd_jpeg_fault fault, const char *message);

#endif
