// SPDX-License-Identifier: MIT
// Exceptions: pre-emption, tail-chaining, masks, priority groups, thread switching, FPU state.

import { afterEach, describe, expect, it } from "vitest"
import type { EmulatedChip } from "../../support/cortex-m/emulated-chip.ts"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

/** At 180 MHz and one cycle per instruction, ns. */
const CYCLE_NS = 1e9 / 180e6

function runCase(which: number): EmulatedChip {
    const emulated = boot("nesting")
    const address = emulated.elf.symbols.address("which")
    new DataView(emulated.memory.buffer).setUint32(address, which, true)
    emulated.mcu.run(50_000)
    return emulated
}

function trace(emulated: EmulatedChip): number[] {
    const start = emulated.elf.symbols.address("trace")
    return Array.from({ length: emulated.word("traced") }, (_, index) =>
        emulated.word(start + index * 4)
    )
}

describe("interrupts that software makes pending", () => {
    it("pre-empt a less urgent handler", () => {
        const emulated = runCase(0)

        expect(trace(emulated)).toEqual([0x10, 0x20, 0x2f, 0x1f])
    })

    it("wait for a more urgent handler, and follow it without a step of the thread", () => {
        const emulated = runCase(1)

        expect(trace(emulated)).toEqual([0x10, 0x1f, 0x20, 0x2f])
        expect(emulated.word("steps_at") + 0).toBe(0)
        expect(
            emulated.word(emulated.elf.symbols.address("steps_at") + 4)
        ).toBe(0)
    })

    it("are tail-chained: six cycles from one handler's end to the next", () => {
        const emulated = runCase(2)
        const { symbols } = emulated.elf
        const first = symbols.find("IRQ1_Handler")!
        const cycles = symbols.address("cycles")
        const between = emulated.word(cycles + 8) - emulated.word(cycles + 4)
        const handler = emulated.mcu.instructions.byException.get(17)!

        expect(trace(emulated)).toEqual([0x20, 0x2f, 0x30])
        expect(first.bytes).toBeGreaterThan(0)
        // Between the two reads of CYCCNT: at most both handlers' instructions, and 6 cycles; never 12 + 10.
        expect(between).toBeGreaterThanOrEqual(6)
        expect(between).toBeLessThanOrEqual(handler + 6 + 10)
    })

    it("do not pre-empt within a priority group", () => {
        expect(trace(runCase(3))).toEqual([0x10, 0x1f, 0x20, 0x2f])
    })

    it("wake WFI while PRIMASK is set, are taken when it is cleared, and wait for BASEPRI", () => {
        const emulated = runCase(4)

        expect(emulated.word("woken")).toBe(1)
        // 3 has the priority 0 and passes BASEPRI = 0x80, which holds 1 back.
        expect(trace(emulated)).toEqual([1, 2, 0x30, 3, 0x40, 4, 0x20, 0x2f, 5])
        expect(emulated.word("basepri_read")).toBe(0x80)
    })

    it("come in the order of their numbers when priorities are equal", () => {
        expect(trace(runCase(5))).toEqual([0x20, 0x2f, 0x30])
    })
})

describe("cost of an exception", () => {
    it("is 12 cycles to enter and 10 to return", () => {
        const emulated = boot("ticks")
        const at = emulated.elf.symbols.address("SysTick_Handler")
        const entered: number[] = []
        const left: number[] = []
        emulated.mcu.onAddress(at, () => entered.push(emulated.mcu.nowNs))
        emulated.mcu.onException = exception => {
            if (exception === 0) left.push(emulated.mcu.nowNs)
        }

        emulated.mcu.run(3.5e6)

        const { byException } = emulated.mcu.instructions
        const perTick = byException.get(15)! / 3
        expect(entered).toHaveLength(3)
        // The tick wakes the CPU; entry takes 12 cycles from its event, the handler its instructions, return 10 cycles.
        const tickNs = entered[2]! - entered[1]!
        expect(tickNs / CYCLE_NS).toBeCloseTo(180_000, -0.5)
        expect((left[1]! - entered[1]!) / CYCLE_NS).toBeCloseTo(
            perTick + 10,
            -0.5
        )
    })
})

describe("two threads on PSP, switched by PendSV", () => {
    it("both advance, keep their FP registers, and reach a service by SVC", () => {
        const emulated = boot("threads")

        emulated.mcu.run(10e6)

        const rounds = emulated.elf.symbols.address("rounds")
        // A tick every 18000 cycles: 100 in 10 ms.
        expect(emulated.word("switches")).toBe(99)
        expect(emulated.word(rounds)).toBeGreaterThan(20)
        expect(emulated.word(rounds + 4)).toBeGreaterThan(20)
        expect(emulated.word("sums_wrong")).toBe(0)
        expect(emulated.word("service_calls")).toBe(1)
        expect(emulated.word("service_result")).toBe(507)
        expect(emulated.word("control_seen") & 7).toBe(6)
    })
})

describe("an interrupt at every place of code with floats and IT blocks", () => {
    it("leaves the thread's FP registers, flags and IT state alone", () => {
        const emulated = boot("floats")

        emulated.mcu.run(20e6)

        expect(emulated.word("ticks")).toBeGreaterThan(4000)
        expect(emulated.word("rounds")).toBeGreaterThan(2000)
        expect(emulated.word("wrong")).toBe(0)
        expect(emulated.word("crc_wrong")).toBe(0)
        expect(emulated.word("aligned")).toBe(1)
    })

    it("gives the same result twice, instruction by instruction", () => {
        const runs = [0, 1].map(() => {
            const emulated = boot("floats")
            emulated.mcu.run(5e6)
            const { total, byException } = emulated.mcu.instructions
            return {
                total,
                byException: [...byException],
                ticks: emulated.word("ticks"),
                pc: emulated.mcu.register("pc"),
                ram: Buffer.from(
                    emulated.memory.subarray(0x20000000, 0x20020000)
                ).toString("base64"),
            }
        })

        expect(runs[0]).toEqual(runs[1])
    })

    it("gives the same whatever the stretches in which it is run", () => {
        const whole = boot("floats")
        const pieces = boot("floats")

        whole.mcu.run(2e6)
        for (let ns = 777; ns < 2e6; ns += 777) pieces.mcu.run(ns)
        pieces.mcu.run(2e6)

        expect(pieces.mcu.instructions.total).toBe(whole.mcu.instructions.total)
        expect(pieces.word("ticks")).toBe(whole.word("ticks"))
    })
})
