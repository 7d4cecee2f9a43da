// SPDX-License-Identifier: MIT

import { describe, expect, it } from "vitest"
import { candidates } from "../../../../host/commands/compare/candidates.ts"
import { readBoard } from "../../../../boards/board-file.ts"
import {
    PixelFormat,
    type CaptureRequest,
} from "../../../../protocol/capture.ts"

const WINDOW = { width: 220, height: 220 }

function ofMt9v034(request: CaptureRequest) {
    return candidates(request, readBoard("nucleo-f446re"))
}

function reasons(request: CaptureRequest): string[] {
    return ofMt9v034(request).rejected.map(({ reason }) => reason)
}

describe("the strategies that are compared", () => {
    it("are all but JPEG on a MT9V034", () => {
        const { possible, rejected } = ofMt9v034({ window: WINDOW })

        expect(possible).toEqual([
            "line",
            "dcmi-crop",
            "sensor-window",
            "rows+crop",
        ])
        expect(rejected).toHaveLength(1)
        expect(rejected[0]!.strategy).toBe("jpeg")
        expect(rejected[0]!.reason).toMatch(/encoder.*MT9V034/)
    })

    it("are JPEG alone for the whole field of an OV2640", () => {
        const board = readBoard("nucleo-f429zi", "ov2640")

        const { possible, rejected } = candidates({}, board)

        expect(possible).toEqual(["jpeg"])
        // 1600 x 1200
        for (const { reason } of rejected) expect(reason).toMatch(/1920000/)
    })

    it("are those that can send the format", () => {
        const board = readBoard("nucleo-f429zi", "ov2640")
        const size = { width: 160, height: 120 }

        const { possible } = candidates(
            { size, format: PixelFormat.RGB565 },
            board
        )

        expect(possible).toContain("sensor-window")
        expect(possible).not.toContain("jpeg")
    })
})

describe("the reason against a strategy", () => {
    it("has the sum when the window does not fit into memory", () => {
        expect(reasons({ window: { width: 360, height: 360 } }).join()).toMatch(
            /129600.*79360/
        )
    })

    it("is the user's own limit when that is smaller", () => {
        expect(reasons({ window: WINDOW, ramBytes: 48_399 }).join()).toMatch(
            /48400.*48399/
        )
    })

    it("names the side on which the window leaves the field", () => {
        const window = { width: 220, height: 220, x: 600, y: 0 }

        expect(reasons({ window }).join()).toMatch(/820.*752/)
    })
})
