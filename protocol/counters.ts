// SPDX-License-Identifier: MIT
// The counters of the frame grabber, by the names that the host has for them (docs/frame-grabber.md). For Node and the
// browser.

import { GrabberReg } from "./grabber-page"

/** Register of each counter, a u32; in the order in which --json prints them. */
export const COUNTER_REGISTERS = {
    /** Frames of the sensor, those that did not come when they were due included. */
    sensorFrames: GrabberReg.SENSOR_FRAMES,
    frames: GrabberReg.FRAMES,
    delivered: GrabberReg.DELIVERED,
    dropped: GrabberReg.DROPPED,
    skipped: GrabberReg.SKIPPED,
    settling: GrabberReg.SETTLING,
    overruns: GrabberReg.OVERRUNS,
    overrunFrames: GrabberReg.OVERRUN_FRAMES,
    shortFrames: GrabberReg.SHORT_FRAMES,
    dmaErrors: GrabberReg.DMA_ERRORS,
    resyncs: GrabberReg.RESYNCS,
    /** JPEG frames that did not fit, and what the last of them needed. */
    tooLarge: GrabberReg.TOO_LARGE,
    neededBytes: GrabberReg.NEEDED_BYTES,
    /** JPEG frames without their start or end marker. */
    badJpeg: GrabberReg.BAD_JPEG,
    /** Frames that were due and did not come, and frames whose time or label does not fit. */
    lost: GrabberReg.LOST,
    doubtful: GrabberReg.DOUBTFUL,
    irqs: GrabberReg.IRQS,
    /** Transfers to the sensor that failed. */
    i2cErrors: GrabberReg.I2C_ERRORS,
    /** Times that the program ended, since boot. */
    restarts: GrabberReg.RESTARTS,
} as const

export type CounterName = keyof typeof COUNTER_REGISTERS
export const COUNTER_NAMES = Object.keys(COUNTER_REGISTERS) as CounterName[]

/** What was counted since the counters were cleared. */
export type GrabberCounters = Readonly<Record<CounterName, number>>

/** Make a value for each counter. */
export function eachCounter(
    value: (name: CounterName) => number
): GrabberCounters {
    return Object.fromEntries(
        COUNTER_NAMES.map(name => [name, value(name)])
    ) as unknown as GrabberCounters
}

/** Counters that are read in one block (GrabberBytes.COUNTERS), in the order of their registers: those of a capture. */
export const CAPTURE_COUNTERS = COUNTER_NAMES.filter(name => {
    const register = COUNTER_REGISTERS[name]
    return register >= GrabberReg.FRAMES && register <= GrabberReg.NEEDED_BYTES
}).sort((a, b) => COUNTER_REGISTERS[a] - COUNTER_REGISTERS[b])
