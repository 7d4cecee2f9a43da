// SPDX-License-Identifier: MIT
// The first bad moment of the sensor's bus, on the emulated board: frames come again, the console names what happened, and it
// is counted.

import { describe, expect, it } from "vitest"
import { Cable } from "../support/system/cable-rig.ts"
import {
    emulatedRig,
    runUntil,
    type EmulatedRig,
} from "../support/system/emulated-rig.ts"

const NS = 1e9

/** Run until so many frames have come. */
function runFrames(rig: EmulatedRig, count: number, longestS: number): void {
    const wanted = rig.frames.length + count
    runUntil(rig, () => rig.frames.length >= wanted, longestS)
    expect(rig.frames.length).toBeGreaterThanOrEqual(wanted)
}

/** Frames that came between two moments, s. */
function framesBetween(rig: EmulatedRig, fromS: number, toS: number): number {
    return rig.frames.filter(({ ns }) => ns >= fromS * NS && ns < toS * NS)
        .length
}

function said(rig: EmulatedRig, what: RegExp): string[] {
    return rig.text.filter(line => what.test(line))
}

describe("the sensor's bus while frames come, with automatic exposure", () => {
    it("makes a transfer again that is not acknowledged: nobody notices, and it is counted", async () => {
        const rig = await emulatedRig({})
        const { emulated } = rig
        try {
            runFrames(rig, 20, 2)
            emulated.chip.i2c.I2C2.inject({ kind: "nack", byte: 0 })
            // A look every 32 frames.
            runFrames(rig, 100, 2)

            expect(said(rig, /^the program ended|^starting /)).toHaveLength(1)
            expect(said(rig, /I2C status/)).toEqual([])
            expect(emulated.record.counters()).toMatchObject({
                i2cErrors: 1,
                restarts: 0,
            })
        } finally {
            emulated.close()
        }
    })

    it("may be held low for 1.5 s: frames go on, and the first look afterwards succeeds", async () => {
        const rig = await emulatedRig({})
        const { emulated } = rig
        const { chip } = emulated
        try {
            runFrames(rig, 20, 2)
            const heldS = emulated.seconds
            chip.i2cBus.holdSda(Infinity)
            runUntil(rig, () => emulated.seconds >= heldS + 1.5, 2)
            chip.i2cBus.holdSda(0)
            const freeS = emulated.seconds
            runFrames(rig, 64, 2)

            // 120 fps.
            expect(framesBetween(rig, heldS, freeS)).toBeGreaterThan(170)
            expect(said(rig, /^the program ended|^starting /)).toHaveLength(1)
            expect(said(rig, /CURRENT_EXPOSURE.*I2C status -4/)).toHaveLength(1)
            expect(said(rig, /MT9V034 answers again/)).toHaveLength(1)
            expect(emulated.record.counters().restarts).toBe(0)
            // A look every 32 frames, 0.27 s.
            expect(emulated.record.counters().i2cErrors).toBeGreaterThanOrEqual(
                5
            )
            expect(emulated.record.counters().i2cErrors).toBeLessThanOrEqual(6)
        } finally {
            emulated.close()
        }
    })
})

describe("a sensor that is unplugged while frames come", () => {
    it("is named, and frames come again within 500 ms of its return", async () => {
        const rig = await emulatedRig({})
        const { emulated } = rig
        const cable = new Cable(
            emulated.chip.dcmi,
            emulated.chip.i2cBus,
            emulated.sensor
        )
        try {
            runFrames(rig, 20, 2)
            cable.unplug()
            const lostS = emulated.seconds
            runUntil(rig, () => emulated.seconds >= lostS + 1, 2)
            expect(said(rig, /MT9V034: no frames, sensor-absent/)).toHaveLength(
                1
            )

            cable.plug()
            const backS = emulated.seconds
            runUntil(rig, () => emulated.seconds >= backS + 0.6, 2)

            expect(framesBetween(rig, backS, backS + 0.5)).toBeGreaterThan(10)
            expect(said(rig, /frames come again after \d+ ms/)).toHaveLength(1)
            expect(said(rig, /^the program ended|^starting /)).toHaveLength(1)
            expect(emulated.record.counters()).toMatchObject({
                restarts: 0,
                pixelErrors: 0,
            })
        } finally {
            emulated.close()
        }
    })
})
