// SPDX-License-Identifier: MIT
// Which JPEG frames are decoded when decoding takes time.

import { beforeEach, describe, expect, it } from "vitest"
import { compileJpeg } from "../support/native/jpeg-checker.ts"

const NO_LIMIT = 0xffffffff
const BYTES = 16_000
const COST_US = 6_000

describe("the budget for decoding JPEG frames", () => {
    let nowUs: number
    let affordable: (bytes: number, first: number, limitUs: number) => number
    let decoded: (bytes: number, fromUs: number, whole: number) => void

    beforeEach(async () => {
        nowUs = 0xffff_0000 // the counter wraps on the way
        const module = await compileJpeg()
        const nothing = new Proxy({}, { get: () => () => 0 })
        const { exports } = new WebAssembly.Instance(module, {
            env: {
                memory: new WebAssembly.Memory({
                    initial: 8200,
                    maximum: 8200,
                }),
            },
            mmio: nothing as WebAssembly.ModuleImports,
            port: new Proxy(
                {},
                { get: (_, name) => () => (name === "now_us" ? nowUs | 0 : 0) }
            ) as WebAssembly.ModuleImports,
        })
        affordable = exports["cam_jpeg_affordable"] as typeof affordable
        decoded = exports["cam_jpeg_decoded"] as typeof decoded
    })

    /** Frames one after the other; returns how many were decoded. */
    function take(
        frames: number,
        periodUs: number,
        costUs: number,
        limitUs = NO_LIMIT,
        whole = true
    ): number {
        let count = 0
        for (let i = 0; i < frames; i++) {
            const startUs = nowUs
            if (affordable(BYTES, i === 0 ? 1 : 0, limitUs) !== 0) {
                count++
                nowUs += costUs
                decoded(BYTES, startUs, whole ? 1 : 0)
            }
            nowUs = (startUs + periodUs) >>> 0
        }
        return count
    }

    it("is no matter where decoding takes no time", () => {
        expect(take(100, 10, 0)).toBe(100)
    })

    it("takes all frames that come seldom", () => {
        expect(take(100, COST_US * 7, COST_US)).toBe(100)
    })

    it("takes 15 % of the time when they come often", () => {
        const frames = 1000
        const share =
            (take(frames, COST_US, COST_US) * COST_US) / (frames * COST_US)
        expect(share).toBeLessThanOrEqual(0.15)
        expect(share).toBeGreaterThan(0.12)
    })

    it("counts frames that turn out to be broken", () => {
        take(1, COST_US * 10, COST_US)
        const count = take(1000, COST_US, COST_US, NO_LIMIT, false)
        expect(count / 1000).toBeLessThanOrEqual(0.15)
        expect(count / 1000).toBeGreaterThan(0.12)
    })

    it("takes the first frame only when decoding is longer than it may be", () => {
        expect(take(100, 1_000_000, COST_US, COST_US / 2)).toBe(1)
        expect(take(100, 1_000_000, COST_US, COST_US * 2)).toBe(100)
    })
})
