// SPDX-License-Identifier: MIT
// Plans for a sensor with a grid, a scaler, formats and an encoder.

import { describe, expect, it } from "vitest"
import { OV2640_LIMITS } from "../../../drivers/ov2640/timing.ts"
import type { BoardLimits } from "../../../src/plan/memory.ts"
import { planCapture } from "../../../src/plan/plan.ts"
import {
    PixelFormat,
    Strategy,
    type CaptureRequest,
} from "../../../protocol/capture.ts"

/** nucleo-f429zi with an OV2640 module. */
const BOARD: BoardLimits = {
    xclkHz: 24_000_000,
    frameMemoryBytes: 188_416,
    ramBytes: 262_144,
}

const plan = (request: CaptureRequest, board = BOARD) =>
    planCapture(request, OV2640_LIMITS, board)

describe("a window that is not on the sensor's grid", () => {
    it("is read on the grid, and the DCMI drops the rest", () => {
        expect(
            plan({ window: { width: 222, height: 33, x: 5, y: 7 } })
        ).toMatchObject({
            strategy: Strategy.SENSOR_WINDOW,
            // 222 pixels of one byte are no whole words.
            window: { x: 5, y: 7, width: 220, height: 33 },
            sensorWindow: { x: 5, y: 7, width: 220, height: 36 },
            crop: true,
            cwstrt: 0,
            cwsize: (32 << 16) | 219,
        })
    })

    it("keeps 222 pixels of two bytes: they are whole words", () => {
        const window = { width: 222, height: 32, x: 5, y: 7 }

        expect(plan({ window, format: PixelFormat.RGB565 })).toMatchObject({
            window,
            sensorWindow: { ...window, width: 224 },
            lineBytes: 444,
            crop: true,
            cwsize: (31 << 16) | 443,
        })
    })

    it("at the edge of the field is read from further left and above", () => {
        expect(
            plan({ window: { width: 4, height: 3, x: 1596, y: 1197 } })
        ).toMatchObject({
            sensorWindow: { x: 1560, y: 1168, width: 40, height: 32 },
            cwstrt: (29 << 16) | 36,
            cwsize: (2 << 16) | 3,
        })
    })

    it("starts on an even column where two pixels share their colours", () => {
        const window = { width: 40, height: 40, x: 5, y: 5 }
        const x = (format: PixelFormat) => plan({ window, format }).window.x

        expect(x(PixelFormat.YUV422)).toBe(4)
        expect(x(PixelFormat.RGB565)).toBe(5)
    })
})

describe("a scaled frame", () => {
    const half = {
        window: { width: 800, height: 600, x: 400, y: 300 },
        size: { width: 320, height: 240 },
    }

    it("is cut out of the field by the sensor", () => {
        expect(plan(half)).toMatchObject({
            sensorWindow: half.window,
            busWidthPx: 320,
            busHeightPx: 240,
            crop: false,
            busBytes: 76_800,
        })
    })

    it("is cut by the DCMI out of the whole field at the same scale", () => {
        expect(plan({ ...half, strategy: Strategy.DCMI_CROP })).toMatchObject({
            sensorWindow: { x: 0, y: 0, width: 1600, height: 1200 },
            busWidthPx: 640,
            busHeightPx: 480,
            cwstrt: (120 << 16) | 160,
            cwsize: (239 << 16) | 319,
            frameBytes: 76_800,
        })
    })

    it("has columns cut by the DCMI out of the sensor's rows", () => {
        expect(plan({ ...half, strategy: Strategy.ROWS_CROP })).toMatchObject({
            sensorWindow: { x: 0, y: 300, width: 1600, height: 600 },
            busWidthPx: 640,
            busHeightPx: 240,
            cwstrt: 160,
        })
    })

    it("is refused to the DCMI when the field has no whole pixels at that scale", () => {
        expect(() =>
            plan({
                window: { width: 700, height: 600, x: 400, y: 300 },
                size: { width: 320, height: 240 },
                strategy: Strategy.DCMI_CROP,
            })
        ).toThrow(
            "strategy dcmi-crop needs window 1600x1200+0+0 at the scale of 696x600+400+300 to 320x240"
        )
    })

    it("is never larger than its window", () => {
        expect(() =>
            plan({
                window: { width: 160, height: 120 },
                size: { width: 164, height: 120 },
            })
        ).toThrow("would be enlarged, the OV2640 only scales down")
    })
})

describe("a JPEG", () => {
    const field = { width: 1600, height: 1200 }
    const jpeg = (size: CaptureRequest["size"], more: CaptureRequest = {}) =>
        plan({ window: field, size, format: PixelFormat.JPEG, ...more })

    it("has a strategy of its own, without a crop", () => {
        expect(jpeg({ width: 640, height: 480 })).toMatchObject({
            strategy: Strategy.JPEG,
            format: PixelFormat.JPEG,
            crop: false,
            busBytes: 0,
            transfers: 1,
            irqs: 1,
        })
    })

    it("of the whole field gets all the memory that there is", () => {
        const { bufferBytes, buffers, lineBytes, lines } = jpeg(field)

        expect({ bufferBytes, buffers }).toEqual({
            bufferBytes: 188_416,
            buffers: 1,
        })
        expect(lineBytes * lines).toBe(bufferBytes)
    })

    it("never has a buffer that one transfer cannot count, however much memory there is", () => {
        const { frameBytes } = plan(
            { window: field, format: PixelFormat.JPEG },
            { ...BOARD, frameMemoryBytes: 4_000_000 }
        )

        expect(frameBytes / 4).toBeLessThanOrEqual(65_535)
        expect(frameBytes / 4).toBeGreaterThan(65_500)
    })

    it("is refused with one byte less than a frame of one colour has", () => {
        // 320 x 240 / 128 blocks of 20 bits = 1,500 bytes; 1,504 are a multiple of 16.
        const size = { width: 320, height: 240 }

        expect(jpeg(size, { ramBytes: 1504 }).bufferBytes).toBe(1504)
        expect(() => jpeg(size, { ramBytes: 1503 })).toThrow(
            "a JPEG of 320x240 has at least 1504 bytes; the request allows 1503 bytes for frames"
        )
        expect(() => jpeg(size, { ramBytes: 0 })).toThrow("allows 0 bytes")
    })

    it.each([
        Strategy.LINE,
        Strategy.DCMI_CROP,
        Strategy.SENSOR_WINDOW,
        Strategy.ROWS_CROP,
    ])("is refused to strategy %i, which drops pixels", strategy => {
        expect(() => jpeg(field, { strategy })).toThrow(
            /drops pixels, and a JPEG has none any more .*take strategy jpeg$/
        )
    })

    it("is refused when the request wants another format", () => {
        expect(() =>
            plan({ strategy: Strategy.JPEG, format: PixelFormat.RGB565 })
        ).toThrow("strategy jpeg sends jpeg, the request wants rgb565")
    })
})

describe("the clock", () => {
    it("that the MT9V034's module has is too fast", () => {
        expect(() =>
            plan(
                { size: { width: 320, height: 240 } },
                { ...BOARD, xclkHz: 26_660_000 }
            )
        ).toThrow("XVCLK is 26660000 Hz, the OV2640 takes 6000000..24000000 Hz")
    })
})
