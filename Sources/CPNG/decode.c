// SPDX-License-Identifier: Apache-2.0
#include "CPNG.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

// What libpng and zlib may take in all: a window, buffers, and a few rows of the longest side (65500 pixels of 8 bytes) need 3 MiB.
enum { most_library_bytes = 16 << 20, message_length = 200 };

struct fd_png_decoder {
    jmp_buf escape;
    fd_png_fault fault;
    char message[message_length];
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count;
    size_t place;
    size_t taken;  // bytes that libpng has been given
    png_size_t row_bytes;
    int color_type;
    int bit_depth;
    uint32_t width;
    uint32_t height;
    uint8_t *row;    // a row as libpng gives it: a byte a sample
    uint8_t *whole;  // all rows of an interlaced picture
    uint32_t next_row;
    png_color palette[PNG_MAX_PALETTE_LENGTH];
    int palette_count;
};

static _Noreturn void spring(fd_png_decoder *decoder, fd_png_fault fault, const char *message) {
    // Memory that could not be had is why; libpng then says so in words of its own.
    if (decoder->fault == FD_PNG_OK) {
        decoder->fault = fault;
        strncpy(decoder->message, message, sizeof decoder->message - 1);
    }
    longjmp(decoder->escape, 1);
}

static void fail(png_structp png, png_const_charp message) { spring(png_get_error_ptr(png), FD_PNG_CORRUPT, message); }

static void ignore_warning(png_structp png, png_const_charp message) { (void)png, (void)message; }

// libpng refuses what it cannot get memory for, but not in a way that could be told from a bad file.
static png_voidp take_memory(png_structp png, png_alloc_size_t size) {
    fd_png_decoder *decoder = png_get_mem_ptr(png);
    if (size > most_library_bytes - decoder->taken) {
        decoder->fault = FD_PNG_TOO_MUCH_MEMORY;
        return NULL;
    }
    void *memory = malloc(size);
    if (memory == NULL)
        decoder->fault = FD_PNG_OUT_OF_MEMORY;
    else
        decoder->taken += size;
    return memory;
}

static void give_memory(png_structp png, png_voidp memory) {
    (void)png;
    free(memory);
}

static void read_bytes(png_structp png, png_bytep into, png_size_t count) {
    fd_png_decoder *decoder = png_get_io_ptr(png);
    if (count > decoder->count - decoder->place)
        spring(decoder, FD_PNG_TRUNCATED, "the bytes end before the picture does");
    memcpy(into, decoder->bytes + decoder->place, count);
    decoder->place += count;
}

fd_png_decoder *fd_png_open(const uint8_t *bytes, size_t count) {
    fd_png_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL)
        return NULL;
    decoder->bytes = bytes;
    decoder->count = count;
    return decoder;
}

// Behind the signature stands IHDR, always: its length, its name, the sides.
static uint32_t side_at(const fd_png_decoder *decoder, size_t place) {
    if (decoder->count < place + 4 || memcmp(decoder->bytes + 12, "IHDR", 4) != 0)
        return 0;
    return png_get_uint_32(decoder->bytes + place);
}

// All that is read are the header, the palette and the pixels, as Pillow's convert("RGB") does, and torchvision's loader by it:
// transparency, gamma and color profiles change nothing. So nothing else is kept, and none of it is ever inflated.
static void skip_the_rest(png_structp png) {
    static const png_byte skipped[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0"
                                      "sTER\0tEXt\0tIME\0tRNS\0zTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, sizeof skipped / 5);
}

static void make_reader(fd_png_decoder *decoder, uint32_t longest_side) {
    decoder->png = png_create_read_struct_2(
        PNG_LIBPNG_VER_STRING, decoder, fail, ignore_warning, decoder, take_memory, give_memory);
    decoder->info = decoder->png == NULL ? NULL : png_create_info_struct(decoder->png);
    if (decoder->info == NULL)
        spring(decoder, FD_PNG_OUT_OF_MEMORY, "no memory for a decoder");
    png_structp png = decoder->png;
    png_set_read_fn(png, decoder, read_bytes);
    png_set_user_limits(png, longest_side, longest_side);
    skip_the_rest(png);
    // A wrong checksum anywhere means that the file is not what was written.
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
}

static uint32_t channels_of(int color_type) {
    switch (color_type) {
    case PNG_COLOR_TYPE_GRAY_ALPHA:
        return 2;
    case PNG_COLOR_TYPE_RGB:
        return 3;
    case PNG_COLOR_TYPE_RGB_ALPHA:
        return 4;
    default:
        return 1;
    }
}

static void fill_in(const fd_png_decoder *decoder, fd_png_header *header) {
    uint64_t pixels = (uint64_t)decoder->width * decoder->height;
    header->channels = channels_of(decoder->color_type);
    header->is_interlaced = png_get_interlace_type(decoder->png, decoder->info) != PNG_INTERLACE_NONE;
    // Deflate makes at most 1032 bytes of one (258 of two bits).
    header->least_bytes = pixels * header->channels * (uint64_t)decoder->bit_depth / 8 / 1032;
    header->held_bytes = header->is_interlaced ? pixels * header->channels : 0;
}

fd_png_fault fd_png_read_header(fd_png_decoder *decoder, uint32_t longest_side, fd_png_header *header) {
    header->width = side_at(decoder, 16);
    header->height = side_at(decoder, 20);
    if (setjmp(decoder->escape))
        return decoder->fault;
    make_reader(decoder, longest_side);
    png_read_info(decoder->png, decoder->info);
    decoder->color_type = png_get_color_type(decoder->png, decoder->info);
    decoder->bit_depth = png_get_bit_depth(decoder->png, decoder->info);
    header->width = decoder->width = png_get_image_width(decoder->png, decoder->info);
    header->height = decoder->height = png_get_image_height(decoder->png, decoder->info);
    fill_in(decoder, header);
    return FD_PNG_OK;
}

static void *take(fd_png_decoder *decoder, size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory == NULL)
        spring(decoder, FD_PNG_OUT_OF_MEMORY, "no memory for pixels");
    return memory;
}

fd_png_fault fd_png_start(fd_png_decoder *decoder, int *passes) {
    png_structp png = decoder->png;
    if (setjmp(decoder->escape))
        return decoder->fault;
    png_colorp palette;
    if (png_get_PLTE(png, decoder->info, &palette, &decoder->palette_count) != 0)
        memcpy(decoder->palette, palette, (size_t)decoder->palette_count * sizeof *palette);
    png_set_packing(png);   // 1, 2 and 4 bits: a byte a sample, unscaled
    png_set_strip_16(png);  // the upper byte, as Pillow takes of colors
    *passes = png_set_interlace_handling(png);
    png_read_update_info(png, decoder->info);
    // From here on, what libpng would go on after is a fault: too much or too little data, or a wrong checksum of them.
    png_set_benign_errors(png, 0);
    decoder->row_bytes = png_get_rowbytes(png, decoder->info);
    if (*passes > 1)
        decoder->whole = take(decoder, decoder->height, decoder->row_bytes);
    else
        decoder->row = take(decoder, 1, decoder->row_bytes);
    *passes = *passes > 1 ? *passes : 0;
    return FD_PNG_OK;
}

fd_png_fault fd_png_absorb(fd_png_decoder *decoder) {
    if (setjmp(decoder->escape))
        return decoder->fault;
    for (uint32_t y = 0; y < decoder->height; y++)
        png_read_row(decoder->png, decoder->whole + y * decoder->row_bytes, NULL);
    return FD_PNG_OK;
}

static void spread_gray(const fd_png_decoder *decoder, const uint8_t *from, size_t step, uint8_t *to) {
    int scale = decoder->bit_depth < 8 ? 255 / ((1 << decoder->bit_depth) - 1) : 1;
    for (uint32_t x = 0; x < decoder->width; x++, from += step, to += 4)
        to[0] = to[1] = to[2] = (uint8_t)(*from * scale);
}

static void look_up(fd_png_decoder *decoder, const uint8_t *from, uint8_t *to) {
    for (uint32_t x = 0; x < decoder->width; x++, to += 4) {
        if (from[x] >= decoder->palette_count)
            spring(decoder, FD_PNG_CORRUPT, "a pixel has a color that the palette lacks");
        png_color color = decoder->palette[from[x]];
        to[0] = color.red;
        to[1] = color.green;
        to[2] = color.blue;
    }
}

static void copy_colors(const fd_png_decoder *decoder, const uint8_t *from, size_t step, uint8_t *to) {
    for (uint32_t x = 0; x < decoder->width; x++, from += step, to += 4)
        memcpy(to, from, 3);
}

static void convert(fd_png_decoder *decoder, const uint8_t *from, uint8_t *to) {
    switch (decoder->color_type) {
    case PNG_COLOR_TYPE_PALETTE:
        look_up(decoder, from, to);
        break;
    case PNG_COLOR_TYPE_GRAY:
    case PNG_COLOR_TYPE_GRAY_ALPHA:
        spread_gray(decoder, from, channels_of(decoder->color_type), to);
        break;
    default:
        copy_colors(decoder, from, channels_of(decoder->color_type), to);
    }
}

fd_png_fault fd_png_read_rows(fd_png_decoder *decoder, uint8_t *rows, size_t pitch, uint32_t count) {
    if (setjmp(decoder->escape))
        return decoder->fault;
    for (uint32_t i = 0; i < count; i++) {
        if (decoder->next_row == decoder->height)
            spring(decoder, FD_PNG_CORRUPT, "no more rows");
        uint8_t *row = decoder->row;
        if (decoder->whole != NULL)
            row = decoder->whole + decoder->next_row * decoder->row_bytes;
        else
            png_read_row(decoder->png, row, NULL);
        decoder->next_row += 1;
        convert(decoder, row, rows + i * pitch);
    }
    return FD_PNG_OK;
}

fd_png_fault fd_png_finish(fd_png_decoder *decoder) {
    if (setjmp(decoder->escape))
        return decoder->fault;
    png_read_end(decoder->png, NULL);
    return FD_PNG_OK;
}

const char *fd_png_message(const fd_png_decoder *decoder) { return decoder->message; }

void fd_png_close(fd_png_decoder *decoder) {
    free(decoder->row);
    free(decoder->whole);
    if (decoder->png != NULL)
        png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
    free(decoder);
}
