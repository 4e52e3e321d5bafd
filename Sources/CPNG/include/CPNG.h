// SPDX-License-Identifier: Apache-2.0
// In:  PNG bytes in memory.
// Out: rows of RGBX samples, 8 bits each, or a fault with its message.
// Called by FundusImage only: PNGStream.swift.
//
// libpng reports errors by a callback that must not return, so setjmp is unavoidable; it stays in
// this target. Nothing here exits the process, prints, or reads a file.

#ifndef FUNDUSD_CPNG_H
#define FUNDUSD_CPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Why a call failed. FD_PNG_OK is 0.
enum fd_png_fault {
    FD_PNG_OK = 0,
    FD_PNG_TRUNCATED,        // the bytes end before the picture does
    FD_PNG_CORRUPT,          // the bytes contradict the format, or a checksum
    FD_PNG_TOO_MUCH_MEMORY,  // libpng asked for more than any row of the longest side needs
    FD_PNG_OUT_OF_MEMORY,    // malloc failed: the machine's fault, not the file's
};
typedef enum fd_png_fault fd_png_fault;

struct fd_png_header {
    uint32_t width;
    uint32_t height;
    uint32_t channels;       // 1 gray or palette, 2 gray and alpha, 3 RGB, 4 RGB and alpha
    bool is_interlaced;
    uint64_t least_bytes;    // no file that codes all samples can be shorter
    uint64_t held_bytes;     // what start takes for an interlaced picture, whose first row is whole last; else 0
};
typedef struct fd_png_header fd_png_header;

// Order of calls: open, read_header, start, absorb for each of the passes, read_rows until all are read, finish, close.
// After a fault only message and close are allowed.

typedef struct fd_png_decoder fd_png_decoder;

/// Borrows `bytes` until close. NULL when malloc fails.
fd_png_decoder *fd_png_open(const uint8_t *bytes, size_t count);
/// Fills in the sides even where libpng refuses the header, if there is one.
///
/// `longest_side`: pictures that are longer are refused.
fd_png_fault fd_png_read_header(fd_png_decoder *decoder, uint32_t longest_side, fd_png_header *header);
/// Takes the memory of an interlaced picture. `passes`: how often absorb must be called, 0 where rows come by themselves.
fd_png_fault fd_png_start(fd_png_decoder *decoder, int *passes);
/// Takes in one pass over an interlaced picture, so that the caller can show progress between.
fd_png_fault fd_png_absorb(fd_png_decoder *decoder);
/// Writes `count` rows of 4 bytes a pixel, `pitch` bytes apart: red, green, blue and nothing.
fd_png_fault fd_png_read_rows(fd_png_decoder *decoder, uint8_t *rows, size_t pitch, uint32_t count);
/// Reads to the IEND chunk.
fd_png_fault fd_png_finish(fd_png_decoder *decoder);
/// What was wrong; lives as long as the decoder.
const char *fd_png_message(const fd_png_decoder *decoder);
void fd_png_close(fd_png_decoder *decoder);

#endif
