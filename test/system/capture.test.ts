// SPDX-License-Identifier: MIT
// The whole camera in the simulator: DeviceScript program, VM, native code, silicon, sensor, scene.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate, type SimulateResult } from "../../sim/testing.ts"

/** Nothing may be lost, late or wrong in a run without faults, nor doubtful in what the firmware does to the silicon. */
function expectClean(result: SimulateResult): void {
    expect(result.warnings).toEqual([])
    const {
        dropped,
        skipped,
        torn,
        overruns,
        shortFrames,
        dmaErrors,
        pixelErrors,
    } = result.counters
    expect({
        dropped,
        skipped,
        torn,
        overruns,
        shortFrames,
        dmaErrors,
        pixelErrors,
    }).toEqual({
        dropped: 0,
        skipped: 0,
        torn: 0,
        overruns: 0,
        shortFrames: 0,
        dmaErrors: 0,
        pixelErrors: 0,
    })
}

/**
 * The only buffer has to be back before the sensor's next frame. At 165 fps 220 rows of 704 clocks leave 0.25 ms for it, of
 * which the program needs more than 1: frames are dropped, and those that come are right.
 */
function expectLateButRight(result: SimulateResult): void {
    const { counters } = result
    expect(counters.dropped).toBeGreaterThan(0)
    expectClean({ ...result, counters: { ...counters, dropped: 0 } })
}

describe("the default program on the 128 KB board", () => {
    it("captures 120 frames of 220x220 at 120 fps, each pixel as the sensor sent it", async () => {
        const result = await simulate({ frames: 120 })

        expectClean(result)
        expect(result.frames).toHaveLength(120)
        expect(result.mode).toMatchObject({
            sensor: "MT9V034",
            strategy: "sensor-window",
            window: { x: 266, y: 130, width: 220, height: 220 },
            buffers: 1,
            busBytesPerFrame: 48400,
            storedBytesPerFrame: 48400,
        })
        expect(Math.abs(result.fps! - 120)).toBeLessThan(0.5)
        expect(Math.abs(result.fps! - result.mode!.fps)).toBeLessThan(0.01)
        expect(result.frames.every(frame => frame.droppedBefore === 0)).toBe(
            true
        )
    })

    it("takes one interrupt per frame", async () => {
        const result = await simulate({ frames: 60 })

        const { irqs, sensorFrames } = result.counters
        expect(irqs / sensorFrames).toBeLessThanOrEqual(1.05)
        expect(irqs).toBeGreaterThanOrEqual(60)
    })

    it("gives the same frames, log and console in two runs", async () => {
        const first = await simulate({ frames: 5, scene: "noise", seed: 7 })
        const second = await simulate({ frames: 5, scene: "noise", seed: 7 })

        expect(second.frames.map(frame => frame.pixels)).toEqual(
            first.frames.map(frame => frame.pixels)
        )
        expect(second.log).toEqual(first.log)
        expect(second.console).toEqual(first.console)
    })

    it("says where every register write of the set-up went, in order", async () => {
        const { log } = await simulate({ frames: 1 })

        const sensor = log.filter(entry => entry.block === "MT9V034")
        const geometry = [
            "COLUMN_START",
            "ROW_START",
            "WINDOW_HEIGHT",
            "WINDOW_WIDTH",
        ]
        const last = (register: string) =>
            sensor.findLast(entry => entry.register === register)?.value
        expect(geometry.map(last)).toEqual([267, 134, 220, 220])
        const start = sensor.findLastIndex(
            entry => entry.register === "CHIP_CONTROL"
        )
        expect(start).toBe(
            sensor.findLastIndex(entry => entry.register !== "BYTEWISE_ADDRESS")
        )
    })
})

describe.each([
    { width: 260, height: 260, x: 10, y: 60, board: "nucleo-f446re" },
    { width: 188, height: 120, board: "nucleo-f446re" },
    { width: 360, height: 360, board: "nucleo-f429zi" },
    { width: 220, height: 220, board: "nucleo-f429zi" },
    { width: 4, height: 1, x: 0, y: 0, board: "nucleo-f446re" },
    { width: 752, height: 100, board: "nucleo-f446re" },
    { width: 300, height: 200, x: 452, y: 280, board: "nucleo-f446re" },
])("window $width x $height on $board", ({ width, height, x, y, board }) => {
    it("arrives whole, at the rate that was planned", async () => {
        const result = await simulate({
            window: { width, height, x, y },
            board,
            frames: 12,
        })

        // At the sensor's highest rate for so many rows, the only buffer has no time between two frames.
        if (height > 260) expectLateButRight(result)
        else expectClean(result)
        expect(result.mode!.window).toEqual({
            x: x ?? (752 - width) / 2,
            y: y ?? (480 - height) / 2,
            width,
            height,
        })
        expect(result.frames[11]!.pixels).toHaveLength(width * height)
        expect(Math.abs(result.fps! - result.mode!.fps)).toBeLessThan(
            0.01 * result.mode!.fps
        )
    })
})

describe("two buffers where memory allows", () => {
    it("are used by the default program on the 192 KB board", async () => {
        const result = await simulate({ board: "nucleo-f429zi", frames: 10 })

        expect(result.mode!.buffers).toBe(2)
    })
})

describe("frame rates", () => {
    it("gives 165 fps for 220x220", async () => {
        const result = await simulate({ fps: 165, frames: 30 })

        expectLateButRight(result)
        expect(Math.abs(result.fps! - 165)).toBeLessThan(0.5)
    })

    it("applies what can be had when 400 fps are asked for, and says so", async () => {
        const result = await simulate({ fps: 400, frames: 30 })

        expectLateButRight(result)
        // MT9V034 DS: row 704, vertical blanking 4: 26.66e6 / ((220 + 4) * 704 + 4)
        expect(result.fps!).toBeCloseTo(169.05, 1)
        expect(result.console.join("\n")).toMatch(/169/)
    })
})

describe("a window that does not fit into memory", () => {
    it("is refused on the 128 KB board with the sum", async () => {
        const refused = simulate({
            window: { width: 360, height: 360 },
            frames: 1,
        })

        await expect(refused).rejects.toThrow(/129600.*79360/s)
    })

    it("is refused at full size with the sum", async () => {
        const refused = simulate({
            window: { width: 752, height: 480 },
            fps: 30,
            frames: 1,
        })

        await expect(refused).rejects.toThrow(/360960/)
    })
})

describe("a frame handler that sleeps 25 ms at 120 fps", () => {
    it("leaks no buffer in 10,000 frames: each is delivered, skipped or dropped once", async () => {
        const app = "test/system/programs/slow-handler.ts"
        const { counters, frames } = await simulate({ app, seconds: 84.5 })

        const { delivered, skipped, dropped, settling, sensorFrames } = counters
        expect(sensorFrames).toBeGreaterThan(10_000)
        expect(
            Math.abs(delivered + skipped + dropped + settling - sensorFrames)
        ).toBeLessThanOrEqual(2)
        expect(delivered).toBeGreaterThan(2_000)
        expect(dropped).toBeGreaterThan(5_000)
        expect(
            frames.reduce((sum, frame) => sum + frame.droppedBefore, 0)
        ).toBeLessThanOrEqual(dropped)
        expect(counters.torn).toBe(0)
        expect(counters.pixelErrors).toBe(0)
    })
})
