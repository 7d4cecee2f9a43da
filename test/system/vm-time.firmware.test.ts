// SPDX-License-Identifier: MIT
// A handler that is too slow is too slow in the simulator too: programs of rising cost, there and on the emulated board.

import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { projectRoot } from "../../toolchain/paths.ts"
import {
    emulatedVerdict,
    FPS,
    simulatedVerdict,
} from "../support/system/vm-costs.ts"

const FOLDER = "test/system/programs/costs"
const FRAME_MS = 1000 / FPS
/** A program that is nearer to a frame's time would be judged by chance. */
const CLEAR_OF_FRAME = 0.15
/** Between the delivered frames of the two. */
const DELIVERED_TOLERANCE = 0.1

const programs = readdirSync(join(projectRoot, FOLDER)).sort()

describe("a handler's cost", () => {
    it("rises from nothing to three frames' time in twelve programs", () => {
        expect(programs).toHaveLength(12)
    })

    it.each(programs)(
        "is the same verdict on the emulated board: %s",
        async name => {
            const simulated = await simulatedVerdict(`${FOLDER}/${name}`)
            const emulated = await emulatedVerdict(`${FOLDER}/${name}`)

            if (process.env["CAMSCRIPT_SHOW_COSTS"])
                console.log(name, JSON.stringify({ simulated, emulated }))
            expect(
                Math.abs(simulated.vmMsPerFrame / FRAME_MS - 1)
            ).toBeGreaterThan(CLEAR_OF_FRAME)
            expect(simulated.verdict).toBe(emulated.verdict)
            const difference = simulated.delivered - emulated.delivered
            expect(Math.abs(difference)).toBeLessThanOrEqual(
                DELIVERED_TOLERANCE * emulated.delivered
            )
        }
    )
})
