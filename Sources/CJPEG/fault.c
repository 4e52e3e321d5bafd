// SPDX-License-Identifier: Apache-2.0
#include "fault.h"

#include "source.h"

#include <stdlib.h>
#include <string.h>

#include <jerror.h>

static fd_jpeg_fault fault_of_error(int code) {
    switch (code) {
    case JERR_OUT_OF_MEMORY:
        return FD_JPEG_OUT_OF_MEMORY;
    case JERR_NO_BACKING_STORE:  // what the memory manager says when max_memory_to_use is exceeded
        return FD_JPEG_TOO_MUCH_MEMORY;
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
        return FD_JPEG_TOO_LARGE;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_J_COLORSPACE:
    case JERR_BAD_PRECISION:
    case JERR_CCIR601_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
        return FD_JPEG_UNSUPPORTED;
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
        return FD_JPEG_TRUNCATED;
    default:
        return FD_JPEG_CORRUPT;
    }
}

// Bytes between the end of a scan, or of a restart interval, and the next marker. A whole picture leaves none, or padding; coded
// data that are left over belong to blocks that were decoded from something else, or to rows that the header does not have. One
// byte may be what an encoder flushed too much. Before the first scan no sample has been decoded.
static fd_jpeg_fault fault_of_leftover(j_decompress_ptr cinfo) {
    int count = cinfo->err->msg_parm.i[0];
    if (cinfo->input_scan_number == 0 || count <= 1)
        return FD_JPEG_OK;
    return fd_jpeg_source_is_padding((fd_jpeg_source *)cinfo->src, (size_t)count) ? FD_JPEG_OK : FD_JPEG_CORRUPT;
}

// A warning after which libjpeg goes on with invented samples is a fault here: a picture that is in
// part invented must not be judged. What is left are warnings about bytes that no sample depends on:
//
// | warning          | why no sample depends on it                                                                      |
// | ---------------- | ------------------------------------------------------------------------------------------------ |
// | ADOBE_XFORM      | an Adobe marker with an unknown color transform: libjpeg takes the usual one, as Pillow does       |
// | EXTRANEOUS_DATA  | bytes that are skipped before a marker; fault_of_leftover tells those that should have been decoded |
// | JFIF_MAJOR       | a JFIF marker of another version: only the pixels' shape is read from it                           |
// | NOT_SEQUENTIAL   | a sequential scan whose header gives a spectral range (a phone maker writes 0 to 0): all 64         |
// |                  | coefficients are coded and decoded all the same                                                  |
static fd_jpeg_fault fault_of_warning(j_common_ptr cinfo) {
    switch (cinfo->err->msg_code) {
    case JWRN_JPEG_EOF:
        return FD_JPEG_TRUNCATED;
    case JWRN_EXTRANEOUS_DATA:
        return fault_of_leftover((j_decompress_ptr)cinfo);
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
        return FD_JPEG_OK;
    default:  // HIT_MARKER, HUFF_BAD_CODE, MUST_RESYNC, ARITH_BAD_CODE, BOGUS_PROGRESSION, …
        return FD_JPEG_CORRUPT;
    }
}

// SOF55: medical programs export it as .jpg; libjpeg knows no more of it than that it is no marker of its own (ITU-T T.87, C.1.1).
static bool is_jpeg_ls(const struct jpeg_error_mgr *manager) {
    return manager->msg_code == JERR_UNKNOWN_MARKER && manager->msg_parm.i[0] == 0xF7;
}

static _Noreturn void error_exit(j_common_ptr cinfo) {
    fd_jpeg_trap *trap = (fd_jpeg_trap *)cinfo->err;
    if (is_jpeg_ls(cinfo->err))
        fd_jpeg_trap_spring(trap, FD_JPEG_UNSUPPORTED, "JPEG-LS");
    trap->fault = fault_of_error(cinfo->err->msg_code);
    cinfo->err->format_message(cinfo, trap->message);
    longjmp(trap->escape, 1);
}

static void emit_message(j_common_ptr cinfo, int level) {
    if (level >= 0)  // a trace message
        return;
    fd_jpeg_trap *trap = (fd_jpeg_trap *)cinfo->err;
    fd_jpeg_fault fault = fault_of_warning(cinfo);
    if (fault != FD_JPEG_OK) {
        trap->fault = fault;
        cinfo->err->format_message(cinfo, trap->message);
        longjmp(trap->escape, 1);
    }
    if (trap->warning_count == 0) {
        trap->first_warning_code = cinfo->err->msg_code;
        cinfo->err->format_message(cinfo, trap->first_warning);
    }
    trap->warning_count += 1;
}

static void print_nothing(j_common_ptr cinfo) { (void)cinfo; }

struct jpeg_error_mgr *fd_jpeg_trap_arm(fd_jpeg_trap *trap) {
    struct jpeg_error_mgr *manager = jpeg_std_error(&trap->manager);
    manager->error_exit = error_exit;
    manager->emit_message = emit_message;
    manager->output_message = print_nothing;
    return manager;
}

_Noreturn void fd_jpeg_trap_spring(fd_jpeg_trap *trap, fd_jpeg_fault fault, const char *message) {
    trap->fault = fault;
    strncpy(trap->message, message, sizeof trap->message - 1);
    longjmp(trap->escape, 1);
}
