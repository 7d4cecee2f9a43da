// SPDX-License-Identifier: MIT
// Why the frame grabber refused, in words.

import { GrabberFault } from "../../protocol/grabber-page"

/**
 * Say in words why the grabber refused.
 *
 * @param fault content of LAST_ERROR
 * @param value content of ERROR_VALUE
 * @param limit content of ERROR_LIMIT
 */
export function faultText(fault: number, value: number, limit: number): string {
    switch (fault) {
        case GrabberFault.BAD_REGISTER:
            return "no such register, or a read only one"
        case GrabberFault.BAD_LENGTH:
            return `${value} bytes are too few or too many (limit ${limit})`
        case GrabberFault.BUSY:
            return "busy: stop the capture first"
        case GrabberFault.NO_MEMORY:
            return `the buffers need ${value} bytes, the board has ${limit} bytes of frame memory`
        case GrabberFault.BAD_GEOMETRY:
            return `bad geometry: value ${value}, limit ${limit}`
        case GrabberFault.TOO_MANY_WORDS:
            return `${value} words in one DMA transfer, the limit is ${limit}`
        case GrabberFault.NOT_LENT:
            return `frame index ${value} is not lent`
        case GrabberFault.OUT_OF_FRAME:
            return `byte ${value} is past the end of the frame (${limit} bytes)`
        case GrabberFault.HARDWARE:
            return `DCMI, DMA or the sensor does not answer as it should: register or I2C status ${value | 0}`
        default:
            return `LAST_ERROR ${fault}, value ${value}, limit ${limit}`
    }
}
