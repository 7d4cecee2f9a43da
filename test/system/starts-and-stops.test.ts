// SPDX-License-Identifier: MIT
// Hundreds of starts and stops: the VM's heap is as large as after the first ones, and frames come.

import { expect, it } from "vitest"
import { CableRig } from "../support/system/cable-rig.ts"

/** Run until the program has printed a line, then a little on. */
function runUntil(rig: CableRig, line: string): void {
    for (let turn = 0; turn < 6000 && !rig.console.includes(line); turn++)
        rig.run(0.05)
    expect(rig.console).toContain(line)
}

/** `npm run test:long` makes as many as a user in a year. */
const COUNTS =
    process.env["CAMSCRIPT_LONG_TESTS"] === "1" ? [300, 10_000] : [300]

it.each(COUNTS)(
    "%i starts and stops leak nothing, and frames come afterwards",
    async count => {
        const rig = await CableRig.boot({
            app: "test/system/programs/starts-and-stops.ts",
            request: { exposureUs: count },
        })
        runUntil(rig, "warm")
        const warm = rig.simulation.measureHeap()!
        runUntil(rig, "done")
        const before = rig.frames.length
        rig.run(0.5)
        const after = rig.simulation.measureHeap()!

        expect(rig.frames.length - before).toBeGreaterThan(50)
        // Not more than what one transfer or one waiting fiber takes.
        expect(after.usedBytes - warm.usedBytes).toBeLessThan(200)
        expect(rig.simulation.record.counters()).toMatchObject({
            pixelErrors: 0,
            torn: 0,
            lost: 0,
        })
    },
    600_000
)
