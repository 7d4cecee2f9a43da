// SPDX-License-Identifier: MIT
// Capture with one DMA transfer per row: rows are cropped and placed by the CPU, or placed by their
// address alone. Frames of more than 65,535 words come the same way, in chunks instead of rows.
#ifndef CAM_CAPTURE_ROWS_H
#define CAM_CAPTURE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "status.h"

typedef enum { CAM_ROWS_TO_FRAME = 0, CAM_ROWS_TO_RING = 1, CAM_ROWS_TO_DISPLAY = 2 } cam_rows_to_t;

/** Lines block, see docs/frame-grabber.md. */
typedef struct {
    uint32_t bus_bytes; // of one row, multiple of 4
    uint32_t bus_rows;  // of one frame; 0: not known
    uint32_t skip_bytes;
    uint32_t skip_rows;
    uint32_t batch_rows;
    cam_rows_to_t to;
    uint32_t display_base;
    uint32_t display_stride;
    uint32_t display_rows;
    bool bottom_up;
    bool gray_to_rgb565;
} cam_rows_config_t;

typedef struct cam_capture_config cam_capture_config_t;

/** Take over a checked configuration. Context: thread, capture off. */
void cam_rows_prepare(const cam_capture_config_t *config);

/** The same for a whole frame of `words` words in chunks. Context: thread, capture off. */
void cam_rows_prepare_chunks(uint32_t words, uint32_t chunks);

/** Check and write the DMA's part of what was prepared. @returns as cam_dma_configure. Context:
 * thread. */
CAM_CHECKED cam_status_t cam_rows_configure_dma(void);

/** Row counter, destination and DMA as a frame start needs them. Context: ISR, or interrupts
 * masked. */
void cam_rows_arm(void);

/** What to do when the words of a row are in memory, in interrupt context. Context: thread. */
void (*cam_rows_transfer_done(void))(void);

/** A buffer came back. Rows that the DMA puts into place itself need it before their frame starts.
 * Context: thread, interrupts masked. */
void cam_rows_buffer_freed(void);

/** VSYNC: judge the frame, arm the next one. Context: ISR. */
void cam_rows_vsync(void);

/** No word has come since the stream was armed. Context: ISR. */
bool cam_rows_untouched(void);

#endif
