// SPDX-License-Identifier: Apache-2.0
/* In: a level, and perhaps a case. Out: "LEVEL CASE COUNT" lines; "LEVEL absent" where the processor lacks the level.
 * Called by Benchmarks/count-instructions. */
#include "cases.h"
#include "counter.h"

#include <stdio.h>
#include <string.h>

static const char *const level_names[] = {"baseline", "avx2", "avx512", "avx512bf16"};
enum { levels = sizeof level_names / sizeof *level_names };

static int level_named(const char *name)
{
    for (int level = 0; level < levels; level++)
        if (strcmp(level_names[level], name) == 0) return level;
    return -1;
}

/* Once unmeasured: the first call of a library's function finds that function first. */
static void measure(const struct setting *setting, const struct kernel_case *kernel_case)
{
    char name[64];
    snprintf(name, sizeof name, "%s %s", level_names[setting->inference->level], kernel_case->name);
    kernel_case->run(setting);
    counter_start();
    kernel_case->run(setting);
    counter_stop(name);
}

/* How many cases had the name, or were there where it is NULL. */
static long measure_all(struct setting setting, const struct kernel_case *cases, const char *name)
{
    long found = 0;
    for (; cases->name; cases++) {
        if (name && strcmp(name, cases->name) != 0) continue;
        setting.element = cases->element;
        measure(&setting, cases);
        found++;
    }
    return found;
}

int main(int count, char **arguments)
{
    const int level = count > 1 ? level_named(arguments[1]) : -1;
    if (level < 0 || count > 3) {
        fprintf(stderr, "usage: %s baseline|avx2|avx512|avx512bf16 [CASE]\n", arguments[0]);
        return 64;
    }
    struct setting setting = {
        .inference = ck_kernels_at((enum ck_level)level),
        .training = ck_training_kernels_at((enum ck_level)level),
    };
    if (!setting.inference || !counter_prepare()) {
        printf("%s absent\n", arguments[1]);
        return 0;
    }
    setting.team = ck_team_create(1);
    if (!setting.team) return 71;
    const char *name = count == 3 ? arguments[2] : NULL;
    long found = measure_all(setting, inference_cases, name);
    /* A level without training kernels of its own uses those of the one below. */
    if (setting.training->level == setting.inference->level) found += measure_all(setting, training_cases, name);
    ck_team_destroy(setting.team);
    return found > 0 ? 0 : 64;
}
