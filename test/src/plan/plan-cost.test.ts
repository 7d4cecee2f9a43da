// SPDX-License-Identifier: MIT
// What plans cost the CPU, against sums written out.

import { describe, expect, it } from "vitest"
import { MT9V034_LIMITS } from "../../../drivers/mt9v034/timing.ts"
import { OV2640_LIMITS } from "../../../drivers/ov2640/timing.ts"
import { type SensorLimits } from "../../../drivers/sensor-limits.ts"
import { captureCost } from "../../../src/plan/cost.ts"
import { planStrategy } from "../../../src/plan/plan.ts"
import {
    PixelFormat,
    Strategy,
    TimingMode,
    type CaptureRequest,
} from "../../../protocol/capture.ts"

const HCLK_HZ = 180_000_000
const XCLK_HZ = 26_660_000

function cost(
    strategy: Strategy,
    request: CaptureRequest = {},
    sensor: SensorLimits = MT9V034_LIMITS,
    xclkHz = XCLK_HZ
) {
    const plan = planStrategy(
        strategy,
        {
            window: { width: 220, height: 220 },
            timing: TimingMode.DEFAULT,
            ...request,
        },
        sensor,
        { xclkHz, frameMemoryBytes: 2_000_000, ramBytes: 2_000_000 }
    )
    const { fps } = plan.timing
    return { fps, ...captureCost(plan, { hclkHz: HCLK_HZ, xclkHz }) }
}

describe("a sensor window", () => {
    it("costs one interrupt per frame: 33 instructions, 22 cycles in and out", () => {
        const { fps, irqsPerSecond, cpuShare } = cost(Strategy.SENSOR_WINDOW)

        expect(irqsPerSecond).toBeCloseTo(fps, 9)
        expect(cpuShare).toBeCloseTo((fps * (33 + 22)) / HCLK_HZ, 12)
    })

    it("reaches the program after one interrupt and 50,000 instructions", () => {
        const { latencyUs } = cost(Strategy.SENSOR_WINDOW)

        expect(latencyUs).toBeCloseTo((22 + 33 + 50_000) / 180, 6)
    })

    it("over 65,535 words costs an interrupt for each transfer more", () => {
        const whole = { window: { width: 752, height: 480 } }
        const { fps, irqsPerSecond } = cost(Strategy.SENSOR_WINDOW, whole)

        expect(irqsPerSecond / fps).toBeCloseTo(3, 9)
    })
})

describe("a DCMI crop", () => {
    it("costs VSYNC more", () => {
        const { fps, irqsPerSecond, cpuShare } = cost(Strategy.DCMI_CROP)

        expect(irqsPerSecond / fps).toBeCloseTo(2, 9)
        expect(cpuShare).toBeCloseTo((fps * (33 + 12 + 2 * 22)) / HCLK_HZ, 12)
    })
})

describe("line mode", () => {
    it.each([
        ["the last two, whose ends have no row to lie over", 264, 2, 2.6],
        ["the last two", 268, 2, 2.6],
        ["the last one", 332, 1, 2.6],
        ["none at the end of the rows", 532, 0, 2.6],
        ["each, from an address that is no multiple of 4", 265, 220, 3.5],
    ])(
        "costs an interrupt for each row of the sensor, and copies %s: column %i",
        (_, x, copied, cyclesPerWord) => {
            const window = { width: 220, height: 220, x, y: 130 }
            const { fps, irqsPerSecond, cpuShare } = cost(Strategy.LINE, {
                window,
            })

            expect(irqsPerSecond / fps).toBeCloseTo(481, 9)
            const copies = copied * 55 * cyclesPerWord
            expect(cpuShare).toBeCloseTo(
                (fps * (33 + 22 + 480 * (17 + 22) + copies)) / HCLK_HZ,
                9
            )
        }
    )

    it("costs a copy of each wanted row into a ring of batches", () => {
        const window = { width: 220, height: 220, x: 532, y: 130 }
        const frame = cost(Strategy.LINE, { window })
        const ring = cost(Strategy.LINE, { window, batchRows: 10 })

        expect(ring.cpuShare - frame.cpuShare).toBeCloseTo(
            (ring.fps * 220 * 55 * 2.6) / HCLK_HZ,
            9
        )
    })

    it("copies nothing when whole rows go to a frame, but to a ring of batches", () => {
        const window = { width: 752, height: 100 }
        const frame = cost(Strategy.LINE, { window })
        const ring = cost(Strategy.LINE, { window, batchRows: 10 })

        expect(frame.cpuShare).toBeCloseTo(
            (frame.fps * (33 + 22 + 480 * 39)) / HCLK_HZ,
            9
        )
        expect(ring.cpuShare).toBeGreaterThan(frame.cpuShare)
    })

    it("waits for the sensor's last row", () => {
        const bottom = { width: 752, height: 100, x: 0, y: 380 }
        const top = { ...bottom, y: 0 }
        const late = cost(Strategy.LINE, { window: top }).latencyUs!
        const soon = cost(Strategy.LINE, { window: bottom }).latencyUs!

        // 380 rows of 846 clocks.
        expect(late - soon).toBeCloseTo((380 * 846) / 26.66, 3)
        expect(soon).toBeCloseTo(cost(Strategy.SENSOR_WINDOW).latencyUs!, 6)
    })
})

describe("a JPEG", () => {
    it("ends when the image wants", () => {
        const { fps, latencyUs, irqsPerSecond } = cost(
            Strategy.JPEG,
            {
                window: { width: 1600, height: 1200 },
                size: { width: 320, height: 240 },
                format: PixelFormat.JPEG,
            },
            OV2640_LIMITS,
            24_000_000
        )

        expect(latencyUs).toBeUndefined()
        expect(irqsPerSecond).toBe(fps)
    })
})
