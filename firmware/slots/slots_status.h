// SPDX-License-Identifier: MIT
// Why the flash or a program slot refuses something, with the value and the limit it broke. The
// numbers go over the link as they are (docs/link.md, errors).
#ifndef CAM_SLOTS_STATUS_H
#define CAM_SLOTS_STATUS_H

#include <stdint.h>

typedef enum {
    CAM_SLOTS_OK = 0,
    CAM_SLOTS_NOT_A_SECTOR = 0x40, // value: address that starts no sector; limit: start of the next
                                   // one
    CAM_SLOTS_FLASH_LOCKED = 0x41, // value: FLASH_CR after the keys; limit: 0
    CAM_SLOTS_FLASH_TIMEOUT = 0x42, // value: FLASH_SR; limit: the time-out, us
    CAM_SLOTS_FLASH_ERROR = 0x43,   // value: error bits of FLASH_SR; limit: address
    CAM_SLOTS_VERIFY = 0x44,        // value: address whose word reads otherwise; limit: that word
    CAM_SLOTS_IMAGE_BYTES = 0x45,   // value: bytes of the image; limit: bytes of the slot for it
    CAM_SLOTS_OTHER_VM = 0x46,      // value: the image's VM; limit: this firmware's
    CAM_SLOTS_NO_UPDATE = 0x47,     // no update is under way, or it has failed
    CAM_SLOTS_OFFSET = 0x48,        // value: offset; limit: the offset that is next
    CAM_SLOTS_LENGTH = 0x49,        // value: bytes; limit: bytes that are left, or a multiple of 4
    CAM_SLOTS_INCOMPLETE = 0x4a,    // value: bytes written; limit: bytes of the image
    CAM_SLOTS_IMAGE_CRC = 0x4b,     // value: CRC-32 of what was written; limit: the announced one
    CAM_SLOTS_LAST_VALID = 0x4c,    // value: address of the only valid slot; limit: 0
    CAM_SLOTS_NOT_ERASED = 0x4d,    // value: address that is not 0xffffffff; limit: its word
    CAM_SLOTS_MEMORY = 0x4e, // value: the end of the RAM of its kernels; limit: that of the frames
} cam_slots_code_t;

/** A result: code, the value that was refused and the limit it broke (both 0 with CAM_SLOTS_OK). */
typedef struct {
    cam_slots_code_t code;
    uint32_t value;
    uint32_t limit;
} cam_slots_status_t;

#define CAM_SLOTS_CHECKED __attribute__((warn_unused_result))

static inline cam_slots_status_t cam_slots_ok(void) {
    return (cam_slots_status_t){CAM_SLOTS_OK, 0, 0};
}

static inline cam_slots_status_t cam_slots_refuse(cam_slots_code_t code, uint32_t value,
                                                  uint32_t limit) {
    return (cam_slots_status_t){code, value, limit};
}

#endif
