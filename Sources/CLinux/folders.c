// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
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

int clinux_synchronize_file_system(int file) { return syncfs(file); }

unsigned long long clinux_mount_number(int folder)
{
    enum { mount_id = 0x1000, unique_mount_id = 0x4000 }; /* STATX_MNT_ID, STATX_MNT_ID_UNIQUE of linux/stat.h */
    struct statx status;
    if (statx(folder, "", AT_EMPTY_PATH, mount_id | unique_mount_id, &status) != 0) return 0;
    return status.stx_mask & (mount_id | unique_mount_id) ? status.stx_mnt_id : 0;
}
