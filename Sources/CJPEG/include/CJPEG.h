// SPDX-License-Identifier: Apache-2.0
// In:  JPEG bytes in memory (decoder), rows of samples (encoder).
// Out: rows of RGBX or CMYK samples (decoder), JPEG bytes (encoder), or a fault with its message.
// Called by FundusImage only: JPEGStream.swift (decoder) and JPEGEncoder.swift (encoder).
//
// libjpeg reports errors by a callback that must not return, so setjmp is unavoidable; it stays in
// this target. Nothing here exits the process, prints, or reads a file.

#ifndef FUNDUSD_CJPEG_H
#define FUNDUSD_CJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Why a call failed. FD_JPEG_OK is 0.
enum fd_jpeg_fault {
    FD_JPEG_OK = 0,
    FD_JPEG_TRUNCATED,        // the bytes end before the picture does
    FD_JPEG_CORRUPT,          // the bytes contradict the format
    FD_JPEG_ARITHMETIC,       // arithmetic coding
    FD_JPEG_UNSUPPORTED,      // a JPEG, but of a kind that libjpeg does not decode
    FD_JPEG_TOO_LARGE,        // a side is longer than libjpeg takes; the header holds the sides
    FD_JPEG_TOO_MANY_SCANS,   // more scans than fd_jpeg_limits allows
    FD_JPEG_TOO_MUCH_MEMORY,  // the coefficients of all scans would exceed fd_jpeg_limits
    FD_JPEG_OUT_OF_MEMORY,    // malloc failed: the machine's fault, not the file's
};
typedef enum fd_jpeg_fault fd_jpeg_fault;

struct fd_jpeg_header {
    uint32_t width;
    uint32_t height;
    uint32_t components;
    bool is_cmyk;  // rows leave as CMYK as it is stored; Adobe stores it inverted (255 is no ink)
    bool is_progressive;
    uint64_t least_bytes;        // no file that codes all blocks can be shorter
    uint64_t coefficient_bytes;  // what libjpeg holds of a file with many scans; 0 where a few rows suffice
};
typedef struct fd_jpeg_header fd_jpeg_header;

/// What the decoder gives out: each side is the header's over the shrinkage, rounded up.
struct fd_jpeg_size {
    uint32_t width;
    uint32_t height;
};
typedef struct fd_jpeg_size fd_jpeg_size;

struct fd_jpeg_limits {
    size_t coefficient_bytes;  // memory for the coefficients of a file with many scans
    int scans;
};
typedef struct fd_jpeg_limits fd_jpeg_limits;

/// What an absorbing step came to.
enum fd_jpeg_absorption { FD_JPEG_MORE_TO_ABSORB, FD_JPEG_ABSORBED, FD_JPEG_ABSORPTION_FAILED };
typedef enum fd_jpeg_absorption fd_jpeg_absorption;

// Decoder. Order of calls: open, read_header, start, absorb until FD_JPEG_ABSORBED,
// read_rows until all of the size are read, finish, close. After a fault only fault, message and close are allowed.

typedef struct fd_jpeg_decoder fd_jpeg_decoder;

/// Borrows `bytes` until close. NULL when malloc fails.
fd_jpeg_decoder *fd_jpeg_open(const uint8_t *bytes, size_t count, fd_jpeg_limits limits);
fd_jpeg_fault fd_jpeg_read_header(fd_jpeg_decoder *decoder, fd_jpeg_header *header);
/// Every block becomes 8 / `shrinkage` pixels a side, computed from its low frequencies; 1 (all of it), 2, 4 or 8.
fd_jpeg_fault fd_jpeg_start(fd_jpeg_decoder *decoder, uint32_t shrinkage, fd_jpeg_size *size);
/// Takes in one row of blocks of a file with many scans, so that the caller can show progress between.
fd_jpeg_absorption fd_jpeg_absorb(fd_jpeg_decoder *decoder);
/// Writes `count` rows of 4 bytes a pixel, `pitch` bytes apart: red, green, blue and nothing, or CMYK.
fd_jpeg_fault fd_jpeg_read_rows(fd_jpeg_decoder *decoder, uint8_t *rows, size_t pitch, uint32_t count);
/// Reads to the end-of-image marker.
fd_jpeg_fault fd_jpeg_finish(fd_jpeg_decoder *decoder);
fd_jpeg_fault fd_jpeg_last_fault(const fd_jpeg_decoder *decoder);
/// libjpeg's text of the fault; lives as long as the decoder.
const char *fd_jpeg_message(const fd_jpeg_decoder *decoder);
/// Harmless warnings so far, libjpeg's text and code of the first.
int fd_jpeg_warning_count(const fd_jpeg_decoder *decoder);
int fd_jpeg_first_warning_code(const fd_jpeg_decoder *decoder);
const char *fd_jpeg_first_warning(const fd_jpeg_decoder *decoder);
void fd_jpeg_close(fd_jpeg_decoder *decoder);

// Encoder: one call, the whole picture in memory.

/// How rows enter the encoder: interleaved, 8 bits a sample.
enum fd_jpeg_samples { FD_JPEG_GRAY = 1, FD_JPEG_RGB = 3, FD_JPEG_CMYK = 4 };
typedef enum fd_jpeg_samples fd_jpeg_samples;

struct fd_jpeg_picture {
    const uint8_t *rows;  // width × height × samples bytes
    uint32_t width;
    uint32_t height;
    fd_jpeg_samples samples;
};
typedef struct fd_jpeg_picture fd_jpeg_picture;

struct fd_jpeg_encoding {
    int quality;               // 1…100
    int horizontal_sampling;   // luma samples per chroma sample across, 1, 2 or 4
    int vertical_sampling;     // the same down
    bool is_progressive;
    int restart_rows;          // rows of blocks from one restart marker to the next; 0 for none
};
typedef struct fd_jpeg_encoding fd_jpeg_encoding;

struct fd_jpeg_output {
    uint8_t *bytes;  // to be given to fd_jpeg_output_free
    size_t count;
};
typedef struct fd_jpeg_output fd_jpeg_output;

fd_jpeg_fault fd_jpeg_encode(fd_jpeg_picture picture, fd_jpeg_encoding encoding, fd_jpeg_output *output);
void fd_jpeg_output_free(fd_jpeg_output *output);

#endif
