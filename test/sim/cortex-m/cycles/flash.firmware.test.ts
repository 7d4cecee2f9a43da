// SPDX-License-Identifier: MIT
// Wait states of the flash and the ART accelerator (RM0090 §3.5.2), seen through the cycles of code.

import { describe, expect, it } from "vitest"
import {
    ACR_ACCELERATED,
    ACR_SLOW,
    cyclesOf,
    repeated,
} from "../../../support/cortex-m/assembly.ts"

const PREFETCH_ONLY = 0x105
const CODE_CACHE_ONLY = 0x205
const LINE_NOPS = 8

/** A loop like compiled code: loads, stores, arithmetic, a call, branches; 200 times. */
const MIXED_LOOP = `
    movs r5, #200
1:  ldr r6, [r0, #4]
    adds r6, r6, r5
    str r6, [r0, #8]
    ands r7, r5, #3
    beq 2f
    add.w r6, r6, r7, lsl #2
    muls r6, r7, r6
2:  bl 3f
    ldr r8, =0x12345678
    eor.w r6, r6, r8
    subs r5, #1
    bne 1b
    b end
    .ltorg
    .balign 4
    .thumb_func
3:  push {r4, lr}
    ldrh r4, [r0, #2]
    adds r4, #1
    strh r4, [r0, #2]
    pop {r4, pc}
`

/** Straight code of so many lines of the flash, once over and so many times in all. */
function lines(count: number, times: number): string {
    const body = repeated("nop.w", count * 4)
    return `    movs r5, #${times}\n    nop\n    .balign 16\n1:\n${body}    subs r5, #1\n    bne.w 1b\n`
}

describe("a loop that fits into the instruction cache", () => {
    it("runs at 0.98 to 1.0 of its speed without wait states", () => {
        const ratio =
            cyclesOf(MIXED_LOOP) /
            cyclesOf(MIXED_LOOP, { acr: ACR_ACCELERATED })

        expect(ratio).toBeGreaterThan(0.98)
        expect(ratio).toBeLessThanOrEqual(1)
    })

    it("runs at about half of it without prefetch and caches", () => {
        const ratio =
            cyclesOf(MIXED_LOOP) / cyclesOf(MIXED_LOOP, { acr: ACR_SLOW })

        expect(ratio).toBeGreaterThan(0.4)
        expect(ratio).toBeLessThan(0.6)
    })
})

describe("straight code with 5 wait states", () => {
    it("reads a line in 6 cycles, its other words in one each, and the next line when the queue has room", () => {
        const more =
            cyclesOf(repeated("nop", 20 * LINE_NOPS), { acr: ACR_SLOW }) -
            cyclesOf(repeated("nop", 10 * LINE_NOPS), { acr: ACR_SLOW })

        expect(more).toBe(10 * (6 + 3 + 1))
    })

    it("does not wait when the next line is prefetched and has instructions for 6 cycles", () => {
        const more =
            cyclesOf(repeated("nop", 20 * LINE_NOPS), { acr: PREFETCH_ONLY }) -
            cyclesOf(repeated("nop", 10 * LINE_NOPS), { acr: PREFETCH_ONLY })

        expect(more).toBe(10 * LINE_NOPS)
    })

    it("waits for a prefetch whose line has instructions for 4 cycles", () => {
        const more =
            cyclesOf(repeated("nop.w", 80), { acr: PREFETCH_ONLY }) -
            cyclesOf(repeated("nop.w", 40), { acr: PREFETCH_ONLY })

        expect(more).toBe(10 * 6)
    })
})

describe("the instruction cache", () => {
    const acr = CODE_CACHE_ONLY

    it("holds 64 lines: the second time costs no wait states", () => {
        const second =
            cyclesOf(lines(60, 2), { acr }) - cyclesOf(lines(60, 1), { acr })
        const third =
            cyclesOf(lines(60, 3), { acr }) - cyclesOf(lines(60, 2), { acr })
        const without = cyclesOf(lines(60, 3)) - cyclesOf(lines(60, 2))

        expect(second).toBe(third)
        expect(third).toBe(without)
    })

    it("forgets the line that was used least recently: 70 lines in a circle never hit", () => {
        const third =
            cyclesOf(lines(70, 3), { acr }) - cyclesOf(lines(70, 2), { acr })
        const without = cyclesOf(lines(70, 3)) - cyclesOf(lines(70, 2))

        expect(third - without).toBeGreaterThanOrEqual(70 * 5)
    })

    it("is filled by prefetches, too", () => {
        const both = 0x305
        const third =
            cyclesOf(lines(60, 3), { acr: both }) -
            cyclesOf(lines(60, 2), { acr: both })

        expect(third).toBe(cyclesOf(lines(60, 3)) - cyclesOf(lines(60, 2)))
    })

    it("is emptied by ICRST", () => {
        // Off, reset, on again: as drivers do it.
        const reset = `
    ldr r6, =0x40023c00
    movs r7, #5
    str r7, [r6]
    ldr r8, =${0x805}
    str r8, [r6]
    str r7, [r6]
    ldr r8, =${acr}
    str r8, [r6]
`
        const body = repeated("nop.w", 40)
        const code = (between: string): string =>
            `    movs r5, #3\n    b 1f\n    .balign 16\n1:\n${body}${between}    subs r5, #1\n    bne.w 1b\n    b end\n    .ltorg\n`
        const kept = code(reset.replace(`=${0x805}`, "=5"))

        expect(
            cyclesOf(code(reset), { acr }) - cyclesOf(kept, { acr })
        ).toBeGreaterThanOrEqual(2 * 10 * 5)
    })
})

describe("data in flash with 5 wait states", () => {
    /** Reads of so many lines, one word each, twice. */
    function reads(count: number, times: number): string {
        const line = "    ldr r6, [r7]\n    add.w r7, r7, #16\n"
        return `    movs r5, #${times}\n    .balign 16\n1:  ldr r7, =0x08010000\n${line.repeat(count)}    subs r5, #1\n    bne.w 1b\n    b end\n    .ltorg\n`
    }
    function secondTime(count: number): number {
        const acr = ACR_ACCELERATED
        // The third against the second: code and literal are in the caches.
        return (
            cyclesOf(reads(count, 3), { acr }) -
            cyclesOf(reads(count, 2), { acr })
        )
    }

    it("is read without wait states again from 8 lines", () => {
        const without = cyclesOf(reads(7, 3)) - cyclesOf(reads(7, 2))

        // And the literal's line.
        expect(secondTime(7)).toBe(without)
    })

    it("is missed each time with more lines than the cache has", () => {
        const without = cyclesOf(reads(12, 3)) - cyclesOf(reads(12, 2))

        expect(secondTime(12) - without).toBeGreaterThanOrEqual(12 * 4)
    })
})

describe("code in SRAM", () => {
    it("fetches a word in two cycles, over the system bus, whatever the flash does", () => {
        const copy = `
    ldr r6, =routine
    ldr r7, =0x20002000
    movs r5, #64
1:  ldr r8, [r6], #4
    str r8, [r7], #4
    subs r5, #1
    bne 1b
    ldr r9, =0x20002001
`
        const call = (count: number): string =>
            `    blx r9\n    b end\n    .balign 4\nroutine:\n${repeated("add.w r6, r6, r7", count)}    bx lr\n    .ltorg\n`
        const cost = (acr: number): number =>
            cyclesOf(call(40), { acr, setup: copy }) -
            cyclesOf(call(20), { acr, setup: copy })

        expect(cost(0)).toBe(20 * 2)
        expect(cost(ACR_SLOW)).toBe(20 * 2)
    })
})
