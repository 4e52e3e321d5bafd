// SPDX-License-Identifier: Apache-2.0
#include "source.h"

#include <string.h>

#include <jerror.h>

// How many bytes libjpeg is shown at once. With 512 for each block of an MCU at hand, libjpeg-turbo's Huffman decoder takes a way
// that puts a zero in the place of an invalid code and says nothing (jdhuff.c, decode_mcu_fast). Shown less, it takes the careful
// one, which warns; that costs 2 to 4 % of the decode.
enum { shown_at_once = 500 };

static fd_jpeg_source *source_of(j_decompress_ptr cinfo) { return (fd_jpeg_source *)cinfo->src; }

static void show(fd_jpeg_source *source, const uint8_t *from) {
    size_t left = (size_t)(source->end - from);
    source->manager.next_input_byte = from;
    source->manager.bytes_in_buffer = left < shown_at_once ? left : shown_at_once;
    source->shown_to = from + source->manager.bytes_in_buffer;
}

static void do_nothing(j_decompress_ptr cinfo) { (void)cinfo; }

// Behind the last byte libjpeg gets an end-of-image marker, and says that the file ended too early.
static boolean show_more(j_decompress_ptr cinfo) {
    static const JOCTET end_of_image[] = { 0xFF, JPEG_EOI };
    fd_jpeg_source *source = source_of(cinfo);
    // libjpeg asks when all is read, and may not have written down how far it is.
    if (!source->is_over && source->shown_to < source->end) {
        show(source, source->shown_to);
    } else {
        source->is_over = true;
        WARNMS(cinfo, JWRN_JPEG_EOF);
        source->manager.next_input_byte = end_of_image;
        source->manager.bytes_in_buffer = sizeof end_of_image;
    }
    return TRUE;
}

static void skip(j_decompress_ptr cinfo, long count) {
    fd_jpeg_source *source = source_of(cinfo);
    // Behind the end there is nothing to skip.
    if (count <= 0 || source->is_over)
        return;
    const uint8_t *from = source->manager.next_input_byte;
    size_t left = (size_t)(source->end - from);
    show(source, (size_t)count < left ? from + count : source->end);
}

void fd_jpeg_source_attach(fd_jpeg_source *source, j_decompress_ptr cinfo, const uint8_t *bytes, size_t count) {
    source->bytes = bytes;
    source->end = bytes + count;
    source->is_over = false;
    source->manager = (struct jpeg_source_mgr){
        .init_source = do_nothing,
        .fill_input_buffer = show_more,
        .skip_input_data = skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = do_nothing,
    };
    show(source, bytes);
    cinfo->src = &source->manager;
}

bool fd_jpeg_source_is_padding(const fd_jpeg_source *source, size_t count) {
    const uint8_t *to = source->manager.next_input_byte;
    if (source->is_over || count > (size_t)(to - source->bytes))
        return false;
    for (const uint8_t *byte = to - count; byte < to; byte++)
        if (*byte != 0x00 && *byte != 0xFF)
            return false;
    return true;
}

// The next marker, or the end: coded data have a 0 behind a byte of 255, and may be divided by restart markers.
static const uint8_t *end_of_scan(const uint8_t *from, const uint8_t *end) {
    while ((from = memchr(from, 0xFF, (size_t)(end - from))) != NULL && from + 1 < end) {
        bool is_data = from[1] == 0 || (from[1] >= JPEG_RST0 && from[1] <= JPEG_RST0 + 7);
        if (!is_data)
            return from;
        from += 2;
    }
    return end;
}

bool fd_jpeg_source_shows_zeros(const fd_jpeg_source *source) {
    static const uint8_t zeros[32];
    if (source->is_over)
        return false;
    const uint8_t *from = source->manager.next_input_byte;
    const uint8_t *end = end_of_scan(from, source->end);
    // Zeros up to the marker are padding.
    while (end > from && end[-1] == 0)
        end -= 1;
    for (; from + sizeof zeros <= end; from += sizeof zeros)
        if (memcmp(from, zeros, sizeof zeros) == 0)
            return true;
    return false;
}
