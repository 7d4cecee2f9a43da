// SPDX-License-Identifier: MIT
// Images that the sensor turns: from --flip to its register, and the same part of the field whoever crops.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate, type SimulateOptions } from "../../sim/testing.ts"
import { Flip, TimingMode } from "../../protocol/capture.ts"
import {
    flipNamed,
    formatNamed,
    strategyNamed,
    type FlipName,
    type FormatName,
    type StrategyName,
} from "../../protocol/names.ts"

const FLIPS = ["hflip", "vflip", "both"] as const

/** Not in the middle of the field, and for the OV2640 not on its grid: the DCMI drops what is left over. */
const WINDOW = { x: 101, y: 51, width: 128, height: 98 }

const CLEAN = { torn: 0, pixelErrors: 0, overruns: 0, shortFrames: 0 }

/** The last of a few frames; rows of one length, so that the exposure is the same time whoever crops. */
async function frameOf(options: SimulateOptions) {
    const result = await simulate({
        window: WINDOW,
        timing: TimingMode.DEFAULT,
        exposureUs: 500,
        gain: 1,
        frames: 3,
        ...options,
    })
    expect(result.warnings).toEqual([])
    expect(result.counters).toMatchObject(CLEAN)
    const frame = result.frames.at(-1)!
    expect(frame.window).toEqual(WINDOW)
    return { frame, log: result.log, mode: result.mode! }
}

/** Turn an image of one byte per pixel. */
function turned(pixels: Uint8Array, flip: Flip): Uint8Array {
    const { width, height } = WINDOW
    return pixels.map((_, i) => {
        const x = i % width
        const y = Math.floor(i / width)
        const from = flip & Flip.VFLIP ? height - 1 - y : y
        return pixels[from * width + (flip & Flip.HFLIP ? width - 1 - x : x)]!
    })
}

function lastWritten(
    log: Awaited<ReturnType<typeof frameOf>>["log"],
    register: string
): number {
    return log.findLast(access => access.register === register)!.value
}

describe.each(["sensor-window", "rows+crop", "dcmi-crop", "line"] as const)(
    "the MT9V034's window by %s",
    name => {
        const strategy = strategyNamed(name)

        it("is turned by READ_MODE, and stays the same part of the field", async () => {
            const upright = await frameOf({ strategy })
            for (const flipName of FLIPS) {
                const flip = flipNamed(flipName)
                const { frame, log, mode } = await frameOf({ strategy, flip })

                expect(mode.strategy).toBe(name)
                expect(frame.pixels, flipName).toEqual(
                    turned(upright.frame.pixels, flip)
                )
                // R0x0D: [4] row flip, [5] column flip, [9:8] stay 1.
                const bits = { hflip: 0x20, vflip: 0x10, both: 0x30 }
                expect(lastWritten(log, "READ_MODE_A")).toBe(
                    0x300 | bits[flipName]
                )
            }
        })

        it("is turned after it is binned", async () => {
            const options = { strategy, binning: 2, flip: Flip.BOTH }
            const result = await simulate({ window: WINDOW, ...options })

            expect(result.counters).toMatchObject(CLEAN)
        })
    }
)

describe.each<[StrategyName, FormatName]>([
    ["sensor-window", "gray8"],
    ["sensor-window", "rgb565"],
    ["rows+crop", "gray8"],
    ["dcmi-crop", "gray8"],
    ["line", "gray8"],
])("the OV2640's window by %s in %s", (name, formatName) => {
    const options = {
        sensor: "ov2640" as const,
        strategy: strategyNamed(name),
        format: formatNamed(formatName),
    }

    it("is turned by REG04, and stays the same part of the field", async () => {
        const upright = await frameOf(options)
        for (const flipName of FLIPS) {
            const flip = flipNamed(flipName)
            const { frame, log } = await frameOf({ ...options, flip })

            if (formatName === "gray8")
                expect(frame.pixels, flipName).toEqual(
                    turned(upright.frame.pixels, flip)
                )
            else expect(frame.pixels).not.toEqual(upright.frame.pixels)
            // [7] mirror, [6] flip with [4] VREF bit 0; [1:0] are the exposure's.
            const bits = { hflip: 0x80, vflip: 0x50, both: 0xd0 }
            expect(lastWritten(log, "REG04") & 0xd0).toBe(bits[flipName])
        }
    })
})

describe("the OV2640's field", () => {
    it.each([
        ["jpeg", { width: 320, height: 240 }],
        ["yuv422", { width: 160, height: 120 }],
    ] as const)("scaled, in %s, is turned", async (formatName, size) => {
        const result = await simulate({
            sensor: "ov2640",
            format: formatNamed(formatName),
            size,
            flip: Flip.BOTH,
            frames: 3,
        })

        expect(result.counters).toMatchObject(CLEAN)
        expect(result.frames[0]!.sent).toMatchObject({
            hflip: true,
            vflip: true,
        })
    })
})

describe("a turned window that moves at each frame", () => {
    it.each<[StrategyName, FlipName]>([
        ["sensor-window", "both"],
        ["rows+crop", "hflip"],
        ["dcmi-crop", "both"],
    ])("by %s, %s, has each frame's place", async (name, flipName) => {
        const result = await simulate({
            app: "test/system/programs/random-moves.ts",
            window: { width: 160, height: 120 },
            strategy: strategyNamed(name),
            flip: flipNamed(flipName),
            fps: 60,
            exposureUs: 500,
            frames: 60,
        })

        expect(result.counters).toMatchObject(CLEAN)
        const places = result.frames.map(
            ({ window }) => `${window.x} ${window.y}`
        )
        expect(new Set(places).size).toBeGreaterThan(40)
    })
})
