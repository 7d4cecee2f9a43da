// SPDX-License-Identifier: MIT
// COBS decoder, bounded and incremental.
#include "cobs.h"

enum { FULL_BLOCK = 0xff }; // 254 bytes that no 0 follows

static void put(cam_cobs_decoder_t *decoder, uint8_t byte) {
    if (decoder->length < decoder->limit)
        decoder->buffer[decoder->length++] = byte;
    else
        decoder->too_long = true;
}

static void restart(cam_cobs_decoder_t *decoder) {
    decoder->code = 0;
    decoder->left = 0;
    decoder->too_long = false;
}

static cam_cobs_result_t end(cam_cobs_decoder_t *decoder) {
    const bool begun = decoder->code != 0;
    const bool whole = decoder->left == 0 && !decoder->too_long;
    restart(decoder);
    if (!begun) return CAM_COBS_MORE;
    return whole ? CAM_COBS_FRAME : CAM_COBS_BAD;
}

cam_cobs_result_t cam_cobs_push(cam_cobs_decoder_t *decoder, uint8_t byte) {
    if (byte == 0) return end(decoder);
    if (decoder->left > 0) {
        put(decoder, byte);
        decoder->left--;
        return CAM_COBS_MORE;
    }
    // A block's code. The 0 that the block before stood for comes only now: the last one has none.
    if (decoder->code == 0)
        decoder->length = 0;
    else if (decoder->code != FULL_BLOCK)
        put(decoder, 0);
    decoder->code = byte;
    decoder->left = (uint8_t)(byte - 1u);
    return CAM_COBS_MORE;
}
