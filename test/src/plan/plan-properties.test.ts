// SPDX-License-Identifier: MIT
// Random requests: whatever is planned keeps every limit, whatever is refused breaks the one that is named.
// The limits are typed again here, from the data sheets and RM0090; nothing is asked of the planner's own arithmetic.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { MT9V034_LIMITS } from "../../../drivers/mt9v034/timing.ts"
import { OV2640_LIMITS } from "../../../drivers/ov2640/timing.ts"
import type { SensorLimits } from "../../../drivers/sensor-limits.ts"
import type { BoardLimits } from "../../../src/plan/memory.ts"
import { PlanError } from "../../../src/plan/plan-error.ts"
import { planCapture, planStrategy } from "../../../src/plan/plan.ts"
import { brokenLimits } from "../../support/plan/plan-checker.ts"
import { RefusalChecker } from "../../support/plan/refusal-checker.ts"
import type { CaptureRequest } from "../../../protocol/capture.ts"
import type { CapturePlan } from "../../../src/plan/types.ts"

const LINE = 1
const DCMI_CROP = 2
const SENSOR_WINDOW = 3
const ROWS_CROP = 4
const JPEG = 5

/** Twice the 2,000. */
const RUNS = 4000

const mostly = <Value>(usual: fc.Arbitrary<Value>, rare: fc.Arbitrary<Value>) =>
    fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: rare })

const side = (max: number) =>
    mostly(
        fc.integer({ min: 1, max }),
        fc.oneof(
            fc.integer({ min: -8, max: 70_000 }),
            fc.double(),
            fc.constantFrom(0, NaN, Infinity, 1, max, max + 1)
        )
    )

const left = <Value>(arbitrary: fc.Arbitrary<Value>) =>
    fc.option(arbitrary, { nil: undefined })

const binning = left(mostly(fc.constantFrom(0, 1, 2, 4), fc.constantFrom(1, 3)))

const requests: fc.Arbitrary<CaptureRequest> = fc.record({
    window: left(
        fc.oneof(
            fc.record({ width: side(752), height: side(480) }),
            fc.record({
                width: side(400),
                height: side(300),
                x: left(side(700)),
                y: left(side(479)),
            }),
            fc.record({
                width: side(1600),
                height: side(1200),
                x: left(side(1600)),
                y: left(side(1200)),
            })
        )
    ),
    size: left(
        fc.oneof(
            fc.record({ width: side(400), height: side(300) }),
            fc.constantFrom(
                { width: 320, height: 240 },
                { width: 800, height: 600 },
                { width: 0, height: 0 }
            )
        )
    ),
    binning,
    format: left(fc.integer({ min: 0, max: 4 })),
    fps: left(
        mostly(
            fc.integer({ min: 0, max: 500 }),
            fc.oneof(fc.double(), fc.constantFrom(0.01, -1, NaN, Infinity))
        )
    ),
    strategy: left(mostly(fc.integer({ min: 0, max: 5 }), fc.constant(9))),
    timing: left(mostly(fc.integer({ min: 0, max: 2 }), fc.constant(3))),
    buffers: left(
        mostly(fc.integer({ min: 0, max: 5 }), fc.constantFrom(-1, NaN, 1.5))
    ),
    ramBytes: left(
        fc.oneof(
            fc.integer({ min: 0, max: 200_000 }),
            fc.constantFrom(0, 48_399, 48_400, NaN)
        )
    ),
    batchRows: left(
        mostly(fc.integer({ min: 0, max: 64 }), fc.constantFrom(256, -1, 2.5))
    ),
})

/** Simple ones, so that most of them are possible. */
const modest: fc.Arbitrary<CaptureRequest> = fc.record({
    window: fc.record({
        width: fc.integer({ min: 1, max: 320 }),
        height: fc.integer({ min: 1, max: 240 }),
        x: left(fc.integer({ min: 0, max: 432 })),
        y: left(fc.integer({ min: 0, max: 239 })),
    }),
    binning,
    fps: left(fc.integer({ min: 1, max: 500 })),
    timing: left(fc.integer({ min: 0, max: 2 })),
    buffers: left(fc.integer({ min: 0, max: 4 })),
})

/** 397 x 401 words: two primes, which no equal transfers make but those of single rows. */
const primes = fc.record<CaptureRequest>({
    window: fc.constant({ width: 1588, height: 401 }),
    strategy: fc.constantFrom(0, 3),
})

const anything = fc.oneof(
    { weight: 25, arbitrary: requests },
    { weight: 25, arbitrary: modest },
    { weight: 1, arbitrary: primes }
)

const sensors = fc.constantFrom<SensorLimits>(MT9V034_LIMITS, OV2640_LIMITS)

const boards: fc.Arbitrary<BoardLimits> = fc.record({
    xclkHz: mostly(fc.constant(24_000_000), fc.constant(26_660_000)),
    frameMemoryBytes: fc.constantFrom(0, 79_616, 188_416, 4_000_000),
    ramBytes: fc.constant(8_000_000),
})

const attempt = (make: () => CapturePlan): CapturePlan | PlanError => {
    try {
        return make()
    } catch (error) {
        // Any other error is a mistake of the planner, and fails the test.
        if (error instanceof PlanError) return error
        throw error
    }
}

describe(`${RUNS} random requests`, () => {
    it("are planned within every limit, or refused with one that they break", () => {
        const refusals = new RefusalChecker()
        let planned = 0
        let refused = 0
        fc.assert(
            fc.property(anything, sensors, boards, (request, sensor, board) => {
                const plan = attempt(() => planCapture(request, sensor, board))
                const given = { request, sensor: sensor.name, board }
                if (plan instanceof PlanError) {
                    refused++
                    expect(
                        refusals.contradictions(plan.message, given)
                    ).toEqual([])
                } else {
                    planned++
                    expect(brokenLimits(plan, given)).toEqual([])
                }
            }),
            { numRuns: RUNS, seed: 3 }
        )
        // Every refusal that there is was met, and neither half is there by chance only.
        expect(refusals.unseen()).toEqual([])
        expect(planned).toBeGreaterThan(RUNS / 5)
        expect(refused).toBeGreaterThan(RUNS / 5)
    })
})

describe("the strategy of the planner's own accord", () => {
    it("is the one with the fewest bytes on the bus that reaches the frame rate, then the one with fewer interrupts", () => {
        let compared = 0
        fc.assert(
            fc.property(anything, sensors, boards, (request, sensor, board) => {
                const wish = { ...request, strategy: undefined }
                if (request.format === 4) return
                const chosen = attempt(() => planCapture(wish, sensor, board))
                const all = [LINE, DCMI_CROP, SENSOR_WINDOW, ROWS_CROP]
                    .map(strategy =>
                        attempt(() =>
                            planStrategy(strategy, wish, sensor, board)
                        )
                    )
                    .filter(
                        (plan): plan is CapturePlan =>
                            !(plan instanceof PlanError)
                    )
                if (chosen instanceof PlanError) {
                    expect(all).toEqual([])
                    return
                }
                compared++
                const best = bestOf(all, wish.fps ?? 0)
                expect([chosen.busBytes, chosen.irqs]).toEqual([
                    best.busBytes,
                    best.irqs,
                ])
            }),
            { numRuns: RUNS, seed: 4 }
        )
        expect(compared).toBeGreaterThan(RUNS / 5)
    })

    it("is jpeg for a compressed frame", () => {
        const board = {
            xclkHz: 24_000_000,
            frameMemoryBytes: 188_416,
            ramBytes: 262_144,
        }
        const plan = planCapture(
            { format: 4, size: { width: 640, height: 480 } },
            OV2640_LIMITS,
            board
        )

        expect(plan.strategy).toBe(JPEG)
    })
})

/** The rule, by comparing all: 1 % is what whole rows and clocks may miss a frame rate by. */
function bestOf(plans: readonly CapturePlan[], fps: number): CapturePlan {
    const fastest = Math.max(...plans.map(({ timing }) => timing.fps))
    const enough = 0.99 * (fps > 0 ? Math.min(fps, fastest) : fastest)
    const [best] = plans
        .filter(({ timing }) => timing.fps >= enough)
        .sort((a, b) => a.busBytes - b.busBytes || a.irqs - b.irqs)
    return best!
}
