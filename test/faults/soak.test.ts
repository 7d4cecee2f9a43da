// SPDX-License-Identifier: MIT
// A long capture on each strategy with a random fault in every 100 frames of the sensor: nothing wrong is handed over but where no
// register tells, it is always right again, and each frame of the sensor is counted in one place.

import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { FAULT_CASES } from "../support/faults/fault-cases.ts"
import { faultySimulation } from "../support/faults/fault-cell.ts"
import { applies } from "../support/faults/fault-table-text.ts"
import { soak } from "../support/faults/soak.ts"
import { FAULTY_CAPTURES } from "../support/faults/strategies.ts"

const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
/** `npm test`: 50,400 in all. */
const FRAMES = LONG ? 200_000 : 7200
const FAULT_EVERY = 100
/** What the list of faults keeps, and the compiler's growth while it optimizes. */
const BYTES_PER_FRAME_MAX = 100
/** The simulator does not start a program again. */
const CASES = FAULT_CASES.filter(({ name }) => !name.startsWith("program-"))

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

function heapBytes(): number {
    collect()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
}

describe("a fault in every 100 frames", () => {
    it.each(FAULTY_CAPTURES.map(capture => [capture.name, capture] as const))(
        "%s",
        async (name, capture) => {
            const { simulation, truth } = await faultySimulation(
                capture,
                1,
                [],
                () => {}
            )
            simulation.run({ seconds: 0.5 })
            const fps = simulation.record.measuredFps()!
            let settledBytes = 0
            const { problems, frames, faults } = soak({
                machine: simulation,
                truth,
                capture: name,
                cases: CASES.filter(fault => applies(fault, capture)),
                seed: 1,
                frames: FRAMES,
                everyS: FAULT_EVERY / fps,
                after: done => {
                    if (settledBytes === 0 && done > FRAMES / 2)
                        settledBytes = heapBytes()
                },
            })

            expect(problems).toEqual([])
            expect(frames).toBeGreaterThanOrEqual(FRAMES)
            expect(faults).toBeGreaterThan((0.9 * FRAMES) / FAULT_EVERY)
            if (LONG)
                expect(heapBytes() - settledBytes).toBeLessThan(
                    (BYTES_PER_FRAME_MAX * FRAMES) / 2
                )
        },
        LONG ? 3_600_000 : undefined
    )
})
