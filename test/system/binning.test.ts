// SPDX-License-Identifier: MIT
// Binned frames, whoever crops: the window is in pixels of the field, the frame has one pixel for each group of them.

import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { simulate, type SimulateResult } from "../../sim/testing.ts"
import { TimingMode } from "../../protocol/capture.ts"
import { strategyNamed, type StrategyName } from "../../protocol/names.ts"

const XCLK_HZ = 26_660_000

const NOTHING_WRONG = {
    dropped: 0,
    skipped: 0,
    torn: 0,
    overruns: 0,
    shortFrames: 0,
    dmaErrors: 0,
    pixelErrors: 0,
}

/** The default program needs more than 1 ms for a frame: the fastest can come before there is a buffer for them. */
const FPS_OF_EACH_FRAME = 400

function expectClean({ warnings, counters, mode }: SimulateResult): void {
    expect(warnings).toEqual([])
    const { dropped } = counters
    if (mode!.fps < FPS_OF_EACH_FRAME) expect(dropped).toBe(0)
    expect(counters).toMatchObject({ ...NOTHING_WRONG, dropped })
}

/** MT9V034 DS tables 4 to 6: row and vertical blanking are the shortest, rows on the bus are those left by binning. */
function fastest(
    readWidth: number,
    readHeight: number,
    binning: 2 | 4
): number {
    const hblank = binning === 2 ? 71 : 91
    const row = Math.max(704, readWidth + hblank)
    return XCLK_HZ / ((readHeight / binning + 4) * row + 4)
}

/** What the sensor reads for a window of 256x192 at (99, 61), and which bytes cross the bus. */
const CASES = [2, 4].flatMap(factor => {
    const binning = factor as 2 | 4
    const cases: [StrategyName, number, number][] = [
        ["sensor-window", 256, 192],
        ["rows+crop", 752, 192],
        ["dcmi-crop", 752, 480],
        ["line", 752, 480],
    ]
    return cases.map(([strategy, readWidth, readHeight]) => ({
        binning,
        strategy,
        readWidth,
        readHeight,
    }))
})

describe.each(CASES)(
    "256x192 binned by $binning, by $strategy",
    ({ binning, strategy, readWidth, readHeight }) => {
        it("arrives with each pixel as the sensor sent it, as fast as the sheet allows", async () => {
            const result = await simulate({
                window: { width: 256, height: 192, x: 99, y: 61 },
                binning,
                strategy: strategyNamed(strategy),
                fps: 1000,
                exposureUs: 500,
                frames: 20,
            })

            const fps = fastest(readWidth, readHeight, binning)
            expectClean(result)
            // Down to whole groups of the field.
            const window = {
                x: 99 - (99 % binning),
                y: 60,
                width: 256,
                height: 192,
            }
            expect(result.mode).toMatchObject({ strategy, window, binning })
            expect(result.mode!.busBytesPerFrame).toBe(
                (readWidth * readHeight) / binning ** 2
            )
            const [frame] = result.frames
            expect(frame).toMatchObject({
                window,
                width: 256 / binning,
                height: 192 / binning,
            })
            expect(frame!.pixels).toHaveLength((256 * 192) / binning ** 2)
            expect(result.mode!.fps).toBeCloseTo(fps, 2)
            expect(Math.abs(result.fps! / fps - 1)).toBeLessThan(0.001)
        })
    }
)

describe("the same window binned", () => {
    it("has the same pixels whoever crops", async () => {
        const runs = await Promise.all(
            (["sensor-window", "rows+crop", "dcmi-crop", "line"] as const).map(
                strategy =>
                    simulate({
                        window: { width: 128, height: 100, x: 301, y: 203 },
                        binning: 4,
                        strategy: strategyNamed(strategy),
                        // Rows of one length, so that an exposure in rows is the same time.
                        timing: TimingMode.DEFAULT,
                        exposureUs: 500,
                        gain: 1,
                        frames: 3,
                    })
            )
        )

        const [first, ...others] = runs.map(run => run.frames.at(-1)!.pixels)
        expect(first).toHaveLength((128 * 100) / 16)
        for (const pixels of others) expect(pixels).toEqual(first)
    })
})

describe("the whole field", () => {
    it.each([
        { binning: 2, width: 376, height: 240, board: "nucleo-f429zi" },
        { binning: 4, width: 188, height: 120, board: "nucleo-f446re" },
    ])(
        "binned by $binning is a frame of $width x $height that fits the $board",
        async ({ binning, width, height, board }) => {
            const result = await simulate({
                board,
                window: { width: 752, height: 480 },
                binning,
                fps: 1000,
                exposureUs: 500,
                frames: 10,
            })

            expectClean(result)
            expect(result.frames[0]).toMatchObject({ width, height })
            const fps = fastest(752, 480, binning as 2 | 4)
            expect(Math.abs(result.fps! / fps - 1)).toBeLessThan(0.001)
        }
    )
})

describe("256x256 binned by 4", () => {
    it("keeps 400 fps as 64x64", async () => {
        const result = await simulate({
            window: { width: 256, height: 256 },
            binning: 4,
            fps: 400,
            frames: 60,
        })

        expectClean(result)
        expect(Math.abs(result.fps! - 400)).toBeLessThan(0.1)
        expect(result.frames[0]).toMatchObject({ width: 64, height: 64 })
        const written = result.log.filter(
            ({ block, register }) =>
                block === "MT9V034" && register === "READ_MODE_A"
        )
        // R0x0D: [1:0] rows by 4, [3:2] columns by 4, [9:8] stay 1.
        expect(written.at(-1)!.value).toBe(0x030a)
    })

    it("is said on the console", async () => {
        const { console } = await simulate({
            window: { width: 256, height: 256 },
            binning: 4,
            frames: 1,
        })

        expect(console[0]).toMatch(
            /^MT9V034 sensor-window 256x256\+248\+112 at .* fps, binned by 4, /
        )
    })
})

describe("500 random moves at full rate, binned by 4", () => {
    it.each(["sensor-window", "rows+crop", "dcmi-crop"] as const)(
        "by %s lose no frame's place",
        async strategy => {
            const result = await simulate({
                app: "test/system/programs/binned-moves.ts",
                window: { width: 256, height: 192 },
                binning: 4,
                strategy: strategyNamed(strategy),
                fps: 1000,
                exposureUs: 500,
                frames: 500,
            })

            const { torn, pixelErrors, skipped, overruns } = result.counters
            expect({ torn, pixelErrors, skipped, overruns }).toEqual({
                torn: 0,
                pixelErrors: 0,
                skipped: 0,
                overruns: 0,
            })
            const places = new Set(
                result.frames.map(({ window }) => `${window.x} ${window.y}`)
            )
            expect(places.size).toBeGreaterThan(400)
            for (const { window } of result.frames)
                expect([window.x % 4, window.y % 4]).toEqual([0, 0])
        }
    )
})

describe("an OV2640", () => {
    it("refuses it, and says what to take instead", async () => {
        const run = simulate({
            sensor: "ov2640",
            window: { width: 800, height: 600 },
            binning: 2,
            frames: 1,
        })

        await expect(run).rejects.toThrow(
            "binning 2: the OV2640 scales the frame instead, to any size; take --size 400x300"
        )
    })
})
