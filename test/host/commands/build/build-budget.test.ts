// SPDX-License-Identifier: MIT
// What `camscript build` counts as frame buffers: those of the default program when nothing else is asked for.

import { describe, expect, it } from "vitest"
import { frameBuffers } from "../../../../host/commands/build/build-report.ts"
import { UsageError } from "../../../../protocol/errors.ts"
import { readBoard } from "../../../../boards/board-file.ts"
import { simulate } from "../../../../sim/testing.ts"
import { DEFAULT_REQUESTS } from "../../../../toolchain/devicescript/default-program.ts"

describe("frame buffers of a build for the OV2640", () => {
    const board = readBoard("nucleo-f446re", "ov2640")

    it("are those that the default program then takes", async () => {
        const planned = frameBuffers(board, DEFAULT_REQUESTS.ov2640)
        const { mode } = await simulate({ sensor: "ov2640", frames: 1 })

        expect(mode!.format).toBe("jpeg")
        expect(planned).toEqual({
            buffers: mode!.buffers,
            bytes: mode!.frameBufferBytes,
        })
    })

    it("are refused with the sum when a window is asked for that does not fit", () => {
        expect(() =>
            frameBuffers(board, { window: { width: 800, height: 600 } })
        ).toThrow(UsageError)
    })
})
