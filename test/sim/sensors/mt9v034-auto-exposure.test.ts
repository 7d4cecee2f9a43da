// SPDX-License-Identifier: MIT
// Automatic exposure and gain of the MT9V034 model settle, and obey their limits.

import { describe, expect, it } from "vitest"
import { chartScene } from "../../../sim/scene/chart.ts"
import { flatScene } from "../../../sim/scene/flat.ts"
import { noiseScene } from "../../../sim/scene/noise.ts"
import { rampScene } from "../../../sim/scene/ramp.ts"
import type { Scene } from "../../../sim/scene/scene.ts"
import { TargetScene } from "../../../sim/scene/target.ts"
import { FIELD, Mt9v034Rig } from "../../support/sensors/mt9v034-rig.ts"

const ROW_US = 704 / 26.66

/** A 220x220 window in the middle, at most 312 rows of exposure, desired bin 30 (mean 116..119). */
function automatic(
    scene: Scene,
    registers: readonly (readonly [number, number])[] = []
): Mt9v034Rig {
    const rig = new Mt9v034Rig({ scene })
    rig.writeSetup({
        columnStart: 267,
        rowStart: 134,
        width: 220,
        height: 220,
        hblank: 484,
        vblank: 95,
    })
    for (const [register, value] of [
        [0x0b, 312],
        [0xad, 312],
        [0xa5, 30],
        [0xaf, 3],
        ...registers,
    ] as const)
        rig.writeReg(register, value)
    rig.writeReg(0x0c, 1)
    return rig
}

const light = (rig: Mt9v034Rig) =>
    rig.sent.map(({ frame }) => frame.exposureUs * frame.gain)
const rows = (rig: Mt9v034Rig) =>
    rig.sent.map(({ frame }) => Math.round(frame.exposureUs / ROW_US))

describe.each([
    ["chart", chartScene()],
    ["bright wall", flatScene(FIELD, 250)],
    ["gray wall", flatScene(FIELD, 128)],
    ["dim wall", flatScene(FIELD, 20)],
    ["ramp", rampScene(FIELD)],
    ["noise", noiseScene(FIELD, 1)],
])("MT9V034 automatic exposure before a %s", (_name, scene) => {
    it.each([
        ["long", [] as const],
        ["short", [[0x0b, 2]] as const],
    ])(
        "settles within 30 frames from a %s exposure, without turning back",
        (_from, registers) => {
            const rig = automatic(scene, registers)
            rig.runFrames(40)
            const steps = light(rig)
                .slice(1)
                .map((value, n) => Math.sign(value - light(rig)[n]!))
            const directions = new Set(steps.filter(step => step !== 0))
            expect(directions.size).toBeLessThanOrEqual(1)
            expect(new Set(light(rig).slice(30)).size).toBe(1)
            expect(rig.readReg(0xbc)).toBe(30)
        }
    )
})

describe("MT9V034 automatic exposure", () => {
    it("settles before a moving target", () => {
        const rig = automatic(new TargetScene(FIELD))
        rig.runFrames(40)
        const late = light(rig).slice(30)
        expect(Math.max(...late) / Math.min(...late)).toBeLessThan(1.1)
    })

    it("lengthens the exposure first, up to AEC_MAX_EXPOSURE, then raises the gain, up to MAX_ANALOG_GAIN", () => {
        const rig = automatic(flatScene(FIELD, 5), [
            [0x0b, 10],
            [0xab, 40],
        ])
        rig.runFrames(60)
        const beforeGain = rig.sent.filter(({ frame }) => frame.gain > 1)
        expect(
            beforeGain.every(
                ({ frame }) => Math.round(frame.exposureUs / ROW_US) === 312
            )
        ).toBe(true)
        expect(rig.sent.at(-1)!.frame).toMatchObject({ gain: 2.5 })
        expect(rows(rig).at(-1)).toBe(312)
        expect(rig.readReg(0xba)).toBe(40)
        expect(rig.readReg(0xbb)).toBe(312)
    })

    it("does not go below AEC_MIN_EXPOSURE", () => {
        const rig = automatic(flatScene(FIELD, 255), [[0xac, 200]])
        rig.runFrames(30)
        expect(rows(rig).at(-1)).toBe(200)
        expect(rig.readReg(0xbc)).toBe(64)
    })

    it("obeys a lower AEC_MAX_EXPOSURE at once, two frames later", () => {
        const rig = automatic(flatScene(FIELD, 1))
        rig.runFrames(2)
        rig.runIntoFrame()
        rig.writeReg(0xad, 100)
        rig.runFrames(3)
        expect(rows(rig).slice(2)).toEqual([312, 312, 100])
    })

    it.each([0, 2, 5])("with %d frames to skip updates that seldom", skip => {
        const rig = automatic(flatScene(FIELD, 250), [
            [0xa6, skip],
            [0xa8, 2],
            [0xaf, 1],
        ])
        rig.runFrames(40)
        const changes = rows(rig).flatMap((value, n, all) =>
            n > 0 && value !== all[n - 1] ? [n] : []
        )
        const gaps = changes.slice(1).map((frame, n) => frame - changes[n]!)
        expect(changes.length).toBeGreaterThan(1)
        // An update also waits until its predecessor has been seen: two frames.
        expect(Math.min(...gaps)).toBe(Math.max(skip + 1, 2))
    })

    it("takes small steps in parts with a low pass", () => {
        // 20 % too bright: the difference is under a quarter.
        const level = 68
        const exposures = [0, 1, 2].map(lowPass => {
            const rig = automatic(flatScene(FIELD, level), [
                [0xa8, lowPass],
                [0xaf, 1],
            ])
            rig.runFrames(6)
            return rows(rig).find(value => value !== 312) ?? 312
        })
        const [whole, half, quarter] = exposures.map(value => 312 - value)
        expect(whole).toBeGreaterThan(0)
        expect(half).toBe(whole! >> 1)
        expect(quarter).toBe(whole! >> 2)
    })

    it("that is off leaves exposure and gain as they were set", () => {
        const rig = automatic(flatScene(FIELD, 5), [
            [0xaf, 0],
            [0x0b, 77],
            [0x35, 20],
        ])
        rig.runFrames(20)
        expect(new Set(rows(rig))).toEqual(new Set([77]))
        expect(new Set(rig.sent.map(({ frame }) => frame.gain))).toEqual(
            new Set([1.25])
        )
        expect([rig.readReg(0xba), rig.readReg(0xbb)]).toEqual([20, 77])
    })

    it("gain alone leaves the exposure as it was set", () => {
        const rig = automatic(flatScene(FIELD, 60), [
            [0xaf, 2],
            [0x0b, 77],
        ])
        rig.runFrames(40)
        expect(new Set(rows(rig))).toEqual(new Set([77]))
        expect(rig.sent.at(-1)!.frame.gain).toBeGreaterThan(3)
    })

    it("starts over from the manual shutter after R0x0C[1]", () => {
        const rig = automatic(flatScene(FIELD, 250))
        rig.runFrames(30)
        const settled = rows(rig).at(-1)!
        rig.runIntoFrame()
        rig.writeReg(0x0c, 2)
        rig.runFrames(4)
        expect(settled).toBeLessThan(100)
        expect(rows(rig).slice(-2)).toContain(312)
    })

    it("falls into the exposure trap with AEC_MAX_EXPOSURE at 480", () => {
        const rig = automatic(flatScene(FIELD, 1), [
            [0xad, 480],
            [0x0b, 480],
        ])
        rig.runFrames(5)
        expect((26_660_000 / rig.framePeriodClocks()).toFixed(1)).toBe("78.6")
    })
})
