// SPDX-License-Identifier: MIT
// The cycle model's time as a program sees it: DWT CYCCNT, exceptions, registers behind a bus; and --cpi in its place.

import { afterEach, describe, expect, it } from "vitest"
import type { EmulatedChip } from "../../../support/cortex-m/emulated-chip.ts"
import {
    ACR_ACCELERATED,
    type AssemblyOptions,
    assembled,
    cyclesOf,
    repeated,
} from "../../../support/cortex-m/assembly.ts"

const open: EmulatedChip[] = []

afterEach(() => {
    for (const emulated of open.splice(0)) emulated.close()
})

/** DEMCR.TRCENA, DWT_CTRL.CYCCNTENA; r9 is the address of DWT_CYCCNT. */
const COUNTER_ON = `
    ldr r5, =0xe000edfc
    ldr r6, =0x01000000
    str r6, [r5]
    ldr r9, =0xe0001004
    movs r6, #1
    str r6, [r9, #-4]
`

/** What CYCCNT says of the code between two reads of it, the second read included. */
function counted(code: string, options: AssemblyOptions = {}): number {
    const emulated = assembled(
        `    ldr r10, [r9]\n${code}\n    ldr r11, [r9]\n    b end\n    .ltorg\n`,
        { ...options, setup: COUNTER_ON }
    )
    open.push(emulated)
    emulated.mcu.onAddress(emulated.elf.symbols.address("end"), () =>
        emulated.mcu.stop()
    )
    emulated.mcu.run(100e6)
    return (emulated.mcu.register("r11") - emulated.mcu.register("r10")) >>> 0
}

/** 1 before it, 4 in each round, one less in the last. */
const LOOP = "    movs.w r5, #200\n1:  nop\n    subs r5, #1\n    bne 1b\n"
const LOOP_CYCLES = 1 + 200 * 4 - 1

describe("DWT_CYCCNT", () => {
    it("counts a loop of known cycles to the cycle", () => {
        expect(counted(LOOP)).toBe(LOOP_CYCLES + 2)
    })

    it("counts the same at any frequency, with wait states and in the caches", () => {
        const slow = { hclkHz: () => 16_000_003 }
        const warm = `    movs r4, #2\n2:\n${LOOP}    ldr r12, [r9]\n    subs r4, #1\n    it ne\n    movne r10, r12\n    bne 2b\n`
        const rest = 2 + 1 + 1 + 1 + 2

        expect(counted(LOOP, { chip: slow })).toBe(LOOP_CYCLES + 2)
        expect(counted(warm, { acr: ACR_ACCELERATED })).toBe(
            counted(warm, { chip: slow })
        )
        // From the first time's read to the last.
        expect(counted(warm)).toBe(
            rest - 1 + LOOP_CYCLES + 2 + 1 + 1 + 1 + 1 + 2
        )
    })

    it("counts instructions times cpi with --cpi", () => {
        expect(counted(LOOP, { chip: { cpi: 3 } })).toBe((1 + 3 * 200 + 1) * 3)
    })
})

describe("an exception", () => {
    const TABLE = `
    ldr r5, =0xe000ed08
    ldr r6, =0x20004000
    str r6, [r5]
    ldr r5, =handler + 1
    str r5, [r6, #44]
`
    const call = (count: number): string =>
        `${repeated("svc 0", count)}    b end\n    .balign 16\nhandler: bx lr\n    .ltorg\n`
    /** One of two more, so that what comes behind them is aligned alike. */
    function cost(acr: number): number {
        const options = { acr, setup: TABLE }
        return (cyclesOf(call(4), options) - cyclesOf(call(2), options)) / 2
    }

    it("takes 12 cycles in and 10 out, SVC and BX LR besides", () => {
        expect(cost(0)).toBe(1 + 12 + 1 + 10)
    })

    it("takes as many with wait states when its code is in the cache", () => {
        expect(cost(ACR_ACCELERATED)).toBe(1 + 12 + 1 + 10)
    })

    it("waits for its code when that is not", () => {
        expect(cost(0x005)).toBeGreaterThanOrEqual(1 + 12 + 1 + 10 + 2 * 5)
    })
})

describe("an access to a register", () => {
    const CLOCKS_ON = `
    ldr r5, =0x40023840
    ldr r6, =1
    str r6, [r5]
    ldr r7, =0x40000000
    ldr r8, =0x40023800
`

    it("on AHB takes no wait states", () => {
        expect(
            cyclesOf(repeated("ldr r5, [r8]\nnop", 10), { setup: CLOCKS_ON })
        ).toBe(30)
    })

    it("on APB1, at a quarter of HCLK, waits for the edge of PCLK1 and two of its clocks", () => {
        // TIM2_ARR. Each load ends at an edge: the next begins 3 cycles later and waits for 1 and 8.
        const cycles = cyclesOf(repeated("ldr r5, [r7, #44]\nnop", 10), {
            setup: CLOCKS_ON,
        })

        expect(cycles).toBeGreaterThanOrEqual(10 * 12 - 4)
        expect(cycles).toBeLessThanOrEqual(10 * 12 + 4)
    })

    it("that stores is taken over by the bridge, and the next one waits for it", () => {
        const one = cyclesOf("str r5, [r7, #44]\nnop\nnop\n", {
            setup: CLOCKS_ON,
        })
        const four = cyclesOf(repeated("str r5, [r7, #44]", 4), {
            setup: CLOCKS_ON,
        })

        expect(one).toBe(3)
        expect(four).toBeGreaterThanOrEqual(3 * 8)
    })
})

describe("two runs", () => {
    it("take the same time to the nanosecond", () => {
        const times = [0, 1].map(() => {
            const emulated = assembled(LOOP, { acr: ACR_ACCELERATED })
            open.push(emulated)
            emulated.mcu.run(50_000)
            return [emulated.mcu.nowNs, emulated.mcu.instructions.cycles]
        })

        expect(times[0]).toEqual(times[1])
    })
})
