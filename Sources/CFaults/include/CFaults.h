// SPDX-License-Identifier: Apache-2.0
/* Faults of the machine, played to a program that this library is loaded into (LD_PRELOAD, man 8 ld.so).
 *
 * What comes in: the file named by FAULTS, of the shape below, which another process writes.
 * What goes out: system calls that fail, lie, or are the process's last.
 * Used by CrashHarness; never installed. */
#ifndef CFAULTS_H
#define CFAULTS_H

#include <stdint.h>
/* setfsuid(2), for who plays the files' sender; Swift's Glibc module lacks it. */
#include <sys/fsuid.h>

enum faults_kind {
    faults_writing = 1,  /* write, pwrite, writev, ftruncate, fallocate */
    faults_syncing = 2,  /* fsync, fdatasync */
    faults_naming = 4,   /* open that makes a file, rename, link, unlink, mkdir */
    faults_opening = 8,  /* open that does not */
    faults_reading = 16, /* read, pread */
};

/* The faults in force. Only files below the folder FAULTS_ROOT are concerned, and never a standard stream. */
struct faults {
    uint64_t changes;      /* calls so far that change a file: writing, syncing, naming */
    uint64_t last_change;  /* SIGKILL comes before the change of this number; 0 for never */
    int64_t clock_offset;  /* nanoseconds that the clock of the day goes wrong by */
    uint32_t failing;      /* the kinds of calls that fail */
    int32_t error;         /* with this errno */
    uint32_t loses_events; /* 1: the next inotify events are lost, and an overflow is told instead */
    uint32_t no_watches;   /* 1: inotify_add_watch finds the user's watches used up */
};

/* The content of a picture that ends the process that decodes it with SIGSEGV. */
#define FAULTS_POISON "this picture is poison"

/* The content of one that makes it use up the thread's stack. */
#define FAULTS_BOTTOMLESS "this picture is bottomless"

/* Contents of pictures during whose decoding the machine fails: SIGBUS as a mapped file's disk raises it, SIGABRT as the watchdog
 * sends it, an end for want of memory. */
#define FAULTS_DISK "meanwhile its disk fails"
#define FAULTS_WATCHDOG "meanwhile the watchdog comes while a disk hangs"
#define FAULTS_MEMORY "meanwhile no memory is left"

#endif
