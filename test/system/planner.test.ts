// SPDX-License-Identifier: MIT
// What the planner promises is what the simulated board does, and what it refuses does not work, for random requests.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import "../../sim/failed-waveforms.ts"
import { boardLimits, SENSOR_LIMITS } from "../../host/plan/plan-request.ts"
import { readBoard } from "../../boards/board-file.ts"
import { CamscriptError } from "../../protocol/errors.ts"
import { simulate, type SimulateResult } from "../../sim/testing.ts"
import { planCapture } from "../../src/plan/plan.ts"
import {
    PixelFormat,
    Strategy,
    TimingMode,
    type CaptureRequest,
} from "../../protocol/capture.ts"
import type { SensorName } from "../../protocol/names.ts"
import type { CapturePlan } from "../../src/plan/types.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
/** Runs of about 50 ms each. */
const KEPT_PROMISES = LONG ? 1600 : 500
const OV2640_PROMISES = LONG ? 200 : 120
const REFUSALS = LONG ? 250 : 150

/** The default program can look at each frame up to here, if it has another buffer. */
const FPS_OF_EACH_FRAME = 200

const left = <Value>(arbitrary: fc.Arbitrary<Value>) =>
    fc.option(arbitrary, { nil: undefined })

const BOARDS = ["nucleo-f446re", "nucleo-f429zi"] as const

/** Windows on the field; some are too large for the memory. */
const windows = fc
    .record({
        width: fc.oneof(
            fc.integer({ min: 1, max: 752 }),
            fc.integer({ min: 1, max: 260 })
        ),
        height: fc.oneof(
            fc.integer({ min: 1, max: 480 }),
            fc.integer({ min: 1, max: 260 })
        ),
    })
    .chain(({ width, height }) =>
        fc.record({
            width: fc.constant(width),
            height: fc.constant(height),
            x: fc.integer({ min: 0, max: 752 - width }),
            y: fc.integer({ min: 0, max: 480 - height }),
        })
    )

const requests: fc.Arbitrary<CaptureRequest> = fc.record({
    window: windows,
    fps: left(fc.integer({ min: 5, max: 400 })),
    strategy: fc.constantFrom(
        Strategy.AUTO,
        Strategy.LINE,
        Strategy.DCMI_CROP,
        Strategy.SENSOR_WINDOW,
        Strategy.ROWS_CROP
    ),
    timing: left(fc.constantFrom(TimingMode.FASTEST, TimingMode.DEFAULT)),
    buffers: left(fc.integer({ min: 1, max: 4 })),
    ramBytes: left(fc.integer({ min: 1, max: 190_000 })),
})

/** Of the OV2640: any window and format, and frames of half of each side. */
const ov2640Requests: fc.Arbitrary<CaptureRequest> = fc
    .record({
        width: fc.integer({ min: 1, max: 400 }),
        height: fc.integer({ min: 1, max: 300 }),
        x: fc.integer({ min: 0, max: 1200 }),
        y: fc.integer({ min: 0, max: 900 }),
    })
    .chain(({ width, height, ...corner }) =>
        fc.record({
            window: fc.constant({ width, height, ...corner }),
            size: left(
                fc.constant({
                    width: Math.ceil(width / 2),
                    height: Math.ceil(height / 2),
                })
            ),
            format: fc.constantFrom(
                PixelFormat.GRAY8,
                PixelFormat.RGB565,
                PixelFormat.YUV422
            ),
            fps: left(fc.integer({ min: 2, max: 60 })),
            strategy: fc.constantFrom(
                Strategy.AUTO,
                Strategy.LINE,
                Strategy.DCMI_CROP,
                Strategy.SENSOR_WINDOW,
                Strategy.ROWS_CROP
            ),
        })
    )

/** Requests that the planner refuses for the silicon's sake. */
const impossible: fc.Arbitrary<CaptureRequest> = fc
    .record({
        window: fc.record({
            width: fc.integer({ min: 1, max: 225 }).map(words => words * 4),
            height: fc.integer({ min: 1, max: 600 }),
            x: left(fc.integer({ min: 0, max: 900 })),
            y: left(fc.integer({ min: 0, max: 600 })),
        }),
        strategy: fc.constantFrom(Strategy.AUTO, Strategy.SENSOR_WINDOW),
    })
    .filter(({ window }) => {
        const { width, height, x = 0, y = 0 } = window
        const outside = x + width > 752 || y + height > 480
        return outside || width * height > 79_360
    }) as fc.Arbitrary<CaptureRequest>

/** As the program plans it: without a rate and a timing it wants 120 fps of the MT9V034 (src/main.ts). */
function plan(
    request: CaptureRequest,
    board: string,
    sensor: SensorName = "mt9v034"
): CapturePlan | Error {
    const defaultFps =
        sensor === "mt9v034" && request.timing === undefined ? 120 : undefined
    try {
        return planCapture(
            { ...request, fps: request.fps ?? defaultFps },
            SENSOR_LIMITS[sensor],
            boardLimits(readBoard(board, sensor))
        )
    } catch (error) {
        return error as Error
    }
}

async function failure(run: Promise<unknown>): Promise<string> {
    try {
        await run
    } catch (error) {
        expect(error).toBeInstanceOf(CamscriptError)
        return (error as Error).message
    }
    return "it works"
}

function expectPromise(result: SimulateResult, promise: CapturePlan): void {
    const { mode, counters, frames } = result
    expect(mode).toMatchObject({
        window: promise.window,
        buffers: promise.buffers,
        busBytesPerFrame: promise.busBytes,
        storedBytesPerFrame: promise.frameBytes,
    })
    // Time stamps are whole microseconds, and three frames are two frame times.
    const toleranceShare = 1e-4 + (promise.timing.fps * 2) / 2e6
    expect(Math.abs(result.fps! / promise.timing.fps - 1)).toBeLessThan(
        toleranceShare
    )
    // The run ends with the VM's turn: the DCMI may have all of a window whose frame is still on the bus.
    expect([0, 1]).toContain(
        counters.sensorFrames - counters.busBytes / promise.busBytes
    )
    // The program is not the planner's: it needs more than 2 ms for a frame, and has the only buffer back when it has.
    if (promise.buffers > 1 && promise.timing.fps < FPS_OF_EACH_FRAME)
        expect(counters.dropped).toBe(0)
    expect(counters).toMatchObject({
        pixelErrors: 0,
        torn: 0,
        overruns: 0,
        shortFrames: 0,
        dmaErrors: 0,
    })
    for (const frame of frames) {
        expect(frame.window).toEqual(promise.window)
        expect(frame.pixels).toHaveLength(promise.frameBytes)
    }
    // The frame that runs when the capture stops may have had one of its two. A dropped frame is not armed: it has fewer.
    expect(counters.irqs).toBeGreaterThanOrEqual(
        promise.irqs * (counters.frames - 1)
    )
    expect(counters.irqs).toBeLessThanOrEqual(
        promise.irqs * (counters.sensorFrames + 1)
    )
}

describe("random requests in the simulator", () => {
    it(`give the window, bytes, frame rate and interrupts that were planned, or are refused in the planner's words (${KEPT_PROMISES})`, async () => {
        let kept = 0
        await fc.assert(
            fc.asyncProperty(
                requests,
                fc.constantFrom(...BOARDS),
                async (request, board) => {
                    const promise = plan(request, board)
                    const run = simulate({ ...request, board, frames: 3 })
                    if (promise instanceof Error) {
                        expect(await failure(run)).toContain(promise.message)
                        return
                    }
                    expectPromise(await run, promise)
                    kept++
                }
            ),
            { numRuns: KEPT_PROMISES, seed: 1 }
        )
        expect(kept).toBeGreaterThan(KEPT_PROMISES / 3)
    })

    it(`do so with the OV2640, on its grid, scaled and in every raw format (${OV2640_PROMISES})`, async () => {
        let kept = 0
        await fc.assert(
            fc.asyncProperty(ov2640Requests, async request => {
                const board = "nucleo-f429zi"
                const promise = plan(request, board, "ov2640")
                const run = simulate({
                    ...request,
                    board,
                    sensor: "ov2640",
                    frames: 3,
                })
                if (promise instanceof Error) {
                    expect(await failure(run)).toContain(promise.message)
                    return
                }
                expectPromise(await run, promise)
                kept++
            }),
            { numRuns: OV2640_PROMISES, seed: 3 }
        )
        expect(kept).toBeGreaterThan(OV2640_PROMISES / 3)
    })

    it(`that are refused fail without the planner too (${REFUSALS})`, async () => {
        await fc.assert(
            fc.asyncProperty(impossible, async request => {
                const refusal = plan(request, "nucleo-f446re")
                expect(refusal).toBeInstanceOf(Error)
                const message = await failure(
                    simulate({
                        ...request,
                        app: "test/system/programs/unplanned.ts",
                        frames: 1,
                    })
                )

                // The sensor's registers, or the grabber's count of the memory.
                expect(message).toMatch(
                    /MT9V034_\w+ = .*(outside of|the array at)|the buffers need \d+ bytes/
                )
            }),
            { numRuns: REFUSALS, seed: 2 }
        )
    })
})
