// SPDX-License-Identifier: MIT
// Faults in a whole run: each has its time, hits what it should and no more, and the same file gives the same run again.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { PixelFormat } from "../../protocol/capture.ts"
import { parseFaults } from "../../sim/faults/fault-file.ts"
import type { FaultOutcome } from "../../sim/faults/fault-watch.ts"
import {
    simulate,
    type SimulateOptions,
    type SimulateResult,
} from "../../sim/testing.ts"

const SMALL: SimulateOptions = {
    window: { width: 160, height: 120 },
    fps: 120,
    exposureUs: 1000,
    seconds: 0.8,
}

function run(
    faults: readonly object[],
    options: SimulateOptions = {}
): Promise<SimulateResult> {
    return simulate({
        ...SMALL,
        ...options,
        faults: parseFaults(faults, "test"),
    })
}

async function outcomeOf(
    fault: object,
    options: SimulateOptions = {}
): Promise<FaultOutcome> {
    const { faults } = await run([fault], options)
    expect(faults).toHaveLength(1)
    return faults[0]!
}

describe("what a fault did", () => {
    it.each(["row-lost", "hsync-lost", "vsync-glitch", "dcmi-overrun"])(
        "%s: noticed, one frame lost, right again in the next",
        async fault => {
            const outcome = await outcomeOf({ at: 0.4, fault })
            expect(outcome).toMatchObject({
                fault,
                at: 0.4,
                framesLost: 1,
                wrongFrames: 0,
                recoveredAfterFrames: 1,
            })
            expect(outcome.detectedAs).not.toBeNull()
            expect(outcome.happenedAt).toBeGreaterThanOrEqual(0.4)
            expect(outcome.happenedAt).toBeLessThan(0.4 + 1 / 119)
            expect(outcome.recoveredAfterMs).toBeLessThan(20)
        }
    )

    it("counts frames with wrong pixels that were handed over as good", async () => {
        const outcome = await outcomeOf({
            at: 0.4,
            for: 0.05,
            fault: "data-stuck",
            line: 6,
            level: 1,
        })
        expect(outcome.wrongFrames).toBeGreaterThanOrEqual(6)
        expect(outcome.framesLost).toBe(outcome.wrongFrames)
        expect(outcome.recoveredAfterFrames).toBe(outcome.framesLost)
    })

    it("a fault between frames that costs none has nothing lost", async () => {
        expect(
            await outcomeOf({ at: 0.4, fault: "i2c-wrong-value" })
        ).toMatchObject({ framesLost: 0, wrongFrames: 0 })
    })

    it("counts frames that were due while the sensor sent none", async () => {
        const outcome = await outcomeOf({
            at: 0.4,
            for: 0.2,
            fault: "sensor-unplug",
        })
        expect(outcome.framesLost).toBeGreaterThanOrEqual(24)
    })

    it("never happens when the run ends before it", async () => {
        expect(await outcomeOf({ at: 5, fault: "row-lost" })).toEqual({
            fault: "row-lost",
            at: 5,
            happenedAt: null,
            detectedAs: null,
            framesLost: 0,
            wrongFrames: 0,
            recoveredAfterFrames: null,
            recoveredAfterMs: null,
        })
    })

    it("is told for batches of rows: a frame is right when all of them are", async () => {
        const outcome = await outcomeOf(
            { at: 0.4, fault: "pixclk-lost", count: 3 },
            { app: "src/examples/motion.ts", window: undefined, fps: undefined }
        )
        expect(outcome.happenedAt).not.toBeNull()
        expect(outcome.framesLost).toBeGreaterThanOrEqual(1)
        expect(outcome.recoveredAfterFrames).not.toBeNull()
    })
})

describe("the wrong edge of PIXCLK", () => {
    it("gives wrong pixels, not good ones", async () => {
        const { frames, warnings } = await run([
            { at: 0.4, for: 0.1, fault: "pixclk-edge" },
        ])
        const wrong = frames.filter(({ pixelErrors }) => pixelErrors > 0)
        expect(wrong.length).toBeGreaterThanOrEqual(10)
        for (const { pixelErrors, pixels } of wrong)
            expect(pixelErrors).toBeGreaterThan(pixels.length / 8)
        expect(warnings).toEqual([])
    })
})

describe("a program that goes wrong", () => {
    it.each([
        ["program-throw", /TypeError: throwing null/],
        ["program-loop", /panic 60001, InfiniteLoop/],
        ["program-memory", /panic 60004, OutOfMemory/],
    ])("%s ends it as such a program ends", async (fault, message) => {
        await expect(run([{ at: 0.4, fault }])).rejects.toThrow(message)
    })
})

describe("what the simulator cannot show", () => {
    it.each([
        ["power-cut", /no restart of the chip.*--target emulator/],
        ["flash-error", /no flash to write to.*--target emulator/],
        ["link-noise", /no serial link.*--target emulator/],
        ["jpeg-broken", /MT9V034 sends no JPEG/],
    ])("%s is refused with the reason", async (fault, reason) => {
        await expect(run([{ at: 0.4, fault }])).rejects.toThrow(reason)
    })

    it.each(["0x5005000d", "0x30000000", "0x20000000"])(
        "a register at %s is refused",
        async address => {
            const fault = {
                at: 0.4,
                fault: "register-upset",
                address,
                value: 0,
            }
            await expect(run([fault])).rejects.toThrow(
                `fault 0 (register-upset): "address" is ${address}; it must be the address of a register`
            )
        }
    )
})

describe("an OV2640", () => {
    const JPEG: SimulateOptions = {
        sensor: "ov2640",
        scene: "photo",
        format: PixelFormat.JPEG,
        window: undefined,
        fps: undefined,
        exposureUs: undefined,
        seconds: 1.2,
    }

    it.each(["jpeg-no-end", "jpeg-broken"])(
        "%s happens to a JPEG",
        async fault => {
            const { faults, frames } = await run([{ at: 0.8, fault }], JPEG)
            expect(faults[0]!.happenedAt).toBeGreaterThanOrEqual(0.8)
            expect(faults[0]!.framesLost).toBeGreaterThanOrEqual(1)
            expect(frames.length).toBeGreaterThan(5)
        }
    )
})

describe("the same faults", () => {
    const FAULTS = [
        { at: 0.3, fault: "row-lost" },
        { at: 0.35, fault: "pixclk-added" },
        { at: 0.4, for: 0.02, fault: "data-stuck" },
        { at: 0.45, fault: "vsync-glitch" },
        { at: 0.5, fault: "i2c-nack" },
        { at: 0.55, for: 0.01, fault: "pixclk-edge" },
        { at: 0.6, fault: "register-upset", address: "0x5005000c", value: 0 },
    ]

    it("give the same bytes again", async () => {
        const [one, other] = [await run(FAULTS), await run(FAULTS)]
        expect(other.faults).toEqual(one.faults)
        expect(other.counters).toEqual(one.counters)
        expect(other.frames).toEqual(one.frames)
        expect(other.log).toEqual(one.log)
    })

    it("with another seed hit other rows", async () => {
        const [one, other] = [
            await run(FAULTS, { seed: 1 }),
            await run(FAULTS, { seed: 2 }),
        ]
        expect(other.faults.map(({ happenedAt }) => happenedAt)).not.toEqual(
            one.faults.map(({ happenedAt }) => happenedAt)
        )
    })
})

describe("the frame rate that was measured", () => {
    it("is that of the newest capture, whose frames are numbered anew", async () => {
        const { fps, frames } = await simulate({
            window: { width: 160, height: 120 },
            fps: 120,
            exposureUs: 1000,
            faults: [{ fault: "sensor-reset", at: 0.2, us: 100 }],
            seconds: 0.6,
        })
        expect(frames.at(-1)!.sequence).toBeLessThan(frames.length)
        expect(fps).toBeCloseTo(120, 0)
    })
})

describe("a program that moves its window with each frame", () => {
    it("goes on when the sensor is unplugged in a move, and the window is where it was moved to", async () => {
        const { frames, faults, console } = await simulate({
            app: "src/examples/motion.ts",
            faults: [{ fault: "sensor-unplug", at: 0.5, for: 0.2 }],
            seconds: 1.5,
        })
        expect(console.join("\n")).toMatch(
            /no frames, sensor-absent.*\n.*frames come again/
        )
        expect(faults[0]!.wrongFrames).toBe(0)
        expect(faults[0]!.recoveredAfterMs).toBeLessThan(700)
        const rows = frames.slice(-40).map(({ window }) => window.y)
        expect(new Set(rows).size).toBeGreaterThan(4)
    })
})
