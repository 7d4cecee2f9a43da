// SPDX-License-Identifier: MIT
// Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): no 0 byte inside a frame, so that a
// 0 ends one whatever came before it.
#ifndef CAM_COBS_H
#define CAM_COBS_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes on the wire of a payload of `n` bytes, the closing 0 included; at most. */
#define CAM_COBS_WIRE_BYTES(n) ((n) + ((n) + 253u) / 254u + 1u)

/** Takes bytes one by one. Fill buffer and limit, leave the rest 0. */
typedef struct {
    uint8_t *buffer;
    uint32_t limit;  // bytes of buffer
    uint32_t length; // bytes of the payload so far
    uint8_t code;    // of the block under way; 0: a frame has not begun
    uint8_t left;    // bytes of it to come
    bool too_long;
} cam_cobs_decoder_t;

typedef enum {
    CAM_COBS_MORE,  // inside a frame, or a 0 with nothing before it
    CAM_COBS_FRAME, // buffer has a payload of `length` bytes, until the next byte comes
    CAM_COBS_BAD,   // a 0 inside a block, or a payload longer than the buffer; it is forgotten
} cam_cobs_result_t;

/** One byte more. Context: one at a time. */
cam_cobs_result_t cam_cobs_push(cam_cobs_decoder_t *decoder, uint8_t byte);

#endif
