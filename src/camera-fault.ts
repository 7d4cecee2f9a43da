// SPDX-License-Identifier: MIT
// What a program is told of a fault, and each cause in words: docs/faults.md.

import { FaultCause } from "../protocol/faults"

/** A fault of the capture, or its end. */
export interface CameraFault {
    readonly cause: FaultCause
    /** The cause, and what to do about it. */
    readonly message: string
    /** Frames come: the fault cost some of them, or has ended. false: none come until `recovered` is told. */
    readonly recovered: boolean
    /** What the capture cannot go on with: thrown again it ends the program. */
    readonly error?: Error
}

/** Say what a cause means and what to do. */
export function causeText(cause: FaultCause): string {
    switch (cause) {
        case FaultCause.OVERRUN:
            return "more data came than DMA took or the frame has: another frame size, or memory too busy"
        case FaultCause.SHORT:
            return "a frame ended before all its rows had come: look at HSYNC, PIXCLK and the cable"
        case FaultCause.DMA_ERROR:
            return "DMA reported a transfer error: is the frame memory one that DMA2 reaches?"
        case FaultCause.TOO_LARGE:
            return "a compressed frame did not fit into its buffer"
        case FaultCause.BAD_JPEG:
            return "a compressed frame had no valid markers: data lines or PIXCLK are disturbed"
        case FaultCause.DOUBTFUL:
            return "a frame whose time or window is not certain was withheld"
        case FaultCause.LOST:
            return "frames were due and did not come"
        case FaultCause.SENSOR_ABSENT:
            return "it does not answer on I2C: look at its supply, clock and cable"
        case FaultCause.SENSOR_RESET:
            return "it answers and has lost its settings: look at its supply and RESET"
        case FaultCause.SENSOR_OTHER:
            return "another chip answers at its address"
        case FaultCause.NO_PIXCLK:
            return "it answers on I2C, but PIXCLK stands still: look at that wire and at the sensor's clock"
        case FaultCause.NO_VSYNC:
            return "it answers on I2C and PIXCLK moves, but no VSYNC comes: look at that wire"
        case FaultCause.NO_HSYNC:
            return "it answers on I2C, PIXCLK and VSYNC move, but no HSYNC comes: look at that wire"
        case FaultCause.CAPTURE_REGISTERS:
            return "DCMI or DMA registers were not what was written to them, and were written again: something else writes there"
        case FaultCause.I2C_STUCK:
            return "SDA or SCL of its I2C bus is held low"
        case FaultCause.I2C_TIMEOUT:
            return "it holds SCL for longer than 25 ms"
        case FaultCause.I2C_NACK:
            return "it refuses I2C transfers"
        default:
            return "the capture failed"
    }
}
