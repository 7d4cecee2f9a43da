// SPDX-License-Identifier: MIT
// The entropy-coded data of a baseline JPEG, decoded as far as it takes to count its MCUs, or
// passed over.
#ifndef CAM_JPEG_SCAN_H
#define CAM_JPEG_SCAN_H

#include <stdint.h>

#include "jpeg_huffman.h"

enum { CAM_JPEG_COMPONENTS_MAX = 4 };

typedef struct {
    const cam_huffman_t *dc;
    const cam_huffman_t *ac;
    int32_t dc_max;  // magnitude of a DC coefficient
    uint32_t blocks; // of an MCU
} cam_jpeg_component_t;

typedef struct {
    cam_jpeg_component_t components[CAM_JPEG_COMPONENTS_MAX];
    uint32_t component_count;
    uint32_t mcus;
    uint32_t restart_interval; // MCUs; 0: none
} cam_jpeg_scan_t;

/**
 * Decode all MCUs of a scan and the restart markers between them.
 *
 * @param data behind the header of the scan; FF D9 follows somewhere, past which nothing is read
 * @returns the marker that ends the data (its FF); NULL when the data is none of that scan: a code
 * that no table has, a run past the end of a block, a DC coefficient out of range, data that ends
 * before its last MCU or after it, a restart marker missing, out of order or too many, padding that
 * is not ones (T.81 F.1.2.3)
 */
const uint8_t *cam_jpeg_scan(const cam_jpeg_scan_t *scan, const uint8_t *data);

/**
 * The same without decoding: only the markers. Some 2 instructions for a byte instead of 40.
 *
 * @returns NULL when a restart marker is missing, out of order or too many
 */
const uint8_t *cam_jpeg_skip_scan(const cam_jpeg_scan_t *scan, const uint8_t *data);

#endif
