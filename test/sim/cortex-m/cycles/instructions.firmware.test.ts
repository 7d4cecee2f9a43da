// SPDX-License-Identifier: MIT
// Cycles of each class of instructions without wait states, against the tables of the Cortex-M4 TRM (ARM DDI 0439,
// tables 3-1 and 7-1); P, the refill of the pipeline, is 1 for branches to an immediate, 2 for all others.

import { describe, expect, it } from "vitest"
import { cyclesOf, repeated } from "../../../support/cortex-m/assembly.ts"

const TIMES = 20

/** One of many in a row. */
function cyclesOfOne(code: string, setup?: string): number {
    // A last NOP: the refill of a branch is counted with its target.
    const lines = `${repeated(code, TIMES)}\nnop\n`
    return (cyclesOf(lines, { setup }) - 1) / TIMES
}

describe("without wait states", () => {
    it.each([
        ["movs r5, #1", 1],
        ["add r5, r6, r7", 1],
        ["add.w r5, r6, r7, lsl #3", 1],
        ["cmp r5, r6", 1],
        ["mul r5, r6, r7", 1],
        ["mla r5, r6, r7, r8", 1],
        ["umull r5, r6, r7, r8", 1],
        ["smlal r5, r6, r7, r8", 1],
        ["smlad r5, r6, r7, r8", 1],
        ["ssat r5, #8, r6", 1],
        ["uadd8 r5, r6, r7", 1],
        ["ubfx r5, r6, #3, #4", 1],
        ["nop", 1],
        ["str r5, [r0]", 1],
        ["strb.w r5, [r0, #17]", 1],
        ["str r5, [r1], #4", 1],
        ["str r5, [r0, r3]", 1],
        ["ldmia r0, {r5, r6, r7}", 1 + 3],
        ["stmia r0, {r5, r6, r7}", 1 + 3],
        ["push {r5, r6}", 1 + 2],
        ["ldrd r5, r6, [r0]", 1 + 2],
        ["strd r5, r6, [r0]", 1 + 2],
        ["vadd.f32 s0, s1, s2", 1],
        ["vmul.f32 s0, s1, s2", 1],
        ["vcmp.f32 s0, s1", 1],
        ["vcvt.s32.f32 s0, s1", 1],
        ["vmov s0, r5", 1],
        ["vmov s0, s1, r5, r6", 2],
        ["vmla.f32 s0, s1, s2", 3],
        ["vfma.f32 s0, s1, s2", 3],
        ["vdiv.f32 s0, s1, s2", 14],
        ["vsqrt.f32 s0, s1", 14],
        ["vldmia r0, {s0-s3}", 1 + 4],
        ["vstmia r0, {s0-s3}", 1 + 4],
        ["vldr d0, [r0]", 3],
        ["vstr s0, [r0]", 2],
        ["mrs r5, primask", 2],
        ["dsb", 3],
    ])("%s takes %d cycles", (code, cycles) => {
        expect(cyclesOfOne(code)).toBe(cycles)
    })

    it.each([
        ["b 1f\nnop\n1:", 1 + 1],
        ["b.w 1f\nnop.w\n1:", 1 + 1],
        ["cbz r3, 1f\nnop\n1:", 1 + 1],
        ["beq 1f\nnop\n1:", 1 + 1],
        ["bne 1f\nnop\n1:", 1 + 1],
        ["bl 1f\nnop.w\n1:", 1 + 1],
        ["adr r5, 1f\nadds r5, #1\nbx r5\nnop\n1:", 2 + 1 + 2],
        ["adr r5, 1f\nadds r5, #1\nblx r5\nnop\n1:", 2 + 1 + 2],
        ["adr r5, 1f\nmov pc, r5\nnop.w\n1:", 1 + 1 + 2],
    ])("%s takes %d cycles", (code, cycles) => {
        // Z is 0 for BNE alone.
        const setup = code.startsWith("bne") ? "cmp r0, r3" : "cmp r3, r3"
        expect(cyclesOfOne(code, setup)).toBe(cycles)
    })

    it.each([
        ["a return by BX LR", "bl routine", "routine: bx lr", 2 + 1 + 2],
        [
            "a return by POP",
            "bl routine",
            "routine: push {lr}\npop {pc}",
            2 + 2 + 2 + 2,
        ],
        [
            "a return by LDR PC",
            "bl routine",
            "routine: push {lr}\nldr pc, [sp], #4",
            2 + 2 + 2 + 2,
        ],
    ])("%s: call, and all of it", (_what, call, routine, cycles) => {
        const code = `.balign 4\n${repeated(call, TIMES)}\nb end\n.balign 4\n.thumb_func\n${routine}\n.balign 4`

        // The branch to the end besides, without its refill.
        expect(cyclesOf(code)).toBe(TIMES * cycles + 1)
    })

    it("a table branch takes 2 + 1 and the refill", () => {
        const code = "tbb [pc, r3]\n.byte 2, 0\nnop\n"

        expect(cyclesOfOne(`.balign 4\n${code}`)).toBe(3 + 2)
    })

    it("a branch that is not taken takes 1", () => {
        expect(cyclesOfOne("bne 1f\n1: nop", "cmp r3, r3")).toBe(2)
    })

    it("instructions that an IT skips take 1 each", () => {
        const skipped = "itt ne\nmovne r5, r6\naddne r5, r5, r6\nnop"

        expect(cyclesOfOne(skipped, "cmp r3, r3")).toBe(4)
        expect(cyclesOfOne(skipped, "cmp r0, r3")).toBe(4)
    })
})

describe("loads", () => {
    it("take 2, and 1 behind a load whose result is not their address", () => {
        expect(cyclesOf("ldr r5, [r0]\nnop\nldr r6, [r0]\nnop\n")).toBe(6)
        expect(cyclesOf(repeated("ldr r5, [r0]", 8))).toBe(9)
        expect(cyclesOf(repeated("ldrh.w r5, [r0, r3, lsl #1]", 8))).toBe(9)
        expect(cyclesOf(repeated("vldr s0, [r0]", 8))).toBe(9)
    })

    it("wait for an address that the load before gets", () => {
        const chain = "str r0, [r0]\nldr r5, [r0]\nldr r6, [r5]\nldr r7, [r6]\n"

        expect(cyclesOf(chain)).toBe(1 + 2 + 2 + 2)
    })

    it("do not overlap when they update their base", () => {
        expect(cyclesOf(repeated("ldr r5, [r0], #4", 8))).toBe(16)
        expect(cyclesOf("ldr r5, [r1]\nldr r6, [r0], #4\nldr r7, [r1]\n")).toBe(
            6
        )
    })

    it("of several registers do not overlap", () => {
        expect(
            cyclesOf("ldr r5, [r0]\nldmia r0, {r6, r7}\nldr r5, [r0]\n")
        ).toBe(2 + 3 + 2)
    })
})

describe("division", () => {
    it.each([
        [0, 7, 2],
        [6, 7, 2],
        [7, 7, 4],
        [100, 7, 5],
        [0x7fffffff, 1, 11],
        [0xffffffff, 1, 11],
    ])("of %d by %d ends after %d cycles", (dividend, divisor, cycles) => {
        const setup = `ldr r6, =${dividend}\nldr r7, =${divisor}`

        expect(cyclesOfOne("udiv r5, r6, r7", setup)).toBe(cycles)
    })

    it("takes magnitudes when it is signed", () => {
        const setup = "ldr r6, =-100\nldr r7, =7"

        expect(cyclesOfOne("sdiv r5, r6, r7", setup)).toBe(5)
        expect(cyclesOfOne("udiv r5, r6, r7", setup)).toBe(11)
    })
})

describe("the fetch queue", () => {
    it("keeps up with one word in each cycle", () => {
        expect(cyclesOfOne("add.w r5, r6, r7")).toBe(1)
    })

    it("costs one cycle more at a branch to a 32-bit instruction that is not aligned", () => {
        const loop = (align: string): string =>
            `movs r5, #10\n.balign 4\n${align}\n1: add.w r6, r6, r7\nsubs r5, #1\nbne 1b\n`

        const aligned = cyclesOf(loop("nop\nnop"))
        const unaligned = cyclesOf(loop("nop"))

        // Nine times round; and a NOP less.
        expect(unaligned - aligned).toBe(9 - 1)
    })
})
