// SPDX-License-Identifier: MIT
// Snapshot mode of the MT9V034: the EXPOSURE pin starts a frame; exposure times and LED_OUT in both modes.

import { beforeEach, describe, expect, it } from "vitest"
import {
    FIELD,
    Mt9v034Rig,
    wrongPixels,
} from "../../support/sensors/mt9v034-rig.ts"
import { flatScene } from "../../../sim/scene/flat.ts"

const CLOCK_NS = 1e9 / 26.66e6
/** 220x220 at row 704, exposed for 100 rows, 45 rows of blanking. */
const WINDOW = { width: 220, height: 220, hblank: 484, vblank: 45, coarse: 100 }
const EXPOSURE_NS = 100 * 704 * CLOCK_NS
const READOUT_NS = 220 * 704 * CLOCK_NS
const BLANKING_NS = (45 * 704 + 4) * CLOCK_NS
/** Operating mode 3 in [4:3], output on, simultaneous, defect correction. */
const SNAPSHOT = 0x0398
const MASTER = 0x0388

/** Pulse EXPOSURE. @returns when it rose, ns */
function pulse(rig: Mt9v034Rig, widthNs = 1000): number {
    const roseNs = rig.clock.nowNs
    rig.sensor.setExposurePin(1)
    rig.runForNs(widthNs)
    rig.sensor.setExposurePin(0)
    return roseNs
}

describe("MT9V034 in snapshot mode", () => {
    let rig: Mt9v034Rig
    const frame = (n: number) => rig.sent[n]!.frame

    beforeEach(() => {
        rig = new Mt9v034Rig({ scene: flatScene(FIELD, 100) })
        rig.writeReg(0x07, SNAPSHOT)
        rig.setUp(WINDOW)
    })

    it("sends nothing without an edge of EXPOSURE", () => {
        rig.runForNs(100e6)
        expect(rig.sent).toHaveLength(0)
        expect(rig.edges).toHaveLength(0)
    })

    it("exposes TOTAL_SHUTTER_WIDTH rows from the edge on, then reads", () => {
        rig.runForNs(12_345_678)
        const roseNs = pulse(rig)
        const sent = rig.runFrames(1)
        const { startNs, endNs, exposureStartNs, exposureEndNs } = sent.frame
        // The edge is seen by the next clock.
        expect(exposureStartNs! - roseNs).toBeLessThanOrEqual(CLOCK_NS + 1)
        expect(exposureStartNs! - roseNs).toBeGreaterThanOrEqual(0)
        expect(exposureEndNs! - exposureStartNs!).toBeCloseTo(EXPOSURE_NS, -1)
        expect(startNs).toBe(exposureEndNs)
        expect(endNs - startNs).toBeCloseTo(READOUT_NS, -1)
        expect(rig.edgesOf("FV", 1)).toEqual([startNs])
        expect(wrongPixels(rig, sent)).toBe(0)
    })

    it("sends one frame per edge, however long the pulse", () => {
        pulse(rig, 60e6)
        rig.runForNs(100e6)
        expect(rig.sent).toHaveLength(1)
    })

    it("takes the next edge after the vertical blanking, and ignores one that comes earlier", () => {
        const periodNs = EXPOSURE_NS + READOUT_NS + BLANKING_NS
        const roseNs = pulse(rig)
        rig.runForNs(roseNs + periodNs - 2000 - rig.clock.nowNs)
        pulse(rig)
        rig.runForNs(20e6)
        expect(rig.sent).toHaveLength(1)
        expect(rig.sensor.warnings.join()).toMatch(/EXPOSURE rose while/)

        const again = pulse(rig)
        rig.runForNs(again + periodNs + 100 - rig.clock.nowNs)
        pulse(rig)
        rig.runForNs(20e6)
        expect(rig.sent).toHaveLength(3)
    })

    it("takes window, shutter and gain over at the edge", () => {
        rig.writeSetup({ coarse: 50, columnStart: 101, gain: 32 })
        pulse(rig)
        rig.writeSetup({ coarse: 200, columnStart: 301, gain: 64 })
        rig.runFrames(1)
        expect(frame(0)).toMatchObject({ window: { x: 100 }, gain: 2 })
        expect(frame(0).exposureUs).toBeCloseTo((50 * 704 * CLOCK_NS) / 1000, 6)
    })

    it("marks the frame after a change of size unusable, not one after a move", () => {
        pulse(rig)
        rig.runForNs(20e6)
        rig.writeSetup({ columnStart: 201, rowStart: 104 })
        pulse(rig)
        rig.runForNs(20e6)
        rig.writeSetup({ height: 100 })
        pulse(rig)
        rig.runForNs(20e6)
        expect(rig.sent.map(sent => sent.frame.unusable)).toEqual([
            false,
            false,
            true,
        ])
    })

    it("begins with a blanking when master mode comes back", () => {
        pulse(rig)
        rig.runForNs(20e6)
        rig.writeReg(0x07, MASTER)
        const writtenNs = rig.clock.nowNs
        rig.runFrames(2)
        expect(frame(1).startNs - writtenNs).toBeCloseTo(BLANKING_NS, -2)
        expect(frame(2).startNs - frame(1).startNs).toBeCloseTo(
            READOUT_NS + BLANKING_NS,
            -1
        )
    })

    it("does not look at EXPOSURE while RESET_BAR is low or STANDBY high", () => {
        rig.sensor.setStandby(1)
        pulse(rig)
        rig.sensor.setStandby(0)
        rig.sensor.setReset(0)
        pulse(rig, 2000)
        rig.sensor.setReset(1)
        rig.runForNs(10_000)
        rig.writeReg(0x07, SNAPSHOT)
        rig.runForNs(50e6)
        expect(rig.sent.length).toBeLessThanOrEqual(1)
        rig.runForNs(50e6)
        expect(rig.sent.length).toBeLessThanOrEqual(1)
    })
})

describe("MT9V034 between master and snapshot mode", () => {
    it("finishes the frame on the bus and waits", () => {
        const rig = new Mt9v034Rig()
        rig.setUp(WINDOW)
        rig.runIntoFrame()
        rig.writeReg(0x07, SNAPSHOT)
        rig.runForNs(100e6)
        expect(rig.sent).toHaveLength(1)
        pulse(rig)
        rig.runForNs(20e6)
        expect(rig.sent).toHaveLength(2)
    })

    it("does not look at EXPOSURE in master mode", () => {
        const rig = new Mt9v034Rig()
        rig.setUp(WINDOW)
        rig.runFrames(1)
        pulse(rig)
        rig.runFrames(2)
        expect(rig.framePeriodClocks()).toBeCloseTo(265 * 704 + 4, 1)
    })
})

describe("MT9V034 LED_OUT", () => {
    const record = (rig: Mt9v034Rig) => {
        const changes: [number, number][] = []
        rig.sensor.onLedOut = level => changes.push([level, rig.clock.nowNs])
        return changes
    }

    it("is high from the edge of EXPOSURE to frame valid", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x07, SNAPSHOT)
        rig.setUp(WINDOW)
        const changes = record(rig)
        pulse(rig)
        const { frame } = rig.runFrames(1)
        expect(changes).toEqual([
            [1, frame.exposureStartNs],
            [0, frame.startNs],
        ])
    })

    it("is high during the exposure that runs beside the readout in master mode", () => {
        const rig = new Mt9v034Rig()
        rig.setUp(WINDOW)
        rig.runFrames(1)
        // The exposure of frame 1 is under way.
        const changes = record(rig)
        rig.runFrames(3)
        const exposures = rig.sent.slice(1).flatMap(({ frame }) => [
            [1, frame.exposureStartNs],
            [0, frame.exposureEndNs],
        ])
        expect(exposures).toHaveLength(6)
        expect(changes.slice(0, 5)).toEqual(exposures.slice(1))
    })

    it("is disabled by R0x1B[0] and inverted by [1]", () => {
        const rig = new Mt9v034Rig()
        rig.writeReg(0x07, SNAPSHOT)
        rig.setUp(WINDOW)
        const changes = record(rig)
        rig.writeReg(0x1b, 1)
        pulse(rig)
        rig.runForNs(20e6)
        expect(changes).toHaveLength(0)
        rig.writeReg(0x1b, 2)
        pulse(rig)
        rig.runForNs(20e6)
        expect(changes.map(([level]) => level)).toEqual([1, 0, 1])
    })
})

describe("MT9V034 window moved by the context that rests", () => {
    it("takes each place from the frame after the switch on, without an unusable frame", () => {
        const rig = new Mt9v034Rig({ scene: flatScene(FIELD, 100) })
        for (const [register, value] of [
            [0xcb, 220],
            [0xcc, 220],
            [0xcd, 484],
            [0xce, 45],
            [0xd2, 100],
        ] as const)
            rig.writeReg(register, value)
        rig.setUp(WINDOW)
        rig.runIntoFrame()
        const places: [number, number][] = []
        for (let move = 0; move < 40; move++) {
            const place = [(move * 131) % 533, (move * 57) % 261] as const
            const startB = move % 2 === 0
            rig.writeReg(startB ? 0xc9 : 0x01, place[0] + 1)
            rig.writeReg(startB ? 0xca : 0x02, place[1] + 4)
            rig.writeReg(0x07, startB ? 0x8388 : 0x0388)
            places.push([place[0], place[1]])
            rig.runFrames(1)
            rig.runIntoFrame()
        }
        rig.runFrames(1)
        const windows = rig.sent.map(({ frame }) => [
            frame.window.x,
            frame.window.y,
        ])
        expect(windows).toEqual([[0, 0], ...places])
        expect(rig.sent.some(({ frame }) => frame.unusable)).toBe(false)
        expect(rig.sent.every(sent => wrongPixels(rig, sent) === 0)).toBe(true)
    })
})
