// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include <jerror.h>

#include "fault.h"

enum { FIRST_CAPACITY = 64 * 1024 };

struct encoder {
    struct fd_jpeg_trap trap;
    struct jpeg_compress_struct cinfo;
    struct jpeg_destination_mgr destination;
    uint8_t *bytes;
    size_t capacity;
};

// libjpeg's own memory destination leaves the caller with a freed pointer when an error comes after
// its buffer has grown; this one always knows which buffer is alive.
static void grow(struct encoder *encoder, size_t used) {
    size_t capacity = encoder->capacity == 0 ? FIRST_CAPACITY : encoder->capacity * 2;
    uint8_t *bytes = realloc(encoder->bytes, capacity);
    if (bytes == NULL)
        fd_jpeg_trap_spring(&encoder->trap, FD_JPEG_OUT_OF_MEMORY, "out of memory");
    encoder->bytes = bytes;
    encoder->capacity = capacity;
    encoder->destination.next_output_byte = bytes + used;
    encoder->destination.free_in_buffer = capacity - used;
}

static void open_destination(j_compress_ptr cinfo) { grow((struct encoder *)cinfo->err, 0); }

static boolean enlarge_destination(j_compress_ptr cinfo) {
    struct encoder *encoder = (struct encoder *)cinfo->err;
    grow(encoder, encoder->capacity);
    return TRUE;
}

static void close_destination(j_compress_ptr cinfo) { (void)cinfo; }

static J_COLOR_SPACE color_space(fd_jpeg_samples samples) {
    switch (samples) {
    case FD_JPEG_GRAY:
        return JCS_GRAYSCALE;
    case FD_JPEG_RGB:
        return JCS_RGB;
    case FD_JPEG_CMYK:
        return JCS_CMYK;
    }
    return JCS_UNKNOWN;
}

static void configure(struct encoder *encoder, fd_jpeg_picture picture, fd_jpeg_encoding encoding) {
    struct jpeg_compress_struct *cinfo = &encoder->cinfo;
    encoder->destination.init_destination = open_destination;
    encoder->destination.empty_output_buffer = enlarge_destination;
    encoder->destination.term_destination = close_destination;
    cinfo->dest = &encoder->destination;
    cinfo->image_width = picture.width;
    cinfo->image_height = picture.height;
    cinfo->input_components = (int)picture.samples;
    cinfo->in_color_space = color_space(picture.samples);
    jpeg_set_defaults(cinfo);
    jpeg_set_quality(cinfo, encoding.quality, TRUE);
    if (picture.samples == FD_JPEG_RGB) {
        cinfo->comp_info[0].h_samp_factor = encoding.horizontal_sampling;
        cinfo->comp_info[0].v_samp_factor = encoding.vertical_sampling;
    }
    cinfo->restart_in_rows = encoding.restart_rows;
    if (encoding.is_progressive)
        jpeg_simple_progression(cinfo);
}

static void write_rows(struct jpeg_compress_struct *cinfo, fd_jpeg_picture picture) {
    size_t stride = (size_t)picture.width * picture.samples;
    while (cinfo->next_scanline < cinfo->image_height) {
        JSAMPROW row = (JSAMPROW)(picture.rows + cinfo->next_scanline * stride);
        jpeg_write_scanlines(cinfo, &row, 1);
    }
}

fd_jpeg_fault fd_jpeg_encode(fd_jpeg_picture picture, fd_jpeg_encoding encoding, fd_jpeg_output *output) {
    struct encoder *encoder = calloc(1, sizeof *encoder);
    if (encoder == NULL)
        return FD_JPEG_OUT_OF_MEMORY;
    encoder->cinfo.err = fd_jpeg_trap_arm(&encoder->trap);
    if (setjmp(encoder->trap.escape) == 0) {
        jpeg_create_compress(&encoder->cinfo);
        configure(encoder, picture, encoding);
        jpeg_start_compress(&encoder->cinfo, TRUE);
        write_rows(&encoder->cinfo, picture);
        jpeg_finish_compress(&encoder->cinfo);
        output->bytes = encoder->bytes;
        output->count = encoder->capacity - encoder->destination.free_in_buffer;
        encoder->bytes = NULL;
    }
    fd_jpeg_fault fault = encoder->trap.fault;
    jpeg_destroy_compress(&encoder->cinfo);
    free(encoder->bytes);
    free(encoder);
    return fault;
}

void fd_jpeg_output_free(fd_jpeg_output *output) {
    free(output->bytes);
    output->bytes = NULL;
    output->count = 0;
}
