/* Threads that share one task at a time. Between two layers of a network they spin; between two images they sleep. */
#include "CKernels.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum {
    /* Looks at the ticket before a thread sleeps: some 50 µs, several times the gap between two layers. */
    spins_before_sleep = 2000,
    cache_line = 64,
};

struct ck_team {
    /* Serial number of the task in the upper half, items not yet taken in the lower: one exchange takes an item, and
     * fails where the task has changed meanwhile. */
    _Alignas(cache_line) _Atomic uint64_t ticket;
    _Alignas(cache_line) _Atomic long unfinished;
    /* How many wait on `changed`; whoever changes what they wait for looks here after the change. */
    _Alignas(cache_line) _Atomic long sleepers;
    _Atomic bool is_closing;
    long count;
    void (*work)(const void *, long);
    const void *context;
    /* Two networks may share a team; their tasks take turns. */
    pthread_mutex_t turn;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    long worker_count;
    pthread_t workers[];
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
    return (uint32_t)atomic_load(&team->ticket) != 0 || atomic_load(&team->is_closing);
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

/* Takes items until none is left. The task's fields are read after an item is taken: they stay until it is finished. */
static void take_items(struct ck_team *team)
{
    uint64_t ticket = atomic_load(&team->ticket);
    while ((uint32_t)ticket != 0) {
        if (!atomic_compare_exchange_weak(&team->ticket, &ticket, ticket - 1)) continue;
        team->work(team->context, team->count - (long)(uint32_t)ticket);
        if (atomic_fetch_sub(&team->unfinished, 1) == 1) wake_sleepers(team);
        ticket = atomic_load(&team->ticket);
    }
}

static void *work_until_closed(void *argument)
{
    struct ck_team *team = argument;
    while (!atomic_load(&team->is_closing)) {
        wait_until(team, has_items);
        take_items(team);
    }
    return NULL;
}

struct ck_team *ck_team_create(long threads)
{
    struct ck_team *team = NULL;
    const size_t bytes = sizeof(struct ck_team) + (size_t)threads * sizeof(pthread_t);
    if (posix_memalign((void **)&team, cache_line, bytes) != 0) return NULL;
    *team = (struct ck_team){.worker_count = 0};
    pthread_mutex_init(&team->turn, NULL);
    pthread_mutex_init(&team->lock, NULL);
    pthread_cond_init(&team->changed, NULL);
    for (; team->worker_count < threads - 1; team->worker_count++) {
        if (pthread_create(&team->workers[team->worker_count], NULL, work_until_closed, team) != 0) {
            ck_team_destroy(team);
            return NULL;
        }
    }
    return team;
}

void ck_team_destroy(struct ck_team *team)
{
    atomic_store(&team->is_closing, true);
    wake_sleepers(team);
    for (long i = 0; i < team->worker_count; i++) pthread_join(team->workers[i], NULL);
    pthread_cond_destroy(&team->changed);
    pthread_mutex_destroy(&team->lock);
    pthread_mutex_destroy(&team->turn);
    free(team);
}

long ck_team_threads(const struct ck_team *team) { return team->worker_count + 1; }

void ck_team_run(struct ck_team *team, long count, void (*work)(const void *context, long item), const void *context)
{
    if (count <= 0) return;
    pthread_mutex_lock(&team->turn);
    team->work = work;
    team->context = context;
    team->count = count;
    atomic_store(&team->unfinished, count);
    const uint64_t serial = (atomic_load(&team->ticket) >> 32) + 1;
    atomic_store(&team->ticket, serial << 32 | (uint64_t)count);
    wake_sleepers(team);
    take_items(team);
    wait_until(team, is_finished);
    pthread_mutex_unlock(&team->turn);
}
