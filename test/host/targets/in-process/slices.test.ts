// SPDX-License-Identifier: MIT
// Signals and slices of virtual time.

import { setImmediate } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { interruptible } from "../../../../host/interruption.ts"
import {
    runInSlices,
    type SliceHooks,
} from "../../../../host/targets/in-process/slices.ts"

const SIGNALLED_SLICE = 3
const done = () => false

/** Runs slices that are over at once, and says how many. */
class Machine {
    seconds = 0
    slices = 0

    constructor(private readonly work: (slice: number) => void = () => {}) {}

    run({ seconds = 0 }: { seconds?: number }): void {
        this.seconds = seconds
        this.work(++this.slices)
    }
}

const run = (machine: Machine, hooks: Omit<SliceHooks, "signal">) =>
    interruptible(signal =>
        runInSlices(machine, { seconds: 1000 }, { ...hooks, signal })
    )

describe.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
] as const)("%s", (name, exitCode) => {
    const send = () => process.kill(process.pid, name)

    it("within a slice ends the run soon after it", async () => {
        const machine = new Machine(slice => {
            if (slice === SIGNALLED_SLICE) send()
        })

        await expect(run(machine, { done })).rejects.toMatchObject({ exitCode })
        expect(machine.slices).toBeGreaterThanOrEqual(SIGNALLED_SLICE)
    })

    it("between two slices ends the run soon", async () => {
        const machine = new Machine()

        const ended = run(machine, {
            done,
            afterSlice: async () => {
                await setImmediate()
                if (machine.slices === SIGNALLED_SLICE) send()
            },
        })

        await expect(ended).rejects.toMatchObject({ exitCode })
        expect(machine.slices).toBeGreaterThanOrEqual(SIGNALLED_SLICE)
    })
})
