// SPDX-License-Identifier: Apache-2.0
/* What Swift's Glibc module leaves out of the Linux interface. */
#ifndef CLINUX_H
#define CLINUX_H

/* statfs(2): the file system's kind; statvfs(3), which the module has, does not tell it. */
#include <sys/vfs.h>

/* eventfd(2). */
#include <sys/eventfd.h>

/* Commands of fcntl(2) that the headers show only under _GNU_SOURCE; values from asm-generic/fcntl.h, linux/fcntl.h. */
enum { clinux_F_SETSIG = 10, clinux_F_SETLEASE = 1024 };

/* Starts a detached thread with a stack of so many bytes; `top -H` shows the first 15 bytes of its name. An error's number, or 0. */
int clinux_start_thread(const char *name, unsigned long stack_bytes, void (*run)(void *), void *context);

/* Processors that the calling thread may be scheduled on, by sched_getaffinity(2), which the headers show only under
 * _GNU_SOURCE; all that run where the kernel does not tell. */
int clinux_usable_processors(void);

/* openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS: no step of the path leaves the folder or follows a link. -1 with errno;
 * ENOSYS where the kernel lacks the call. */
int clinux_open_beneath(int folder, const char *path, int flags);

/* renameat2(2) with RENAME_NOREPLACE: -1 with EEXIST where the new name is taken, with EINVAL where the file system can't tell. */
int clinux_rename_without_replacing(int folder, const char *name, int new_folder, const char *new_name);

/* syncfs(2): all that was written to the file system of an open file is on its disk when this returns. -1 with errno. */
int clinux_synchronize_file_system(int file);

/* The number of the mount that an open folder lies on, by statx(2): the kernel gives none twice since Linux 6.8, before that not
 * while it is in use; 0 where it tells none. */
unsigned long long clinux_mount_number(int folder);

/* What a thread does with a picture's bytes: only a crash in one of these may be the picture's fault. */
enum clinux_stage { CLINUX_NO_STAGE, CLINUX_DECODE, CLINUX_GRADE, CLINUX_NETWORK };

enum { clinux_digest_digits = 64 };

/* From here to the next call, this thread is in that stage with the picture of that SHA-256 (64 digits). At most 256 threads at
 * once can say so; of others a crash is nobody's. */
void clinux_enter_stage(enum clinux_stage stage, const char *sha256);
void clinux_leave_stage(void);

/* From here on the number of a signal that ends the process for its own fault, or of SIGABRT, is written to the start of
 * the file, as two digits, before the signal takes its course; behind it the stage and the SHA-256 of the picture whose fault it
 * may be, if it may be one's ("11 decode 0123…\n"). The file stays open for good. -1 with errno where sigaction(2) refuses. */
int clinux_note_crashes(int descriptor);

#endif
