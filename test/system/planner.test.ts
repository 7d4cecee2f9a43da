// SPDX-License-Identifier: MIT
// What the planner promises is what the simulated board does, and what it refuses does not work, for random requests.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { boardLimits, planRequest } from "../../host/plan-request.ts"
import { MT9V034_LIMITS } from "../../drivers/mt9v034/timing.ts"
import { readBoard } from "../../sim/board-file.ts"
import { CamscriptError } from "../../sim/errors.ts"
import type { CaptureRequest } from "../../sim/simulation.ts"
import { simulate, type SimulateResult } from "../../sim/testing.ts"
import { planCapture, type CapturePlan } from "../../src/plan/plan.ts"

/** Runs of about 0.1 s each. */
const KEPT_PROMISES = 600
const REFUSALS = 150

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
        "auto",
        "line",
        "dcmi-crop",
        "sensor-window",
        "rows+crop"
    ),
    timing: left(fc.constantFrom("fastest", "default")),
    buffers: left(fc.integer({ min: 1, max: 4 })),
    ramBytes: left(fc.integer({ min: 1, max: 190_000 })),
})

/** Requests that the planner refuses for the silicon's sake. */
const impossible: fc.Arbitrary<CaptureRequest> = fc
    .record({
        window: fc.record({
            width: fc.integer({ min: 1, max: 225 }).map(words => words * 4),
            height: fc.integer({ min: 1, max: 600 }),
            x: left(fc.integer({ min: 0, max: 900 })),
            y: left(fc.integer({ min: 0, max: 600 })),
        }),
        strategy: fc.constantFrom("auto", "sensor-window"),
    })
    .filter(({ window }) => {
        const { width, height, x = 0, y = 0 } = window
        const outside = x + width > 752 || y + height > 480
        return outside || width * height > 79_616
    }) as fc.Arbitrary<CaptureRequest>

/** As the program plans it: without a rate and a timing it wants 120 fps (src/main.ts). */
function plan(request: CaptureRequest, board: string): CapturePlan | Error {
    const wish = { ...request }
    if (wish.fps === undefined && wish.timing === undefined) wish.fps = 120
    try {
        return planCapture(
            planRequest(wish),
            MT9V034_LIMITS,
            boardLimits(readBoard(board))
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
    expect(counters.busBytes).toBe(promise.busBytes * counters.sensorFrames)
    expect(counters).toMatchObject({
        pixelErrors: 0,
        torn: 0,
        dropped: 0,
        overruns: 0,
        shortFrames: 0,
        dmaErrors: 0,
    })
    for (const frame of frames) {
        expect(frame.window).toEqual(promise.window)
        expect(frame.pixels).toHaveLength(promise.frameBytes)
    }
    // The frame that runs when the capture stops may have had one of its two.
    expect(
        Math.abs(counters.irqs - promise.irqs * counters.sensorFrames)
    ).toBeLessThanOrEqual(promise.irqs)
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
    }, 300_000)

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
    }, 300_000)
})
