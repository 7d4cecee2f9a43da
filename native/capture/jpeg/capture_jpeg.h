// SPDX-License-Identifier: MIT
// Capture of JPEG frames, whose length nobody knows before they end.
#ifndef CAM_CAPTURE_JPEG_H
#define CAM_CAPTURE_JPEG_H

#include <stdbool.h>
#include <stdint.h>

/** Arm the DMA for a frame into `filling`. Context: ISR, or interrupts masked. */
void cam_jpeg_arm(void);

/** The buffer is full: the frame goes on at its start. Context: ISR. */
void cam_jpeg_wrapped(void);

/** VSYNC: measure the file, arm for the next one. Context: ISR. */
void cam_jpeg_vsync(void);

/** The buffer has been full since it was armed. Context: ISR. */
bool cam_jpeg_wrapped_once(void);

#endif
