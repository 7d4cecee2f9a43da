// SPDX-License-Identifier: MIT
// Where a run of the emulated board ends.

import { expect, it } from "vitest"
import { LinkRig } from "../support/system/link-rig.ts"

/** A whole number of cycles at 180 MHz. */
const STEP_NS = 50_000
const STEPS = 20_000
/** Times are doubles: the later, the coarser. */
const START_NS = 2.4e9

it("runs to the whole ns that is nearest to the end, however the end was computed", async () => {
    const { board } = await LinkRig.create("nucleo-f446re")
    let endNs = START_NS
    board.run({ seconds: START_NS / 1e9 })
    let least = Infinity
    for (let step = 1; step <= STEPS; step++) {
        endNs += STEP_NS
        // As a sum of seconds comes out.
        board.run({ seconds: (endNs - 2e-6) / 1e9 })
        least = Math.min(least, Math.round(board.seconds * 1e9) - endNs)
    }
    board.close()

    expect(least).toBeGreaterThanOrEqual(0)
})
