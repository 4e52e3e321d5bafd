// SPDX-License-Identifier: Apache-2.0
/* Threads that share one task at a time. Between two layers of a network they spin; between two images they sleep. */
#include "parts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>

enum {
    /* Looks at the tickets before a thread sleeps: some 50 µs, several times the gap between two layers. */
    spins_before_sleep = 2000,
    cache_line = 64,
};

/* A thread and its share of the task: a run of items, so that it meets again, in its own cache, the part of a map that
 * it wrote a layer before. Whoever has finished its share helps with the others'. */
struct member {
    /* Serial number of the task in the upper half, the share's items not yet taken in the lower: one exchange takes an
     * item, and fails where the task has changed meanwhile. */
    _Alignas(cache_line) _Atomic uint64_t ticket;
    /* One past the share's last item. */
    long end_item;
    /* What the thread notes for itself until the task ends. */
    long note;
    struct ck_team *team;
    long number;
    pthread_t thread;
};

struct ck_team {
    _Alignas(cache_line) _Atomic long unfinished;
    /* How many wait on `changed`; whoever changes what they wait for looks here after the change. */
    _Alignas(cache_line) _Atomic long sleepers;
    _Atomic bool is_closing;
    ck_work *work;
    const void *context;
    uint64_t serial;
    /* Two networks may share a team; their tasks take turns. */
    pthread_mutex_t turn;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* The caller of a task is the first member and has no thread of the team's own. */
    long member_count;
    struct member members[];
};

static void relax(void)
{
#ifdef __x86_64__
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void wake_sleepers(struct ck_team *team)
{
    if (atomic_load(&team->sleepers) == 0) return;
    pthread_mutex_lock(&team->lock);
    pthread_cond_broadcast(&team->changed);
    pthread_mutex_unlock(&team->lock);
}

static bool has_items(struct ck_team *team)
{
    for (long i = 0; i < team->member_count; i++)
        if ((uint32_t)atomic_load(&team->members[i].ticket) != 0) return true;
    return atomic_load(&team->is_closing);
}

static bool is_finished(struct ck_team *team) { return atomic_load(&team->unfinished) == 0; }

/* Spins, then sleeps, until `condition` holds. */
static void wait_until(struct ck_team *team, bool (*condition)(struct ck_team *))
{
    for (long i = 0; i < spins_before_sleep; i++) {
        if (condition(team)) return;
        relax();
    }
    pthread_mutex_lock(&team->lock);
    atomic_fetch_add(&team->sleepers, 1);
    while (!condition(team)) pthread_cond_wait(&team->changed, &team->lock);
    atomic_fetch_sub(&team->sleepers, 1);
    pthread_mutex_unlock(&team->lock);
}

/* Takes a member's items until none is left. What an item needs is read after it is taken: it stays until that item is
 * finished. */
static void take_items(struct ck_team *team, struct member *from, long thread)
{
    uint64_t ticket = atomic_load(&from->ticket);
    while ((uint32_t)ticket != 0) {
        if (!atomic_compare_exchange_weak(&from->ticket, &ticket, ticket - 1)) continue;
        team->work(team->context, from->end_item - (long)(uint32_t)ticket, thread);
        if (atomic_fetch_sub(&team->unfinished, 1) == 1) wake_sleepers(team);
        ticket = atomic_load(&from->ticket);
    }
}

static void take_own_then_others(struct ck_team *team, long thread)
{
    for (long i = 0; i < team->member_count; i++)
        take_items(team, &team->members[(thread + i) % team->member_count], thread);
}

static void *work_until_closed(void *argument)
{
    const struct member *member = argument;
    struct ck_team *team = member->team;
    /* Shown by `top`, and how a crash's note tells these threads from others. */
    prctl(PR_SET_NAME, "compute");
    while (!atomic_load(&team->is_closing)) {
        wait_until(team, has_items);
        take_own_then_others(team, member->number);
    }
    return NULL;
}

static bool start(struct member *member)
{
    return pthread_create(&member->thread, NULL, work_until_closed, member) == 0;
}

/* Ends the threads of the members below `started` and frees the team. */
static void close_team(struct ck_team *team, long started)
{
    atomic_store(&team->is_closing, true);
    wake_sleepers(team);
    for (long i = 1; i < started; i++) pthread_join(team->members[i].thread, NULL);
    pthread_cond_destroy(&team->changed);
    pthread_mutex_destroy(&team->lock);
    pthread_mutex_destroy(&team->turn);
    free(team);
}

struct ck_team *ck_team_create(long threads)
{
    struct ck_team *team = NULL;
    const size_t bytes = sizeof(struct ck_team) + (size_t)threads * sizeof(struct member);
    if (posix_memalign((void **)&team, cache_line, bytes) != 0) return NULL;
    *team = (struct ck_team){.member_count = threads};
    pthread_mutex_init(&team->turn, NULL);
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->changed, NULL);
    for (long i = 0; i < threads; i++) team->members[i] = (struct member){.team = team, .number = i};
    long started = 1;
    while (started < threads && start(&team->members[started])) started++;
    if (started == threads) return team;
    close_team(team, started);
    return NULL;
}

void ck_team_destroy(struct ck_team *team) { close_team(team, team->member_count); }

long ck_team_threads(const struct ck_team *team) { return team->member_count; }

long *ck_team_note(struct ck_team *team, long thread) { return &team->members[thread].note; }

/* Cuts the items into a run for each member; a share without items has nothing to take. */
static void hand_out(struct ck_team *team, long count)
{
    team->serial++;
    for (long i = 0; i < team->member_count; i++) {
        const long first = end_of_share(count, i - 1, team->member_count), end = end_of_share(count, i, team->member_count);
        team->members[i].end_item = end;
        team->members[i].note = ck_no_note;
        atomic_store(&team->members[i].ticket, team->serial << 32 | (uint64_t)(end - first));
    }
}

void ck_team_run(struct ck_team *team, long count, ck_work *work, const void *context)
{
    if (count <= 0) return;
    pthread_mutex_lock(&team->turn);
    team->work = work;
    team->context = context;
    atomic_store(&team->unfinished, count);
    hand_out(team, count);
    wake_sleepers(team);
    take_own_then_others(team, 0);
    wait_until(team, is_finished);
    pthread_mutex_unlock(&team->turn);
}
