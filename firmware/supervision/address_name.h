// SPDX-License-Identifier: MIT
// What is at an address, in words.
#ifndef CAM_ADDRESS_NAME_H
#define CAM_ADDRESS_NAME_H

#include <stdint.h>

#include "text.h"

/** Add "DCMI_CR", "GPIOB + 0x00000028", "frame memory" to a line. Context: thread. */
void cam_address_name(cam_text_t *line, uint32_t address);

#endif
