// SPDX-License-Identifier: MIT
// Plans for the memory of a display: who is refused, and with which sum.

import { describe, expect, it } from "vitest"
import { MT9V034_LIMITS } from "../../../drivers/mt9v034/timing.ts"
import { OV2640_LIMITS } from "../../../drivers/ov2640/timing.ts"
import { type SensorLimits } from "../../../drivers/sensor-limits.ts"
import type { BoardLimits } from "../../../src/plan/memory.ts"
import { PlanError } from "../../../src/plan/plan-error.ts"
import { planCapture } from "../../../src/plan/plan.ts"
import {
    PixelFormat,
    Strategy,
    type DisplayRequest,
    type CaptureRequest,
} from "../../../protocol/capture.ts"

/** nucleo-f429zi. */
const BOARD: BoardLimits = {
    xclkHz: 26_660_000,
    frameMemoryBytes: 188_416,
    ramBytes: 262_144,
}
const LCD: DisplayRequest = { base: 0, widthPx: 240, heightPx: 320 }

const plan = (
    changes: CaptureRequest = {},
    display: Partial<DisplayRequest> = {},
    limits: SensorLimits = MT9V034_LIMITS
) =>
    planCapture(
        {
            window: { width: 220, height: 220 },
            display: { ...LCD, ...display },
            ...changes,
        },
        limits,
        limits === MT9V034_LIMITS ? BOARD : { ...BOARD, xclkHz: 24_000_000 }
    )

describe("a plan for a display", () => {
    it("is strategy line, with the window's bytes on the bus and the display as every buffer", () => {
        expect(plan()).toMatchObject({
            strategy: Strategy.LINE,
            format: PixelFormat.GRAY8,
            lineBytes: 220,
            lines: 220,
            cwstrt: 264,
            skipBytes: 2,
            skipRows: 130,
            batchRows: 0,
            buffers: 3,
            bufferBytes: 153_600,
        })
    })

    it.each([Strategy.DCMI_CROP, Strategy.SENSOR_WINDOW, Strategy.ROWS_CROP])(
        "refuses strategy %i with the reason",
        strategy => {
            expect(() => plan({ strategy })).toThrow(PlanError)
            expect(() => plan({ strategy })).toThrow(
                /fills frame buffers; only line puts rows into the memory of a display/
            )
        }
    )

    it("refuses batches of rows", () => {
        expect(() => plan({ batchRows: 8 })).toThrow(
            "a display takes frames, the request wants batches of 8 rows"
        )
    })

    it("takes gray8 and rgb565 of an OV2640, and no yuv422", () => {
        const format = PixelFormat.RGB565
        const request = { window: { width: 240, height: 60 }, format }
        expect(plan(request, {}, OV2640_LIMITS)).toMatchObject({
            format,
            lineBytes: 480,
        })
        expect(() =>
            plan({ ...request, format: PixelFormat.YUV422 }, {}, OV2640_LIMITS)
        ).toThrow("a display takes gray8 or rgb565, the request wants yuv422")
    })

    it.each([
        [{ width: 244, height: 220 }, "window 244x220 does not fit"],
        [{ width: 220, height: 321 }, "window 220x321 does not fit"],
    ])("refuses a window of %o, which is larger", (window, message) => {
        expect(() => plan({ window })).toThrow(message)
    })

    it.each([
        [{ base: 2 }, "base 2 and stride 480 are not multiples of 4"],
        [{ base: -4 }, "base -4 and stride 480"],
        [{ strideBytes: 482 }, "base 0 and stride 482"],
        [{ strideBytes: 476 }, "stride 476 is not in 480..16383"],
        [{ heightPx: 16_384 }, "or there are more rows"],
    ])("refuses %o", (display, message) => {
        expect(() => plan({}, display)).toThrow(message)
    })

    it("fills the frame memory to the byte, but for the two rows", () => {
        // 188,416 - 2 x 488 - 153,600
        expect(plan({}, { base: 33_840 }).bufferBytes).toBe(153_600)
        expect(() => plan({}, { base: 33_844 })).toThrow(
            "display 240x320 needs 480 x 320 = 153600 bytes from byte 33844 on; the board has 187440 bytes of frame memory"
        )
    })

    it("keeps below the user's own limit", () => {
        expect(plan({ ramBytes: 153_600 }).bufferBytes).toBe(153_600)
        expect(() => plan({ ramBytes: 153_599 })).toThrow(
            "the request allows 153599 bytes"
        )
    })

    it("takes memory of the display's own at any address", () => {
        const base = 0xd000_0000
        const own = plan({}, { base, widthPx: 800, heightPx: 480 })
        expect(own.display).toMatchObject({ base })
        expect(own.bufferBytes).toBe(768_000)
    })
})
