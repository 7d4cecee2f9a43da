// SPDX-License-Identifier: MIT
// A codec in reset answers nothing on the bus, an accelerometer whose CS is high drives no SDO.
#include "held_pins.h"

#include <stdint.h>

#include "board.h"
#include "firmware_board.h"
#include "pins.h"

void cam_held_pins_start(void) {
    for (uint32_t i = 0; i < CAM_HELD_PINS; i++) {
        const cam_held_pin_t *held = &cam_firmware_board.held[i];
        if (held->pin != CAM_PIN_NONE) cam_pin_output(held->pin, held->high);
    }
}
