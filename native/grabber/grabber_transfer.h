// SPDX-License-Identifier: MIT
// A transfer to the frame grabber, as its commands get it.
#ifndef CAM_GRABBER_TRANSFER_H
#define CAM_GRABBER_TRANSFER_H

#include <stdint.h>

typedef struct {
    const uint8_t *write; // the register address first
    uint32_t write_bytes;
    uint8_t *read;
    uint32_t read_bytes;
} cam_transfer_t;

#endif
