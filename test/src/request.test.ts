// SPDX-License-Identifier: MIT
// From the request block to a capture request.

import { describe, expect, it } from "vitest"
import type { RequestBlock } from "../../drivers/grabber/blocks.ts"
import { requestFrom } from "../../src/request.ts"

const NOTHING: RequestBlock = {
    x: 0xffff,
    y: 0xffff,
    width: 0,
    height: 0,
    fpsMillihz: 0,
    strategy: 0,
    format: 0,
    buffers: 0,
    quality: 0,
    ramBytes: 0,
    timing: 0,
    sensor: 0,
    testPattern: 0,
    flags: 0,
    exposureUs: 0,
    gainX16: 0,
    sizeWidth: 0,
    sizeHeight: 0,
}

describe("request block", () => {
    it("without a size asks for no window", () => {
        expect(requestFrom(NOTHING).window).toBeUndefined()
    })

    it("leaves the position out when the window is to be centred", () => {
        const { window } = requestFrom({ ...NOTHING, width: 220, height: 100 })

        expect(window).toEqual({
            width: 220,
            height: 100,
            x: undefined,
            y: undefined,
        })
    })

    it("has positions of 0 and 65,534", () => {
        const { window } = requestFrom({
            ...NOTHING,
            width: 4,
            height: 4,
            x: 0,
            y: 0xfffe,
        })

        expect(window).toMatchObject({ x: 0, y: 0xfffe })
    })

    it("with one size of zero asks for a window without pixels, which the planner refuses", () => {
        expect(requestFrom({ ...NOTHING, height: 10 }).window).toMatchObject({
            width: 0,
            height: 10,
        })
    })

    it("of 0 bytes for frames asks for no limit", () => {
        expect(requestFrom(NOTHING).ramBytes).toBeUndefined()
        expect(requestFrom({ ...NOTHING, ramBytes: 1 }).ramBytes).toBe(1)
    })

    it("has the size of a scaled picture only when it is asked for", () => {
        expect(requestFrom(NOTHING).size).toBeUndefined()
        expect(
            requestFrom({ ...NOTHING, sizeWidth: 320, sizeHeight: 240 }).size
        ).toEqual({ width: 320, height: 240 })
    })

    it("has the format", () => {
        expect(requestFrom({ ...NOTHING, format: 4 }).format).toBe(4)
    })

    it("has frame rate in thousandths and gain in sixteenths", () => {
        const request = requestFrom({
            ...NOTHING,
            fpsMillihz: 119_500,
            gainX16: 33,
            exposureUs: 3000,
        })

        expect(request).toMatchObject({
            fps: 119.5,
            gain: 2.0625,
            exposureUs: 3000,
        })
    })

    it("has strict settling in bit 0 of its flags", () => {
        expect(requestFrom({ ...NOTHING, flags: 1 }).strictSettling).toBe(true)
        expect(requestFrom({ ...NOTHING, flags: 2 }).strictSettling).toBe(false)
    })
})
