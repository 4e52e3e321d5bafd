#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_open_beneath(int folder, const char *path, int flags)
{
    const struct open_how how = { .flags = (unsigned)flags, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int clinux_rename_without_replacing(int folder, const char *name, int new_folder, const char *new_name)
{
    return renameat2(folder, name, new_folder, new_name, RENAME_NOREPLACE);
}
