// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* A thread in a stage. */
struct holder {
    atomic_bool is_taken;
    atomic_int stage;
    clockid_t clock;   /* of the thread's own processor time */
    double began;      /* seconds of it */
    char sha256[clinux_digest_digits];
};

static struct holder holders[256];
static _Thread_local struct holder *mine;
static volatile int note = -1;

static double seconds(clockid_t clock)
{
    struct timespec time = { 0, 0 };
    return clock_gettime(clock, &time) == 0 ? (double)time.tv_sec + 1e-9 * (double)time.tv_nsec : 0;
}

static struct holder *free_holder(void)
{
    for (size_t place = 0; place < sizeof holders / sizeof *holders; place++)
        if (!atomic_exchange(&holders[place].is_taken, true)) return &holders[place];
    return NULL;
}

void clinux_enter_stage(enum clinux_stage stage, const char *sha256)
{
    if (mine == NULL) mine = free_holder();
    if (mine == NULL || pthread_getcpuclockid(pthread_self(), &mine->clock) != 0) return;
    mine->began = seconds(mine->clock);
    memcpy(mine->sha256, sha256, sizeof mine->sha256);
    atomic_store(&mine->stage, stage);
    /* An older failure is not why this stage ends, if it does. */
    errno = 0;
}

void clinux_leave_stage(void)
{
    if (mine == NULL) return;
    atomic_store(&mine->stage, CLINUX_NO_STAGE);
    atomic_store(&mine->is_taken, false);
    mine = NULL;
}

/* All below may be done in a signal handler (man 7 signal-safety): thread-local storage of the executable is a fixed place. */

/* The watchdog's SIGABRT hits any thread. A picture that is computed with for so long is in a loop; one that waits for a disk or
 * for its turn costs no processor time. */
static const double long_computing = 20;

static const struct holder *long_at_work(void)
{
    const struct holder *found = NULL;
    double longest = long_computing;
    for (size_t place = 0; place < sizeof holders / sizeof *holders; place++) {
        if (atomic_load(&holders[place].stage) == CLINUX_NO_STAGE) continue;
        const double spent = seconds(holders[place].clock) - holders[place].began;
        if (spent < longest) continue;
        longest = spent;
        found = &holders[place];
    }
    return found;
}

/* A compute thread works for whoever runs the network; where several wait for their turn, nobody can tell for whom. After a crash
 * each is judged alone, and then it can be told. */
static const struct holder *only_one_at_the_network(void)
{
    const struct holder *found = NULL;
    for (size_t place = 0; place < sizeof holders / sizeof *holders; place++) {
        if (atomic_load(&holders[place].stage) != CLINUX_NETWORK) continue;
        if (found != NULL) return NULL;
        found = &holders[place];
    }
    return found;
}

static bool is_compute_thread(void)
{
    char name[16] = "";
    return prctl(PR_GET_NAME, name) == 0 && strncmp(name, "compute", 7) == 0;
}

/* Whose picture may be at fault; NULL where the machine is. */
static const struct holder *suspect(int number, const siginfo_t *info, int failure)
{
    /* Only mapped files raise it, and pictures are read, not mapped: the weights' disk. */
    if (number == SIGBUS) return NULL;
    if (info->si_code == SI_USER || info->si_code == SI_QUEUE) return number == SIGABRT ? long_at_work() : NULL;
    /* How Swift and C end a process that got no memory. */
    if (failure == ENOMEM && (number == SIGABRT || number == SIGILL || number == SIGTRAP)) return NULL;
    if (mine != NULL) return atomic_load(&mine->stage) == CLINUX_NO_STAGE ? NULL : mine;
    return is_compute_thread() ? only_one_at_the_network() : NULL;
}

static size_t text(char *line, int number, const struct holder *holder)
{
    static const char *const stages[] = { "", " decode ", " grade ", " network " };
    char *end = line;
    *end++ = (char)('0' + number / 10);
    *end++ = (char)('0' + number % 10);
    const int stage = holder == NULL ? CLINUX_NO_STAGE : atomic_load(&holder->stage);
    if (stage != CLINUX_NO_STAGE) {
        end = stpcpy(end, stages[stage]);
        memcpy(end, holder->sha256, sizeof holder->sha256);
        end += sizeof holder->sha256;
    }
    *end++ = '\n';
    return (size_t)(end - line);
}

static void take_note(int number, siginfo_t *info, void *context)
{
    const int failure = errno;
    (void)context;
    char line[128];
    (void)!pwrite(note, line, text(line, number, suspect(number, info, failure)), 0);
    /* Only now: where two threads crash at once, the second must not end the process before the first has written. */
    signal(number, SIG_DFL);
    /* The kernel's own signals come back when the instruction runs again, this time without us: the core dump shows where.
     * After a breakpoint it would go on behind it. */
    if (info->si_code > 0 && number != SIGTRAP) return;
    raise(number);
}

int clinux_note_crashes(int descriptor)
{
    static const int deadly[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP };
    struct sigaction action = { .sa_sigaction = take_note, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK };
    sigemptyset(&action.sa_mask);
    note = descriptor;
    for (unsigned place = 0; place < sizeof deadly / sizeof *deadly; place++)
        if (sigaction(deadly[place], &action, NULL) != 0) return -1;
    return 0;
}
