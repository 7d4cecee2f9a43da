// SPDX-License-Identifier: MIT
// WFE, SEV, SLEEPONEXIT, SysTick by polling, late arrival.

import { afterEach, describe, expect, it } from "vitest"
import type { EmulatedChip } from "../../support/cortex-m/emulated-chip.ts"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

function start(which: number): EmulatedChip {
    const emulated = boot("events")
    const address = emulated.elf.symbols.address("which")
    new DataView(emulated.memory.buffer).setUint32(address, which, true)
    return emulated
}

describe("WFE", () => {
    it("goes on after SEV, then sleeps until the next event", () => {
        const emulated = start(0)

        emulated.mcu.run(1e6)

        expect(emulated.word("steps")).toBe(1)
        expect(emulated.clock.nowNs).toBe(1e6)
    })

    it("wakes from an exception that is taken", () => {
        const emulated = start(3)

        emulated.mcu.run(0.15e6)

        expect(emulated.word("ticks")).toBe(1)
        expect(emulated.word("steps")).toBe(1)
    })
})

describe("SLEEPONEXIT", () => {
    it("keeps the thread asleep after each handler", () => {
        const emulated = start(1)

        emulated.mcu.run(1.05e6)

        expect(emulated.word("ticks")).toBe(10)
        expect(emulated.word("steps")).toBe(0)
    })
})

describe("SysTick without its interrupt, by HCLK/8", () => {
    it("shows COUNTFLAG after LOAD + 1 counts, and the counter runs on", () => {
        const emulated = start(2)
        let doneNs = 0

        for (let ns = 1000; ns < 100_000 && doneNs === 0; ns += 1000) {
            emulated.mcu.run(ns)
            if (emulated.word("steps") === 1) doneNs = ns
        }

        // 1000 counts of 8 cycles at 180 MHz: 44.4 us.
        expect(doneNs).toBeGreaterThanOrEqual(44_000)
        expect(doneNs).toBeLessThanOrEqual(47_000)
        // About 300 cycles later.
        expect(emulated.word("val_seen")).toBeGreaterThan(940)
        expect(emulated.word("val_seen")).toBeLessThan(980)
        expect(emulated.word("ticks")).toBe(0)
    })
})

describe("a late arrival", () => {
    it("comes first when it is more urgent, though the other's frame was begun for", () => {
        const emulated = start(4)
        emulated.mcu.run(50_000)
        expect(emulated.word("marker")).toBe(1)
        // The tick wakes the CPU at its event; 30 ns later, within the 12 cycles of entry (67 ns), comes interrupt 0.
        const tickNs = emulated.clock.nextNs()
        emulated.clock.at(tickNs + 30, () => {
            emulated.chip.nvic.setLine(0, true)
            emulated.chip.nvic.setLine(0, false)
        })

        emulated.mcu.run(tickNs + 5_000)

        expect(emulated.word("irq_first")).toBe(16)
        expect(emulated.word("ticks")).toBe(1)
    })

    it("pre-empts the handler when it comes after the entry", () => {
        const emulated = start(4)
        emulated.mcu.run(50_000)
        const tickNs = emulated.clock.nextNs()
        const order: number[] = []
        emulated.mcu.onException = exception => order.push(exception)
        emulated.clock.at(tickNs + 70, () => {
            emulated.chip.nvic.setLine(0, true)
            emulated.chip.nvic.setLine(0, false)
        })

        emulated.mcu.run(tickNs + 5_000)

        expect(order).toEqual([15, 16, 15, 0])
    })
})
