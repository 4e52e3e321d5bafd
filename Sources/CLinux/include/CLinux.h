/* What Swift's Glibc module leaves out of the Linux interface. */
#ifndef CLINUX_H
#define CLINUX_H

/* statfs(2): the file system's kind; statvfs(3), which the module has, does not tell it. */
#include <sys/vfs.h>

/* eventfd(2). */
#include <sys/eventfd.h>

/* Commands of fcntl(2) that the headers show only under _GNU_SOURCE; values from asm-generic/fcntl.h, linux/fcntl.h. */
enum { clinux_F_SETSIG = 10, clinux_F_SETLEASE = 1024 };

/* Processors that the calling thread may be scheduled on, by sched_getaffinity(2), which the headers show only under
 * _GNU_SOURCE; all that run where the kernel does not tell. */
int clinux_usable_processors(void);

/* From here on the number of a signal that ends the process for its own fault, or of SIGABRT, is written to the start of
 * the file, as two digits, before the signal takes its course. The file stays open for good. -1 with errno where
 * sigaction(2) refuses. */
int clinux_note_crashes(int descriptor);

#endif
