// SPDX-License-Identifier: MIT
// When a write to the MT9V034 acts: frame numbers, contexts, unusable frames.

import { beforeEach, describe, expect, it } from "vitest"
import {
    FIELD,
    Mt9v034Rig,
    wrongPixels,
} from "../../support/sensors/mt9v034-rig.ts"
import { flatScene } from "../../../sim/scene/flat.ts"

/** 220x220 at row 704: 265 rows per frame with vblank 45. */
const WINDOW = {
    columnStart: 101,
    rowStart: 54,
    width: 220,
    height: 220,
    hblank: 484,
    vblank: 45,
    coarse: 100,
}
const ROW_US = 704 / 26.66

describe("MT9V034 written in the middle of frame n", () => {
    let rig: Mt9v034Rig
    const frame = (sequence: number) => rig.sent[sequence]!.frame

    beforeEach(() => {
        rig = new Mt9v034Rig({ scene: flatScene(FIELD, 100) })
        rig.setUp(WINDOW)
        rig.runFrames(2)
        rig.runIntoFrame()
        // Frame 2 is on the bus now.
    })

    it("sends frame n as it began", () => {
        rig.writeSetup({
            columnStart: 1,
            width: 200,
            hblank: 504,
            height: 100,
            gain: 32,
            readMode: 0x0310,
        })
        const { lines } = rig.runFrames(1)
        expect(frame(2)).toMatchObject({
            window: { x: 100, y: 50, width: 220, height: 220 },
            gain: 1,
        })
        expect(lines).toHaveLength(220)
        expect(lines[219]!.bytes).toHaveLength(220)
    })

    it("moves and resizes the window in frame n+1", () => {
        rig.writeSetup({
            columnStart: 11,
            rowStart: 24,
            width: 200,
            height: 100,
            hblank: 504,
        })
        rig.runFrames(2)
        expect(frame(3).window).toEqual({
            x: 10,
            y: 20,
            width: 200,
            height: 100,
        })
    })

    it("shows gain in frame n+1", () => {
        rig.writeReg(0x35, 32)
        rig.runFrames(3)
        expect([2, 3, 4].map(n => frame(n).gain)).toEqual([1, 2, 2])
    })

    it("shows the shutter in frame n+2", () => {
        rig.writeReg(0x0b, 50)
        rig.runFrames(3)
        const us = [2, 3, 4].map(n => frame(n).exposureUs)
        expect(us[0]).toBeCloseTo(100 * ROW_US, 6)
        expect(us[1]).toBeCloseTo(100 * ROW_US, 6)
        expect(us[2]).toBeCloseTo(50 * ROW_US, 6)
    })

    it("adds the fine shutter's clocks", () => {
        rig.writeReg(0xd5, 352)
        rig.runFrames(3)
        expect(frame(4).exposureUs).toBeCloseTo(100.5 * ROW_US, 6)
    })

    it("lengthens the blanking before the frame that shows a long shutter, not an earlier one", () => {
        rig.writeReg(0x0b, 400)
        rig.runFrames(4)
        const startClocks = (n: number) => rig.clocks(frame(n).startNs)
        expect(startClocks(3) - startClocks(2)).toBeCloseTo(265 * 704 + 4, 1)
        expect(startClocks(4) - startClocks(3)).toBeCloseTo(402 * 704 + 4, 1)
        expect(startClocks(5) - startClocks(4)).toBeCloseTo(402 * 704 + 4, 1)
    })

    it("acts in the same frames when written in the blanking after frame n", () => {
        rig.runFrames(1)
        rig.runForNs(100_000)
        // Still before the start of frame 3.
        rig.writeReg(0x0b, 50)
        rig.writeReg(0x35, 32)
        rig.runFrames(2)
        expect(frame(3).gain).toBe(2)
        expect(frame(3).exposureUs).toBeCloseTo(100 * ROW_US, 6)
        expect(frame(4).exposureUs).toBeCloseTo(50 * ROW_US, 6)
    })
})

describe("MT9V034 frame after a change", () => {
    let rig: Mt9v034Rig

    beforeEach(() => {
        rig = new Mt9v034Rig({ scene: flatScene(FIELD, 100) })
        rig.setUp(WINDOW)
        rig.runFrames(1)
        rig.runIntoFrame()
    })

    it.each([
        ["height", { height: 200 }],
        ["width", { width: 200, hblank: 504 }],
        ["horizontal blanking", { hblank: 500 }],
        ["vertical blanking", { vblank: 50 }],
        ["row binning", { readMode: 0x0301 }],
        ["column binning", { readMode: 0x0304 }],
    ])(
        "is unusable once after a new %s, and differs from the truth in every pixel",
        (_name, setup) => {
            rig.writeSetup(setup)
            const last = rig.runFrames(1)
            const next = rig.runFrames(1)
            const after = rig.runFrames(1)
            expect([last, next, after].map(f => f.frame.unusable)).toEqual([
                false,
                true,
                false,
            ])
            const { columns, rows } = next.frame
            expect(wrongPixels(rig, next)).toBe(columns * rows)
            expect(wrongPixels(rig, after)).toBe(0)
        }
    )

    it.each([
        ["move", { columnStart: 300, rowStart: 200 }],
        ["row flip", { readMode: 0x0310 }],
        ["column flip", { readMode: 0x0320 }],
        ["shutter", { coarse: 20 }],
        ["gain", { gain: 20 }],
    ])("is whole after a new %s", (_name, setup) => {
        rig.writeSetup(setup)
        for (let n = 0; n < 4; n++) {
            const sent = rig.runFrames(1)
            expect(sent.frame.unusable).toBe(false)
            expect(wrongPixels(rig, sent)).toBe(0)
        }
    })
})

describe("MT9V034 contexts", () => {
    let rig: Mt9v034Rig

    beforeEach(() => {
        rig = new Mt9v034Rig({ scene: flatScene(FIELD, 100) })
        // Context B: the same size elsewhere, other shutter, gain and flip.
        for (const [register, value] of [
            [0xc9, 301],
            [0xca, 104],
            [0xcb, 220],
            [0xcc, 220],
            [0xcd, 484],
            [0xce, 45],
            [0xd2, 40],
            [0x36, 24],
            [0x0e, 0x0310],
        ] as const)
            rig.writeReg(register, value)
        rig.setUp(WINDOW)
        rig.runFrames(1)
        rig.runIntoFrame()
    })

    it("switch at the next frame start, the shutter one frame later, without an unusable frame", () => {
        rig.writeReg(0x07, 0x8388)
        rig.runFrames(4)
        const frames = rig.sent.map(sent => sent.frame)
        expect(frames.map(f => f.window.x)).toEqual([100, 100, 300, 300, 300])
        expect(frames.map(f => f.gain)).toEqual([1, 1, 1.5, 1.5, 1.5])
        expect(frames.map(f => Math.round(f.exposureUs / ROW_US))).toEqual([
            100, 100, 100, 40, 40,
        ])
        expect(frames.some(f => f.unusable)).toBe(false)
    })

    it("mark a frame unusable when the sizes differ", () => {
        rig.writeReg(0xcb, 100)
        rig.writeReg(0x07, 0x8388)
        rig.runFrames(3)
        expect(rig.sent.map(sent => sent.frame.unusable)).toEqual([
            false,
            false,
            true,
            false,
        ])
    })

    it("do not let a write to the other context change a frame", () => {
        rig.writeReg(0xcb, 100)
        rig.writeReg(0xd2, 10)
        rig.runFrames(3)
        expect(
            rig.sent.every(
                sent => sent.frame.rows === 220 && !sent.frame.unusable
            )
        ).toBe(true)
    })
})

describe("MT9V034 parallel output R0x07[7]", () => {
    it("is silent from the next frame start after it was cleared, and comes back with a whole frame", () => {
        const rig = new Mt9v034Rig()
        rig.setUp(WINDOW)
        rig.runFrames(1)
        rig.runIntoFrame()
        rig.writeReg(0x07, 0x0308)
        rig.runFrames(1)
        const quiet = rig.edges.length
        rig.runForNs(50e6)
        expect(rig.edges).toHaveLength(quiet)
        rig.writeReg(0x07, 0x0388)
        const { frame, lines } = rig.runFrames(1)
        expect(frame).toMatchObject({ sequence: 2, unusable: false })
        expect(lines).toHaveLength(220)
    })
})
