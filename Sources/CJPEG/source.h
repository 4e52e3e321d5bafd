// SPDX-License-Identifier: Apache-2.0
// Where libjpeg gets a file's bytes from: memory, a little at a time.

#ifndef FUNDUSD_CJPEG_SOURCE_H
#define FUNDUSD_CJPEG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

/// Must begin with what libjpeg knows: it hands back only that.
struct fd_jpeg_source {
    struct jpeg_source_mgr manager;
    const uint8_t *bytes;
    const uint8_t *end;
    const uint8_t *shown_to;
    bool is_over;  // all bytes were shown, and more were asked for
};
typedef struct fd_jpeg_source fd_jpeg_source;

/// Borrows `bytes` for as long as `cinfo` reads.
void fd_jpeg_source_attach(fd_jpeg_source *source, j_decompress_ptr cinfo, const uint8_t *bytes, size_t count);

/// Whether the `count` bytes before the place that libjpeg has come to are zeros or filling (255) only.
bool fd_jpeg_source_is_padding(const fd_jpeg_source *source, size_t count);

/// Whether the scan that begins at the place that libjpeg has come to, one of a progressive file's for other coefficients than a
/// block's first, holds more zeros in a row than its codes give: they would be the same end-of-block code again and again, in place
/// of one code for all those blocks (ITU-T T.81, G.1.2.2), but for areas of one color of more than 16 megapixels.
bool fd_jpeg_source_shows_zeros(const fd_jpeg_source *source);

#endif
