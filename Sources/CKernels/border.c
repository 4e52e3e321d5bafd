// SPDX-License-Identifier: Apache-2.0
/* The zeros around a map's images, where something else was in its memory before. */
#include <string.h>

#include "CKernels.h"

/* 16 channels of a byte. */
enum { smallest_pixel = 16 };

static void clear(char *from, const char *end)
{
    for (; from < end; from += smallest_pixel) memset(from, 0, smallest_pixel);
}

static void clear_plane(const void *context, long plane, long thread)
{
    (void)thread;
    const struct ck_border *b = context;
    const long corner = b->border * (b->row + b->pixel), both = 2 * b->border * b->pixel;
    for (long image = 0; image < b->images; image++) {
        char *start = (char *)b->map + plane * b->plane + image * b->image;
        clear(start, start + corner);
        /* The right end of a row and the left end of the next one lie side by side. */
        for (long y = 1; y < b->height; y++) clear(start + corner + y * b->row - both, start + corner + y * b->row);
        clear(start + b->image - corner, start + b->image);
    }
}

void ck_clear_border(struct ck_team *team, const struct ck_border *border)
{
    ck_team_run(team, border->planes, clear_plane, border);
}
