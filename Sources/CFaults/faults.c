// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CFaults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <jpeglib.h>

static struct faults none;
static struct faults *faults = &none;
static char root[PATH_MAX];

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULTS"), *folder = getenv("FAULTS_ROOT");
    if (path == NULL || folder == NULL || realpath(folder, root) == NULL) return;
    const int file = REAL(open)(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *memory = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) faults = memory;
    close(file);
}

static bool is_concerned(int file)
{
    if (file <= STDERR_FILENO || faults == &none) return false;
    char link[64], target[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t count = readlink(link, target, sizeof target - 1);
    if (count < 0) return false;
    target[count] = 0;
    return strncmp(target, root, strlen(root)) == 0;
}

/* Counts a change, or ends the process before it; true if the call is to fail. */
static bool fails(uint32_t kind)
{
    if (kind & (faults_writing | faults_syncing | faults_naming)) {
        const uint64_t number = __atomic_add_fetch(&faults->changes, 1, __ATOMIC_RELAXED);
        if (number == faults->last_change) kill(getpid(), SIGKILL);
    }
    if (!(faults->failing & kind)) return false;
    errno = faults->error;
    return true;
}

static bool fails_on(int file, uint32_t kind) { return is_concerned(file) && fails(kind); }

static bool fails_by_name(uint32_t kind) { return faults != &none && fails(kind); }

/* Calls on an open file. */
#define ON_FILE(kind, result, name, parameters, ...)                  \
    result name parameters                                            \
    {                                                                 \
        if (fails_on(file, kind)) return -1;                          \
        return REAL(name)(__VA_ARGS__);                               \
    }

ON_FILE(faults_writing, ssize_t, write, (int file, const void *bytes, size_t count), file, bytes, count)
ON_FILE(faults_writing, ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t place), file, bytes, count, place)
ON_FILE(faults_writing, ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t place), file, bytes, count, place)
ON_FILE(faults_writing, ssize_t, writev, (int file, const struct iovec *pieces, int count), file, pieces, count)
ON_FILE(faults_writing, int, ftruncate, (int file, off_t count), file, count)
ON_FILE(faults_writing, int, ftruncate64, (int file, off64_t count), file, count)
ON_FILE(faults_syncing, int, fsync, (int file), file)
ON_FILE(faults_syncing, int, fdatasync, (int file), file)
ON_FILE(faults_reading, ssize_t, pread, (int file, void *bytes, size_t count, off_t place), file, bytes, count, place)
ON_FILE(faults_reading, ssize_t, pread64, (int file, void *bytes, size_t count, off64_t place), file, bytes, count, place)

/* Calls by name. */
#define BY_NAME(result, name, parameters, ...)                        \
    result name parameters                                            \
    {                                                                 \
        if (fails_by_name(faults_naming)) return -1;                  \
        return REAL(name)(__VA_ARGS__);                               \
    }

BY_NAME(int, rename, (const char *from, const char *to), from, to)
BY_NAME(int, renameat, (int f, const char *from, int t, const char *to), f, from, t, to)
BY_NAME(int, renameat2, (int f, const char *from, int t, const char *to, unsigned flags), f, from, t, to, flags)
BY_NAME(int, link, (const char *from, const char *to), from, to)
BY_NAME(int, linkat, (int f, const char *from, int t, const char *to, int flags), f, from, t, to, flags)
BY_NAME(int, unlink, (const char *path), path)
BY_NAME(int, unlinkat, (int folder, const char *path, int flags), folder, path, flags)
BY_NAME(int, mkdir, (const char *path, mode_t mode), path, mode)
BY_NAME(int, mkdirat, (int folder, const char *path, mode_t mode), folder, path, mode)

static bool is_below_root(const char *path) { return path[0] != '/' || strncmp(path, root, strlen(root)) == 0; }

static bool opening_fails(int folder, const char *path, int flags)
{
    const bool is_concerned_by_name = path[0] == '/' || folder == AT_FDCWD ? is_below_root(path) : is_concerned(folder);
    return is_concerned_by_name && fails_by_name(flags & O_CREAT ? faults_naming : faults_opening);
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                                                    \
    int name(const char *path, int flags, ...)                        \
    {                                                                 \
        va_list rest;                                                 \
        va_start(rest, flags);                                        \
        const mode_t mode = mode_of(flags, rest);                     \
        va_end(rest);                                                 \
        if (opening_fails(AT_FDCWD, path, flags)) return -1;          \
        return REAL(name)(path, flags, mode);                         \
    }

#define OPENAT(name)                                                  \
    int name(int folder, const char *path, int flags, ...)            \
    {                                                                 \
        va_list rest;                                                 \
        va_start(rest, flags);                                        \
        const mode_t mode = mode_of(flags, rest);                     \
        va_end(rest);                                                 \
        if (opening_fails(folder, path, flags)) return -1;            \
        return REAL(name)(folder, path, flags, mode);                 \
    }

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int inotify_add_watch(int queue, const char *path, uint32_t mask)
{
    if (faults->no_watches) {
        errno = ENOSPC;
        return -1;
    }
    return REAL(inotify_add_watch)(queue, path, mask);
}

static bool is_event_queue(int file)
{
    char link[64], target[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t count = readlink(link, target, sizeof target);
    static const char name[] = "anon_inode:inotify";
    return count == sizeof name - 1 && memcmp(target, name, sizeof name - 1) == 0;
}

/* The queue was full: what came then is gone, and the kernel says so (man 7 inotify, IN_Q_OVERFLOW). */
static ssize_t lose_events(ssize_t count, void *bytes)
{
    if (count < (ssize_t)sizeof(struct inotify_event) || !__atomic_exchange_n(&faults->loses_events, 0, __ATOMIC_RELAXED))
        return count;
    memcpy(bytes, &(struct inotify_event){ .wd = -1, .mask = IN_Q_OVERFLOW }, sizeof(struct inotify_event));
    return sizeof(struct inotify_event);
}

ssize_t read(int file, void *bytes, size_t count)
{
    if (fails_on(file, faults_reading)) return -1;
    const ssize_t got = REAL(read)(file, bytes, count);
    return faults->loses_events && is_event_queue(file) ? lose_events(got, bytes) : got;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    const int result = REAL(clock_gettime)(clock, time);
    if (result != 0 || clock != CLOCK_REALTIME || faults->clock_offset == 0) return result;
    const int64_t nanoseconds = time->tv_nsec + faults->clock_offset % 1000000000 + 1000000000;
    time->tv_sec += faults->clock_offset / 1000000000 - 1 + nanoseconds / 1000000000;
    time->tv_nsec = nanoseconds % 1000000000;
    return 0;
}

/* Calls itself until no stack is left. */
static int fall(volatile const int *from)
{
    volatile int depth[64];
    depth[0] = *from + 1;
    return fall(depth) + depth[0];
}

static int says(const unsigned char *bytes, size_t count, const char *words)
{
    return memmem(bytes, count, words, strlen(words)) != NULL;
}

/* Reads behind the end of a file that is mapped. */
static void read_lost_page(void)
{
    FILE *file = tmpfile();
    if (file == NULL) abort();
    const volatile char *page = mmap(NULL, 1, PROT_READ, MAP_SHARED, fileno(file), 0);
    (void)*page;
}

static void fail_meanwhile(const unsigned char *bytes, size_t count)
{
    if (says(bytes, count, FAULTS_DISK)) read_lost_page();
    if (says(bytes, count, FAULTS_WATCHDOG)) kill(getpid(), SIGABRT);
    if (says(bytes, count, FAULTS_MEMORY)) {
        errno = ENOMEM;
        abort();
    }
}

/* libjpeg's: the decoder looks at a picture's bytes for the first time. */
int jpeg_read_header(j_decompress_ptr decoder, boolean require_image)
{
    const unsigned char *bytes = decoder->src->next_input_byte;
    const size_t head = decoder->src->bytes_in_buffer;
    if (faults != &none && says(bytes, head, FAULTS_POISON)) {
        static volatile int *volatile nowhere;
        *nowhere = 0;
    }
    if (faults != &none && says(bytes, head, FAULTS_BOTTOMLESS)) {
        const int top = 0;
        fall(&top);
    }
    if (faults != &none) fail_meanwhile(bytes, head);
    return REAL(jpeg_read_header)(decoder, require_image);
}
