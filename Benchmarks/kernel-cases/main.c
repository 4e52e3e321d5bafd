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
static void measure(const struct ck_kernels *kernels, struct ck_team *team, const struct kernel_case *kernel_case)
{
    char name[64];
    snprintf(name, sizeof name, "%s %s", level_names[kernels->level], kernel_case->name);
    kernel_case->run(kernels, team, kernel_case->element);
    counter_start();
    kernel_case->run(kernels, team, kernel_case->element);
    counter_stop(name);
}

int main(int count, char **arguments)
{
    const int level = count > 1 ? level_named(arguments[1]) : -1;
    if (level < 0 || count > 3) {
        fprintf(stderr, "usage: %s baseline|avx2|avx512|avx512bf16 [CASE]\n", arguments[0]);
        return 64;
    }
    const struct ck_kernels *kernels = ck_kernels_at((enum ck_level)level);
    if (!kernels || !counter_prepare()) {
        printf("%s absent\n", arguments[1]);
        return 0;
    }
    struct ck_team *team = ck_team_create(1);
    if (!team) return 71;
    long found = 0;
    for (long i = 0; i < kernel_case_count; i++) {
        if (count == 3 && strcmp(arguments[2], kernel_cases[i].name) != 0) continue;
        measure(kernels, team, &kernel_cases[i]);
        found++;
    }
    ck_team_destroy(team);
    return found > 0 ? 0 : 64;
}
