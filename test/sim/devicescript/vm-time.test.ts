// SPDX-License-Identifier: MIT
// What the VM's work is counted as, and when its time passes.

import { describe, expect, it } from "vitest"
import { eachVmWork } from "../../../boards/vm-cycles.ts"
import { cyclesOf } from "../../../sim/devicescript/work-counter.ts"
import { Machine } from "../../support/devicescript/machine.ts"

/** A machine whose VM takes 1 us for an operation, and nothing for other work. */
async function slowMachine(name: string): Promise<Machine> {
    const machine: Machine = await Machine.boot(name, {
        cpu: {
            hclkHz: 1e9,
            cycles: { ...eachVmWork(0), operation: 1000 },
            spend: ns => {
                machine.spentNs += ns
                machine.nowUs = Math.floor(machine.spentNs / 1000)
            },
        },
    })
    return machine
}

describe("the VM's work", () => {
    it("is counted by kind", async () => {
        const machine = await Machine.boot("counted")
        machine.run(2)
        const before = { ...machine.vm.work }
        machine.run(8)
        const { operation, format, turn } = machine.vm.work

        expect(machine.console).toEqual(["sum 499500"])
        // A comparison and a jump back, i and sum loaded and stored: 9 operations at least, for each i.
        expect(before.operation).toBeGreaterThan(9000)
        expect(before.operation).toBeLessThan(20_000)
        expect(operation - before.operation).toBeLessThan(100)
        expect(format).toBe(1)
        expect(turn - before.turn).toBeGreaterThanOrEqual(8)
    })

    it("is the same for the same program", async () => {
        const counts = []
        for (let run = 0; run < 2; run++) {
            const machine = await Machine.boot("counted")
            machine.run(10)
            counts.push({ ...machine.vm.work })
        }

        expect(counts[0]).toEqual(counts[1])
    })

    it("takes the time of its operations", async () => {
        const machine = await slowMachine("counted")
        machine.nowUs = 1000
        machine.spentNs = 1e6
        machine.vm.process()

        expect(machine.spentNs - 1e6).toBe(machine.vm.work.operation * 1000)
    })

    it("costs what the rates say", () => {
        expect(
            cyclesOf(
                { ...eachVmWork(0), operation: 10, call: 2, i2cByte: 5 },
                { ...eachVmWork(1), operation: 200, call: 300 }
            )
        ).toBe(2605)
    })
})
