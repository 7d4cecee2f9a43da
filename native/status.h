// SPDX-License-Identifier: MIT
// Why the native code refuses something: the codes of LAST_ERROR (docs/frame-grabber.md), with the
// value and its limit.
#ifndef CAM_STATUS_H
#define CAM_STATUS_H

#include <stdint.h>

typedef enum {
    CAM_OK = 0,
    CAM_BAD_REGISTER = 1,
    CAM_BAD_LENGTH = 2,
    CAM_BUSY = 3,
    CAM_NO_MEMORY = 4,
    CAM_BAD_GEOMETRY = 5,
    CAM_TOO_MANY_WORDS = 6,
    CAM_NOT_LENT = 7,
    CAM_OUT_OF_FRAME = 8,
    CAM_HARDWARE = 9,
    CAM_NO_PIN = 10,
    CAM_PIN_TAKEN = 11,
    CAM_EDGES_TAKEN = 12,
    CAM_TOO_MANY_PINS = 13,
    CAM_PIN_MODE = 14,
    CAM_BAD_PULSE = 15,
    CAM_NO_KERNEL = 16,
    CAM_KERNEL_CALL = 17,
    CAM_KERNEL_STOPPED = 18,
    CAM_KERNEL_RESULT = 19,
} cam_code_t;

/** A result: code, the value that was refused and the limit it broke (both 0 with CAM_OK). */
typedef struct {
    cam_code_t code;
    uint32_t value;
    uint32_t limit;
} cam_status_t;

#define CAM_CHECKED __attribute__((warn_unused_result))

static inline cam_status_t cam_ok(void) { return (cam_status_t){CAM_OK, 0, 0}; }

static inline cam_status_t cam_refuse(cam_code_t code, uint32_t value, uint32_t limit) {
    return (cam_status_t){code, value, limit};
}

#endif
