// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "coefficients.h"
#include "fault.h"
#include "source.h"

struct fd_jpeg_decoder {
    fd_jpeg_trap trap;
    struct jpeg_decompress_struct cinfo;
    struct jpeg_progress_mgr progress;
    fd_jpeg_source source;
    fd_jpeg_coefficients coefficients;
    fd_jpeg_limits limits;
    const uint8_t *bytes;
    size_t count;
    bool is_created;
};

// A few kilobytes can hold thousands of scans, each of which costs a pass over the whole picture
// ("progressive bomb"; https://libjpeg-turbo.org/pmwiki/uploads/About/TwoIssueswiththeJPEGStandard.pdf).
static void limit_scans(j_common_ptr common) {
    fd_jpeg_decoder *decoder = (fd_jpeg_decoder *)common->err;
    if (decoder->cinfo.input_scan_number > decoder->limits.scans)
        fd_jpeg_trap_spring(&decoder->trap, FD_JPEG_TOO_MANY_SCANS, "more scans than any camera writes");
}

fd_jpeg_decoder *fd_jpeg_open(const uint8_t *bytes, size_t count, fd_jpeg_limits limits) {
    fd_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
    if (decoder == NULL)
        return NULL;
    decoder->cinfo.err = fd_jpeg_trap_arm(&decoder->trap);
    decoder->limits = limits;
    decoder->bytes = bytes;
    decoder->count = count;
    return decoder;
}

static uint64_t block_count(const struct jpeg_decompress_struct *cinfo) {
    uint64_t blocks = 0;
    for (int i = 0; i < cinfo->num_components; i++)
        blocks += (uint64_t)cinfo->comp_info[i].width_in_blocks * cinfo->comp_info[i].height_in_blocks;
    return blocks;
}

// A Huffman code is at least one bit long, and every block has at least one code in the first scan
// that it is in (its DC difference). Arithmetic coding, which is refused, has no such bound.
static uint64_t least_bytes(const struct jpeg_decompress_struct *cinfo) { return block_count(cinfo) / 8; }

static uint64_t coefficient_bytes(struct jpeg_decompress_struct *cinfo) {
    return jpeg_has_multiple_scans(cinfo) ? block_count(cinfo) * sizeof(JBLOCK) : 0;
}

static void fill_in_sides(const fd_jpeg_decoder *decoder, fd_jpeg_header *header) {
    header->width = decoder->cinfo.image_width;
    header->height = decoder->cinfo.image_height;
}

// Rows leave as RGBX, except that of four components libjpeg can make CMYK only: four samples a pixel both.
static void choose_samples(fd_jpeg_decoder *decoder, fd_jpeg_header *header) {
    struct jpeg_decompress_struct *cinfo = &decoder->cinfo;
    bool has_black = cinfo->jpeg_color_space == JCS_CMYK || cinfo->jpeg_color_space == JCS_YCCK;
    if (cinfo->jpeg_color_space == JCS_UNKNOWN)
        fd_jpeg_trap_spring(&decoder->trap, FD_JPEG_UNSUPPORTED, "neither 1, 3 nor 4 color components");
    cinfo->out_color_space = has_black ? JCS_CMYK : JCS_EXT_RGBX;
    header->is_cmyk = has_black;
}

fd_jpeg_fault fd_jpeg_read_header(fd_jpeg_decoder *decoder, fd_jpeg_header *header) {
    struct jpeg_decompress_struct *cinfo = &decoder->cinfo;
    if (setjmp(decoder->trap.escape)) {
        if (decoder->trap.fault == FD_JPEG_TOO_LARGE)
            fill_in_sides(decoder, header);
        return decoder->trap.fault;
    }
    jpeg_create_decompress(cinfo);
    decoder->is_created = true;
    cinfo->mem->max_memory_to_use = (long)decoder->limits.coefficient_bytes;
    decoder->progress.progress_monitor = limit_scans;
    cinfo->progress = &decoder->progress;
    cinfo->client_data = &decoder->coefficients;
    fd_jpeg_source_attach(&decoder->source, cinfo, decoder->bytes, decoder->count);
    jpeg_read_header(cinfo, TRUE);
    fill_in_sides(decoder, header);
    if (cinfo->arith_code)
        fd_jpeg_trap_spring(&decoder->trap, FD_JPEG_ARITHMETIC, "arithmetic coding");
    choose_samples(decoder, header);
    header->components = (uint32_t)cinfo->num_components;
    header->is_progressive = cinfo->progressive_mode;
    header->least_bytes = least_bytes(cinfo);
    header->coefficient_bytes = coefficient_bytes(cinfo);
    return FD_JPEG_OK;
}

fd_jpeg_fault fd_jpeg_start(fd_jpeg_decoder *decoder, uint32_t shrinkage, fd_jpeg_size *size) {
    struct jpeg_decompress_struct *cinfo = &decoder->cinfo;
    if (setjmp(decoder->trap.escape))
        return decoder->trap.fault;
    cinfo->scale_num = 1;
    cinfo->scale_denom = shrinkage;
    // The settings that Pillow uses, spelled out because a library may be built with other defaults.
    cinfo->dct_method = JDCT_ISLOW;
    cinfo->do_fancy_upsampling = TRUE;
    // Buffered-image mode lets the caller take the scans in step by step.
    cinfo->buffered_image = jpeg_has_multiple_scans(cinfo);
    jpeg_start_decompress(cinfo);
    if (!cinfo->buffered_image)
        fd_jpeg_coefficients_watch(&decoder->coefficients, cinfo);
    size->width = cinfo->output_width;
    size->height = cinfo->output_height;
    return FD_JPEG_OK;
}

fd_jpeg_absorption fd_jpeg_absorb(fd_jpeg_decoder *decoder) {
    struct jpeg_decompress_struct *cinfo = &decoder->cinfo;
    if (setjmp(decoder->trap.escape))
        return FD_JPEG_ABSORPTION_FAILED;
    if (!cinfo->buffered_image)
        return FD_JPEG_ABSORBED;
    limit_scans((j_common_ptr)cinfo);
    int reached = jpeg_consume_input(cinfo);
    if (reached == JPEG_REACHED_SOS && cinfo->Ss > 0 && fd_jpeg_source_shows_zeros(&decoder->source))
        fd_jpeg_trap_spring(&decoder->trap, FD_JPEG_CORRUPT, "zeros in the place of coded data");
    if (reached != JPEG_REACHED_EOI)
        return FD_JPEG_MORE_TO_ABSORB;
    fd_jpeg_coefficients_expect_all(cinfo);
    jpeg_start_output(cinfo, cinfo->input_scan_number);
    fd_jpeg_coefficients_watch(&decoder->coefficients, cinfo);
    return FD_JPEG_ABSORBED;
}

// One row a call: given more, libjpeg still ends at its own groups of rows.
fd_jpeg_fault fd_jpeg_read_rows(fd_jpeg_decoder *decoder, uint8_t *rows, size_t pitch, uint32_t count) {
    if (setjmp(decoder->trap.escape))
        return decoder->trap.fault;
    for (uint32_t i = 0; i < count; i++) {
        JSAMPROW row = rows + i * pitch;
        if (jpeg_read_scanlines(&decoder->cinfo, &row, 1) != 1)
            fd_jpeg_trap_spring(&decoder->trap, FD_JPEG_CORRUPT, "no more rows");
    }
    return FD_JPEG_OK;
}

fd_jpeg_fault fd_jpeg_finish(fd_jpeg_decoder *decoder) {
    if (setjmp(decoder->trap.escape))
        return decoder->trap.fault;
    if (decoder->cinfo.buffered_image)
        jpeg_finish_output(&decoder->cinfo);
    jpeg_finish_decompress(&decoder->cinfo);
    return FD_JPEG_OK;
}

fd_jpeg_fault fd_jpeg_last_fault(const fd_jpeg_decoder *decoder) { return decoder->trap.fault; }

const char *fd_jpeg_message(const fd_jpeg_decoder *decoder) { return decoder->trap.message; }

int fd_jpeg_warning_count(const fd_jpeg_decoder *decoder) { return decoder->trap.warning_count; }

int fd_jpeg_first_warning_code(const fd_jpeg_decoder *decoder) { return decoder->trap.first_warning_code; }

const char *fd_jpeg_first_warning(const fd_jpeg_decoder *decoder) { return decoder->trap.first_warning; }

void fd_jpeg_close(fd_jpeg_decoder *decoder) {
    if (decoder->is_created)
        jpeg_destroy_decompress(&decoder->cinfo);
    free(decoder);
}
