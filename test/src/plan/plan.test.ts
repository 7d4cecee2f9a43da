// SPDX-License-Identifier: MIT
// Frame buffers and the whole plan, from a request to registers.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MT9V034_LIMITS } from "../../../drivers/mt9v034/timing.ts"
import { frameBuffers, type BoardLimits } from "../../../src/plan/memory.ts"
import { PlanError } from "../../../src/plan/plan-error.ts"
import { planCapture } from "../../../src/plan/plan.ts"
import {
    PixelFormat,
    Strategy,
    TimingMode,
    type CaptureRequest,
    type Flip,
} from "../../../protocol/capture.ts"

/** As of a board with 131,072 bytes of RAM, 51,456 for others. */
const SMALL: BoardLimits = {
    xclkHz: 26_660_000,
    frameMemoryBytes: 79_616,
    ramBytes: 131_072,
}
/** nucleo-f429zi: 196,608 and 65,536 of CCM. */
const LARGE: BoardLimits = {
    xclkHz: 26_660_000,
    frameMemoryBytes: 188_416,
    ramBytes: 262_144,
}

const plan = (request: CaptureRequest, board = SMALL) =>
    planCapture(request, MT9V034_LIMITS, board)

function buffers(
    frameBytes: number,
    wanted = 0,
    ramBytes?: number,
    board = SMALL
): number {
    return frameBuffers(
        {
            size: "test",
            what: "frame",
            bufferBytes: frameBytes,
            buffers: wanted,
            ramBytes,
            rowBytes: 0,
        },
        board
    )
}

describe("frame buffers", () => {
    it.each([
        { frameBytes: 48_400, wanted: 0, count: 1 },
        { frameBytes: 22_560, wanted: 0, count: 2 },
        { frameBytes: 22_560, wanted: 1, count: 1 },
        { frameBytes: 22_560, wanted: 3, count: 3 },
        { frameBytes: 22_560, wanted: 4, count: 3 },
        { frameBytes: 16, wanted: 4, count: 4 },
        { frameBytes: 16, wanted: 5, count: 4 },
        { frameBytes: 79_616, wanted: 2, count: 1 },
        { frameBytes: 39_808, wanted: 2, count: 2 },
        // Two of these end 8 bytes too late.
        { frameBytes: 39_812, wanted: 2, count: 1 },
    ])(
        "of $frameBytes bytes, $wanted wanted: $count",
        ({ frameBytes, wanted, count }) => {
            expect(buffers(frameBytes, wanted)).toBe(count)
        }
    )

    it("are two by default where memory allows", () => {
        expect(buffers(48_400, 0, undefined, LARGE)).toBe(2)
    })

    it("keep below the user's own limit", () => {
        expect(buffers(22_560, 4, 45_120)).toBe(2)
        expect(buffers(22_560, 4, 45_119)).toBe(1)
        expect(() => buffers(22_560, 1, 22_559)).toThrow(
            "the request allows 22559 bytes"
        )
    })

    it("are refused with a budget of zero, and with one byte too few", () => {
        expect(() => buffers(22_560, 1, 0)).toThrow(
            "window test needs 22560 bytes per frame; the request allows 0 bytes for frames"
        )
        expect(buffers(22_560, 1, 22_560)).toBe(1)
        expect(() => buffers(22_560, 1, NaN)).toThrow("allows NaN bytes")
    })

    it.each([-1, NaN])("are not %d", count => {
        expect(() => buffers(16, count)).toThrow(
            `${count} buffers are not 0 or more`
        )
    })

    it("are whole: 1.5 is one, a half is the program's choice", () => {
        expect(buffers(16, 1.5)).toBe(1)
        expect(buffers(16, 0.5)).toBe(2)
    })

    it("are refused with the sum when not one fits", () => {
        expect(buffers(79_616)).toBe(1)
        expect(() => buffers(79_620)).toThrow(
            "window test needs 79620 bytes per frame; the board has 79616 bytes of frame memory " +
                "(131072 of RAM - 51456 for stacks, VM and heaps)"
        )
    })
})

describe("plan of a sensor window", () => {
    it("is the default, centred, with nothing left for the DCMI to drop", () => {
        const made = plan({ window: { width: 220, height: 220 }, fps: 120 })

        expect(made).toMatchObject({
            strategy: Strategy.SENSOR_WINDOW,
            window: { x: 266, y: 130, width: 220, height: 220 },
            sensorWindow: { x: 266, y: 130, width: 220, height: 220 },
            lineBytes: 220,
            lines: 220,
            frameBytes: 48_400,
            buffers: 1,
            crop: false,
            cwstrt: 0,
            cwsize: 0,
            busBytes: 48_400,
        })
        expect(Math.abs(made.timing.fps - 120)).toBeLessThan(0.05)
    })

    it("says how long the readout lasts", () => {
        const made = plan({
            window: { width: 220, height: 220 },
            timing: TimingMode.FASTEST,
        })

        // 219 rows of 704 clocks and 220 pixels at 26.66 MHz.
        expect(made.readoutUs).toBe(Math.round((219 * 704 + 220) / 26.66))
    })

    it("applies what can be had when the frame rate is too high", () => {
        expect(
            plan({ window: { width: 220, height: 220 }, fps: 400 }).timing.fps
        ).toBeCloseTo(169.06, 2)
    })

    it("is as fast as possible when no frame rate is given", () => {
        expect(
            plan({ window: { width: 220, height: 220 } }).timing.fps
        ).toBeCloseTo(169.06, 2)
    })

    it("refuses 360x360 on the small board with the sum, and takes it on the large one", () => {
        const request = { window: { width: 360, height: 360 } }

        expect(() => plan(request)).toThrow(
            "window 360x360 needs 129600 bytes per frame"
        )
        expect(plan(request, LARGE)).toMatchObject({
            buffers: 1,
            frameBytes: 4 * 32_400,
        })
    })

    it("refuses the full field with the sum: 360,960 bytes", () => {
        expect(() => plan({ fps: 30 })).toThrow(
            "window 752x480 needs 360960 bytes per frame"
        )
    })

    it("takes a frame that one DMA transfer cannot count in equal ones", () => {
        const huge = {
            ...LARGE,
            frameMemoryBytes: 1_000_000,
            ramBytes: 2_000_000,
        }

        // 752 x 480 = 90,240 words; one transfer counts 65,535.
        expect(plan({}, huge)).toMatchObject({
            frameBytes: 4 * 90_240,
            transfers: 2,
            irqs: 3,
        })
        expect(
            plan({ window: { width: 752, height: 348 } }, huge)
        ).toMatchObject({ frameBytes: 4 * 65_424, transfers: 1, irqs: 1 })
    })

    it("of the last row alone, on which the sensor cannot start, reads two rows, and the DCMI drops one", () => {
        expect(
            plan({ window: { width: 752, height: 1, x: 0, y: 479 } })
        ).toMatchObject({
            strategy: Strategy.SENSOR_WINDOW,
            window: { x: 0, y: 479, width: 752, height: 1 },
            sensorWindow: { x: 0, y: 478, width: 752, height: 2 },
            crop: true,
            // VST 1; CAPCNT 751, VLINE 0
            cwstrt: 1 << 16,
            cwsize: 751,
            frameBytes: 752,
            busBytes: 1504,
        })
    })

    it.each([-1, NaN])("refuses a frame rate of %d", fps => {
        expect(() =>
            plan({ window: { width: 220, height: 220 }, fps })
        ).toThrow(PlanError)
    })

    it("says in one word why each other strategy is not the one", () => {
        expect(plan({ window: { width: 220, height: 220 } }).rejected).toBe(
            "line busier, dcmi-crop busier, rows+crop busier, jpeg no-encoder"
        )
    })
})

describe("plan of a DCMI crop", () => {
    it("reads the whole field, so that the frame rate does not rise and the bus carries everything", () => {
        const made = plan({
            window: { width: 220, height: 220 },
            fps: 120,
            strategy: Strategy.DCMI_CROP,
        })

        expect(made).toMatchObject({
            sensorWindow: { x: 0, y: 0, width: 752, height: 480 },
            window: { x: 266, y: 130, width: 220, height: 220 },
            crop: true,
            cwstrt: (130 << 16) | 266,
            cwsize: (219 << 16) | 219,
            busBytes: 360_960,
            frameBytes: 48_400,
        })
        expect(made.timing.fps).toBeCloseTo(67.75, 2)
    })
})

describe("plan of line mode", () => {
    const made = plan({
        window: { width: 220, height: 220 },
        timing: TimingMode.DEFAULT,
        strategy: Strategy.LINE,
    })

    it("reads the whole field, one transfer and one interrupt for each row; the DCMI drops the columns, the CPU the rows", () => {
        expect(made).toMatchObject({
            sensorWindow: { x: 0, y: 0, width: 752, height: 480 },
            window: { x: 266, y: 130, width: 220, height: 220 },
            crop: true,
            cwstrt: 264, // HOFFCNT; VST 0
            cwsize: (479 << 16) | 487, // VLINE all rows, CAPCNT the columns up to the end of the row
            skipBytes: 2,
            skipRows: 130,
            transfers: 480,
            transferWords: 122,
            irqs: 481,
            busBytes: 360_960,
            frameBytes: 48_400,
        })
        expect(made.timing.fps).toBeCloseTo(60.02, 2)
    })

    it("keeps two rows of the bus in the frame memory, so that one byte more does not fit", () => {
        const fits = (frameMemoryBytes: number) =>
            plan(
                {
                    window: { width: 220, height: 220 },
                    strategy: Strategy.LINE,
                },
                { ...SMALL, frameMemoryBytes }
            ).buffers

        // 220 x 220 + 2 x 488
        expect(fits(49_376)).toBe(1)
        expect(() => fits(49_375)).toThrow(
            "window 220x220 needs 48400 bytes per frame; the board has 48399 bytes of frame memory " +
                "(131072 of RAM - 82673 for stacks, VM, heaps and two rows)"
        )
    })

    it("as batches of rows needs memory for the batches only", () => {
        const request = {
            window: { width: 360, height: 360 },
            strategy: Strategy.LINE,
        }

        expect(() => plan(request)).toThrow("129600 bytes per frame")
        expect(plan({ ...request, batchRows: 8, buffers: 4 })).toMatchObject({
            lineBytes: 360,
            lines: 360,
            batchRows: 8,
            bufferBytes: 2880,
            buffers: 4,
        })
        expect(() =>
            plan({ ...request, batchRows: 8, ramBytes: 2879 })
        ).toThrow(
            "window 360x360 needs 2880 bytes per batch of 8 rows; the request allows 2879"
        )
        expect(() => plan({ ...request, batchRows: 256 })).toThrow(
            "a batch of 256 rows is not in 0..255"
        )
    })

    it("never has a batch of more rows than the frame", () => {
        expect(
            plan({
                window: { width: 4, height: 5 },
                strategy: Strategy.LINE,
                batchRows: 8,
            })
        ).toMatchObject({ batchRows: 5, bufferBytes: 20 })
    })
})

describe("plan of sensor rows with DCMI columns", () => {
    it("reads the wanted rows in full width", () => {
        const made = plan({
            window: { width: 220, height: 220 },
            strategy: Strategy.ROWS_CROP,
        })

        expect(made).toMatchObject({
            sensorWindow: { x: 0, y: 130, width: 752, height: 220 },
            window: { x: 266, y: 130, width: 220, height: 220 },
            crop: true,
            cwstrt: 266,
            cwsize: (219 << 16) | 219,
            busBytes: 165_440,
            irqs: 2,
        })
        // 752 + 61 clocks for each of 220 + 4 rows, and 4 more.
        expect(made.timing.fps).toBeCloseTo(26_660_000 / (224 * 813 + 4), 9)
    })
})

describe("frame rates at 26.66 MHz", () => {
    const CASES = [
        { side: 360, board: LARGE, name: "360x360 on 192 KB" },
        { side: 220, board: SMALL, name: "220x220 on 128 KB" },
    ]

    it.each(CASES)(
        "of $name: the whole field's for line and DCMI crop",
        ({ side, board }) => {
            for (const strategy of [Strategy.LINE, Strategy.DCMI_CROP]) {
                const request = {
                    window: { width: side, height: side },
                    strategy,
                }
                const fps = (timing: TimingMode) =>
                    plan({ ...request, timing }, board).timing.fps

                expect(fps(TimingMode.DEFAULT)).toBeCloseTo(60.02, 2)
                expect(fps(TimingMode.FASTEST)).toBeCloseTo(67.75, 2)
            }
        }
    )

    it.each([
        {
            ...CASES[0]!,
            sensorWindow: 104.0,
            rowsCrop: 26_660_000 / (364 * 813 + 4),
        },
        {
            ...CASES[1]!,
            sensorWindow: 169.1,
            rowsCrop: 26_660_000 / (224 * 813 + 4),
        },
    ])(
        "of $name: $sensorWindow for the sensor's window",
        ({ side, board, sensorWindow, rowsCrop }) => {
            const fps = (strategy: Strategy) =>
                plan(
                    {
                        window: { width: side, height: side },
                        strategy,
                        timing: TimingMode.FASTEST,
                    },
                    board
                ).timing.fps

            expect(fps(Strategy.SENSOR_WINDOW)).toBeCloseTo(sensorWindow, 1)
            expect(fps(Strategy.ROWS_CROP)).toBeCloseTo(rowsCrop, 9)
        }
    )
})

describe("a request that cannot be had", () => {
    const window = { width: 220, height: 220 }

    it.each<{ request: CaptureRequest; why: string }>([
        {
            request: { strategy: Strategy.JPEG },
            why: "strategy jpeg needs an encoder, the MT9V034 has none",
        },
        {
            request: { format: PixelFormat.JPEG },
            why: "format jpeg needs an encoder, the MT9V034 has none",
        },
        {
            request: { format: PixelFormat.RGB565 },
            why: "format rgb565: the MT9V034 sends gray8 only",
        },
        {
            request: { size: { width: 440, height: 440 } },
            why: "frame 440x440 of window 220x220+266+130 needs a scaler, the MT9V034 has none",
        },
        { request: { strategy: 6 as Strategy }, why: "strategy 6 is unknown" },
        { request: { format: 5 as PixelFormat }, why: "format 5 is unknown" },
        {
            request: { timing: 3 as TimingMode },
            why: "timing 3 is none of 0..2",
        },
        {
            request: { flip: 7 as Flip },
            why: "flip 7 is none of 0..3 (none, hflip, vflip, both)",
        },
        { request: { ramBytes: 48_399 }, why: "the request allows 48399" },
        { request: { ramBytes: 0 }, why: "the request allows 0" },
        { request: { batchRows: NaN }, why: "a batch of NaN rows" },
    ])("says: $why", ({ request, why }) => {
        expect(() => plan({ window, ...request })).toThrow(PlanError)
        expect(() => plan({ window, ...request })).toThrow(why)
    })

    it("is had when its frame is its window", () => {
        expect(plan({ window, size: window }).window).toMatchObject(window)
    })
})

describe("every plan that is accepted", () => {
    it("fits memory, DMA and the sensor's formula", () => {
        const requests = fc.record({
            window: fc.record({
                width: fc.integer({ min: 1, max: 752 }),
                height: fc.integer({ min: 1, max: 480 }),
            }),
            fps: fc.integer({ min: 0, max: 1000 }),
            strategy: fc.constantFrom(
                Strategy.AUTO,
                Strategy.LINE,
                Strategy.DCMI_CROP,
                Strategy.SENSOR_WINDOW,
                Strategy.ROWS_CROP
            ),
            timing: fc.constantFrom(
                TimingMode.AUTO,
                TimingMode.FASTEST,
                TimingMode.DEFAULT
            ),
            buffers: fc.integer({ min: 0, max: 5 }),
        })

        fc.assert(
            fc.property(
                requests,
                fc.constantFrom(SMALL, LARGE),
                (request, board) => {
                    const needs =
                        Math.max(
                            4,
                            request.window.width - (request.window.width % 4)
                        ) * request.window.height
                    const rows =
                        request.strategy === Strategy.LINE ? 2 * 752 : 0
                    fc.pre(needs + rows <= board.frameMemoryBytes)
                    const made = plan(request, board)

                    expect(made.frameBytes).toBe(made.lineBytes * made.lines)
                    expect(made.frameBytes % 4).toBe(0)
                    expect(made.frameBytes / 4).toBeLessThanOrEqual(65_535)
                    expect(made.lineBytes % 4).toBe(0)
                    expect(made.buffers).toBeGreaterThanOrEqual(1)
                    expect(made.buffers).toBeLessThanOrEqual(4)
                    expect(made.buffers * made.frameBytes).toBeLessThanOrEqual(
                        board.frameMemoryBytes
                    )
                    const { hblankPclk, vblankRows, fps } = made.timing
                    const { width, height } = made.sensorWindow
                    expect(fps).toBe(
                        board.xclkHz /
                            ((height + vblankRows) * (width + hblankPclk) + 4)
                    )
                }
            )
        )
    })

    it("has refusals of less than 200 characters: the VM's console cuts longer lines", () => {
        const requests: CaptureRequest[] = [
            { window: { width: 99_999, height: 99_999, x: 99_999, y: 99_999 } },
            { window: { width: 752, height: 480 } },
            { strategy: Strategy.ROWS_CROP },
            { window: { width: 4, height: 4 }, format: PixelFormat.JPEG },
            {
                window: { width: 220, height: 220 },
                size: { width: 99_999, height: 99_999 },
            },
        ]
        for (const request of requests) {
            let message = ""
            try {
                plan(request)
            } catch (error) {
                message = (error as Error).message
            }
            expect(message).not.toBe("")
            expect(message.length).toBeLessThan(200)
        }
    })
})
