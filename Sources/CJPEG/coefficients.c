// SPDX-License-Identifier: Apache-2.0
#include "coefficients.h"

#include "fault.h"

// Huffman codes fall into step again behind foreign bytes, and now and then as many blocks come out as were lost: then nothing is
// left over, and libjpeg warns of nothing. But a block's first coefficient is coded as the difference to the block before, so that
// all later blocks are too dark or too bright; and a retina stands on black, where anything darker is impossible.

// Eight times the mean of 64 samples of -128 to 127, in libjpeg's scale.
enum { darkest = 8 * -128, brightest = 8 * 127 };
// Beside the step of quantization: what an encoder's own rounding may add.
enum { rounding = 8 };

static bool is_beyond_samples(JCOEF mean, int step) {
    int value = mean * step;
    return value < darkest - step - rounding || value > brightest + step + rounding;
}

// Zeros in the place of coded data are such blocks, by the codes of the standard's example tables that most encoders use (ITU-T
// T.81, annex K.3: 00 is a run of no zeros and a value of one bit, which is 0 for -1). No samples are: of the 63, those of high
// frequency are small wherever the others are not.
static bool is_one_value_throughout(const JCOEF *block) {
    if (block[DCTSIZE2 - 1] == 0)
        return false;
    for (int i = 1; i < DCTSIZE2 - 1; i++)
        if (block[i] != block[DCTSIZE2 - 1])
            return false;
    return true;
}

static void look_and_transform(
    j_decompress_ptr cinfo, jpeg_component_info *component, JCOEFPTR block, JSAMPARRAY rows, JDIMENSION column) {
    fd_jpeg_trap *trap = (fd_jpeg_trap *)cinfo->err;
    if (is_beyond_samples(block[0], component->quant_table->quantval[0]))
        fd_jpeg_trap_spring(trap, FD_JPEG_CORRUPT, "a block darker than black or brighter than white");
    if (is_one_value_throughout(block))
        fd_jpeg_trap_spring(trap, FD_JPEG_CORRUPT, "a block of one value in all of its frequencies");
    const fd_jpeg_coefficients *coefficients = cinfo->client_data;
    coefficients->inverse[component->component_index](cinfo, component, block, rows, column);
}

void fd_jpeg_coefficients_watch(fd_jpeg_coefficients *coefficients, j_decompress_ptr cinfo) {
    for (int i = 0; i < cinfo->num_components; i++) {
        if (!cinfo->comp_info[i].component_needed || cinfo->comp_info[i].quant_table == NULL)
            continue;
        coefficients->inverse[i] = cinfo->idct->inverse_DCT[i];
        cinfo->idct->inverse_DCT[i] = look_and_transform;
    }
}

// A progressive file sends a coefficient's upper bits first; how many are wanting is what libjpeg notes, -1 where none has come.
// Encoders may leave high frequencies away, but none begins one that it does not end.
static bool is_unfinished(const int wanting[DCTSIZE2]) {
    if (wanting[0] < 0)
        return true;
    for (int i = 0; i < DCTSIZE2; i++)
        if (wanting[i] > 0)
            return true;
    return false;
}

void fd_jpeg_coefficients_expect_all(j_decompress_ptr cinfo) {
    for (int i = 0; i < cinfo->num_components; i++) {
        bool has_none = cinfo->comp_info[i].quant_table == NULL;
        if (has_none || (cinfo->coef_bits != NULL && is_unfinished(cinfo->coef_bits[i])))
            fd_jpeg_trap_spring((fd_jpeg_trap *)cinfo->err, FD_JPEG_CORRUPT, "a scan is missing");
    }
}
