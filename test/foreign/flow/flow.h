// SPDX-License-Identifier: MIT
#ifndef FOREIGN_FLOW_H
#define FOREIGN_FLOW_H

#include <stdint.h>

enum { IMAGE_SIDE = 64, IMAGE_BYTES = IMAGE_SIDE * IMAGE_SIDE, IMAGES = 3 };

/** 64x64 pixels, binned by BINNING, of the field's middle; byte by byte over I2C. */
void flow_sensor_init(void);
/** The three images are filled in turn, each in one transfer. */
void flow_capture_init(void);
/** Images that are complete so far. */
uint32_t flow_images(void);
/** The one that was completed last: it stays so for two frames. */
const uint8_t *flow_last_image(void);
/** I2C1 as a target, for a flight controller that asks for the flow. */
void flow_target_init(void);

#endif
