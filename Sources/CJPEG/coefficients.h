// SPDX-License-Identifier: Apache-2.0
// Damage that only coefficients tell: each block is looked at on its way to the inverse transform.

#ifndef FUNDUSD_CJPEG_COEFFICIENTS_H
#define FUNDUSD_CJPEG_COEFFICIENTS_H

#include <stdio.h>

#include <jpeglib.h>

// libjpeg's own modules; installed with jpeglib.h, and the same in libjpeg-turbo 1 to 3.
#include <jpegint.h>

/// libjpeg's inverse transform of each component, which the look stands before.
struct fd_jpeg_coefficients {
    inverse_DCT_method_ptr inverse[MAX_COMPONENTS];
};
typedef struct fd_jpeg_coefficients fd_jpeg_coefficients;

/// From now on a block that no encoder makes of samples is a fault. To be called when libjpeg has begun an output pass; `cinfo`
/// has `coefficients` as its client data and an `fd_jpeg_trap` as its error manager.
void fd_jpeg_coefficients_watch(fd_jpeg_coefficients *coefficients, j_decompress_ptr cinfo);

/// Faults where all scans are in and a component has no data, or a coefficient not all of its bits.
void fd_jpeg_coefficients_expect_all(j_decompress_ptr cinfo);

#endif
