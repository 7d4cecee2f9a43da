// SPDX-License-Identifier: MIT
// Who has a pin, in words: what a program, a test and the command line are told.

import { PinUse } from "./pins"

/** The rest of a sentence that begins with the pin. */
export function pinUseText(use: PinUse): string {
    switch (use) {
        case PinUse.DCMI:
            return "carries the sensor's pixels (DCMI)"
        case PinUse.SENSOR_I2C:
            return "is the sensor's I2C bus"
        case PinUse.SENSOR_CONTROL:
            return "is RESET, STANDBY or EXPOSURE of the sensor"
        case PinUse.XCLK:
            return "is the sensor's clock"
        case PinUse.CONSOLE:
            return "is the serial port of boot log and link"
        case PinUse.DEBUGGER:
            return "is the debugger's (SWDIO, SWCLK)"
        case PinUse.OSCILLATOR:
            return "is the chip's clock (HSE)"
        case PinUse.BOARD:
            return "belongs to another part of the board"
        default:
            return "is on no header of this board"
    }
}
