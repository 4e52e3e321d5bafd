// SPDX-License-Identifier: Apache-2.0
/* In: a level, and perhaps a case. Out: "LEVEL CASE COUNT" lines; "LEVEL absent" where the processor lacks the level.
 * Called by Benchmarks/count-instructions. */
#include "cases.h"
#include "counter.h"

#include <stdio.h>
#include <string.h>

static const char *const level_names[] = {"baseline", "avx2", "avx2vnni", "avx512", "avx512bf16", "avx512vnni",
    "avx512vnni_wide"};
enum { levels = sizeof level_names / sizeof *level_names, avx512vnni = levels - 2 };

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
    snprintf(name, sizeof name, "%s %s", setting->level, kernel_case->name);
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

/* Of each kind the kernels that are the level's own: where it has none, it uses those of another. */
static struct setting setting_of(int level)
{
    struct setting setting = {.level = level_names[level], .team = ck_team_create(1)};
    if (level >= avx512vnni) {
        setting.quantized =
            ck_quantized_kernels_at(level == avx512vnni ? ck_quantized_avx512vnni : ck_quantized_avx512vnni_wide);
        return setting;
    }
    setting.inference = ck_kernels_at((enum cp_level)level);
    if (setting.inference && setting.inference->level != (enum cp_level)level) setting.inference = NULL;
    setting.training = ck_training_kernels_at((enum cp_level)level);
    if (setting.training && setting.training->level != (enum cp_level)level) setting.training = NULL;
    if (level == cp_baseline) setting.quantized = ck_quantized_kernels_at(ck_quantized_baseline);
    if (level == cp_avx2) setting.quantized = ck_quantized_kernels_at(ck_quantized_avx2);
    if (level == cp_avx2vnni) setting.quantized = ck_quantized_kernels_at(ck_quantized_avx2vnni);
    return setting;
}

int main(int count, char **arguments)
{
    const int level = count > 1 ? level_named(arguments[1]) : -1;
    if (level < 0 || count > 3) {
        fprintf(stderr, "usage: %s baseline|avx2|avx2vnni|avx512|avx512bf16|avx512vnni|avx512vnni_wide [CASE]\n", arguments[0]);
        return 64;
    }
    const struct setting setting = setting_of(level);
    if ((!setting.inference && !setting.quantized) || !counter_prepare()) {
        printf("%s absent\n", arguments[1]);
        return 0;
    }
    if (!setting.team) return 71;
    const char *name = count == 3 ? arguments[2] : NULL;
    long found = 0;
    if (setting.inference) found += measure_all(setting, inference_cases, name);
    if (setting.training) found += measure_all(setting, training_cases, name);
    if (setting.quantized) found += measure_all(setting, quantized_cases, name);
    ck_team_destroy(setting.team);
    return found > 0 ? 0 : 64;
}
