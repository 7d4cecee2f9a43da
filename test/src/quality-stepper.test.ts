// SPDX-License-Identifier: MIT
// The quality of compressed frames follows the scene, not a single disturbance.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Sensor } from "../../drivers/sensor.ts"
import { GrabberReg } from "../../protocol/grabber-page.ts"
import { connect, type Device } from "../../sim/devicescript/stand-ins/core.ts"
import { FaultCounters } from "../../src/fault-counters.ts"
import type { CapturePlan } from "../../src/plan/types.ts"
import {
    CaptureError,
    checkQuality,
    isLowered,
    QualityStepper,
    raiseQuality,
    sawFrame,
} from "../../src/quality-stepper.ts"

const BUFFER_BYTES = 10_000
const plan = {
    bufferBytes: BUFFER_BYTES,
    timing: { fps: 15 },
} as unknown as CapturePlan

let device: Device
let counters: FaultCounters
let sensor: Sensor
let stepper: QualityStepper
/** What the sensor was told, and what it answers. */
let asked: number[]
let answer: number

function make(fixed = false): void {
    sensor = {
        fitQuality: (neededBytes: number) => {
            asked.push(neededBytes)
            return Promise.resolve(answer)
        },
    } as unknown as Sensor
    stepper = new QualityStepper(counters, fixed)
}

function count(register: GrabberReg, by: number): void {
    const at = register - GrabberReg.BAD_JPEG
    counters.values.writeUInt32LE(counters.values.readUInt32LE(at) + by, at)
}

/** So many frames fit, then one does not. */
async function frameTooLarge(neededBytes: number, fitting = 0): Promise<void> {
    count(GrabberReg.FRAMES, fitting)
    count(GrabberReg.TOO_LARGE, 1)
    counters.values.writeUInt32LE(
        neededBytes,
        GrabberReg.NEEDED_BYTES - GrabberReg.BAD_JPEG
    )
    await checkQuality(stepper, sensor, plan, counters)
}

beforeEach(() => {
    device = connect({ transfer: () => -1 })
    counters = new FaultCounters()
    asked = []
    answer = 50
    make()
    vi.spyOn(console, "log").mockReturnValue()
})

afterEach(() => {
    vi.restoreAllMocks()
})

describe("the quality", () => {
    it("stays when a frame that ran into the next needed twice its bytes, again and again", async () => {
        for (let i = 0; i < 20; i++) await frameTooLarge(19_000, 30)

        expect(asked).toEqual([])
    })

    it("goes down when three frames in a row do not fit, by the smallest of them", async () => {
        await frameTooLarge(12_000)
        await frameTooLarge(23_000)
        await frameTooLarge(11_500)

        expect(asked).toEqual([11_500])
        expect(isLowered(stepper)).toBe(true)
    })

    it("goes down again with the first frame that does not fit after a step, until one fits", async () => {
        for (let i = 0; i < 3; i++) await frameTooLarge(14_000)
        await frameTooLarge(14_000) // was on its way
        await device.advance(140)
        await frameTooLarge(12_000)
        await device.advance(140)
        await frameTooLarge(11_000, 1)
        await frameTooLarge(11_000)

        expect(asked).toEqual([14_000, 12_000])
    })

    it("goes down when every second frame does not fit", async () => {
        for (let i = 0; i < 3; i++) await frameTooLarge(11_000, 1)

        expect(asked).toEqual([11_000])
    })

    it("at its lowest ends nothing in a burst of 0.4 s, and is said after a second", async () => {
        answer = 0
        for (let ms = 0; ms < 400; ms += 66) {
            await frameTooLarge(20_000)
            await device.advance(66)
        }
        await frameTooLarge(20_000, 40)
        for (let ms = 0; ms < 1000; ms += 66) {
            await frameTooLarge(20_000)
            await device.advance(66)
        }

        await expect(frameTooLarge(20_000)).rejects.toThrow(
            new CaptureError(
                "a JPEG of 20000 bytes does not fit into the buffer of 10000 at the lowest quality"
            )
        )
    })

    it("that was asked for as fixed stays, and is said after a second", async () => {
        make(true)
        for (let ms = 0; ms < 1000; ms += 66) {
            await frameTooLarge(20_000)
            await device.advance(66)
        }

        await expect(frameTooLarge(20_000)).rejects.toThrow(
            /^a JPEG of 20000 bytes does not fit into the buffer of 10000$/
        )
        expect(asked).toEqual([])
    })

    it("is asked to go up at most every 5 s, by the largest frame since", async () => {
        for (let i = 0; i < 3; i++) await frameTooLarge(12_000)
        asked = []
        sawFrame(stepper, 4000)
        sawFrame(stepper, 6000)
        sawFrame(stepper, 5000)

        await raiseQuality(stepper, sensor, plan)
        expect(asked).toEqual([])
        await device.advance(5000)
        await raiseQuality(stepper, sensor, plan)
        expect(asked).toEqual([6000])
        await raiseQuality(stepper, sensor, plan)
        expect(asked).toHaveLength(1)
    })
})
