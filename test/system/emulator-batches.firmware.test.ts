// SPDX-License-Identifier: MIT
// Batches of rows on the emulated board, with a program that is too slow for them: some are dropped, none is wrong.

import { expect, it } from "vitest"
import { prepareEmulation } from "../../host/targets/in-process/prepare-emulation.ts"
import { readBoard } from "../../boards/board-file.ts"
import type { CapturedFrame } from "../../sim/observe/capture.ts"
import { runOptions } from "../support/system/link-rig.ts"

const BATCHES = 80

it("delivers what the sensor sent in each batch, also in a frame's first", async () => {
    const batches: CapturedFrame[] = []
    const board = await prepareEmulation(
        runOptions("nucleo-f446re", {
            request: {},
            // Each frame differs from the others everywhere.
            scene: "noise:moving",
            app: "test/system/programs/busy-batches.ts",
        }),
        readBoard("nucleo-f446re", "mt9v034"),
        { onFrame: batch => batches.push(batch) }
    )
    try {
        board.run({ frames: BATCHES })

        const { pixelErrors, torn, dropped, overruns } = board.record.counters()
        expect({ pixelErrors, torn, overruns }).toEqual({
            pixelErrors: 0,
            torn: 0,
            overruns: 0,
        })
        expect(dropped).toBeGreaterThan(0)
        const first = batches.filter(({ firstRow }) => firstRow === 0)
        expect(first.length).toBeGreaterThan(2)
    } finally {
        board.close()
    }
})
