// SPDX-License-Identifier: MIT
// What a capture's configuration needs, and why it may be refused.
#ifndef CAM_CAPTURE_CONFIG_H
#define CAM_CAPTURE_CONFIG_H

#include "capture.h"

/** Who serves VSYNC and the DMA. Frames of known length are served by capture_isr.c itself. */
typedef enum { CAM_ENGINE_FRAME, CAM_ENGINE_ROWS, CAM_ENGINE_JPEG } cam_engine_t;

/** Geometry, crop window and memory.
 * @returns CAM_BAD_GEOMETRY, CAM_TOO_MANY_WORDS, CAM_NO_MEMORY. Context: thread. */
CAM_CHECKED cam_status_t cam_config_check(const cam_capture_config_t *config);

/** Context: thread. */
uint32_t cam_config_frame_bytes(const cam_capture_config_t *config);

/** Bytes of one buffer. Context: thread. */
uint32_t cam_config_buffer_bytes(const cam_capture_config_t *config);

/** Whole frames of more words than one transfer moves. Context: thread. */
bool cam_config_in_chunks(const cam_capture_config_t *config);

/** Line mode with this destination. Context: thread. */
bool cam_config_rows_to(const cam_capture_config_t *config, cam_rows_to_t to);

/** Context: thread. */
cam_engine_t cam_config_engine(const cam_capture_config_t *config);

#endif
