// SPDX-License-Identifier: MIT
// What line mode refuses, and the sizes that follow from its configuration.
#ifndef CAM_ROWS_CHECK_H
#define CAM_ROWS_CHECK_H

#include "capture_rows.h"

/** Bytes of frame memory that the row buffers take, at its end. Context: thread. */
static inline uint32_t cam_rows_memory(const cam_rows_config_t *config) {
    return 2u * config->bus_bytes;
}

/** Do rows, window, batches and display fit to each other and into memory?
 * @returns CAM_BAD_GEOMETRY, CAM_NO_MEMORY. Context: thread. */
CAM_CHECKED cam_status_t cam_rows_check(const cam_capture_config_t *config);

/** Address of the display's memory, whose base may be an offset. Context: thread. */
uint32_t cam_rows_display(const cam_rows_config_t *config);

/** Bytes of a row at its place. Context: thread. */
uint32_t cam_rows_stored_bytes(const cam_capture_config_t *config);

/** Equal chunks of at most 65,535 words that make `words` words.
 * @returns their number, 0 when there are none. Context: thread. */
uint32_t cam_rows_chunks(uint32_t words);

#endif
