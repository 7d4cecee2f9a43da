// SPDX-License-Identifier: MIT
// What holds the core for a debugger: data that is read or written, and counts of instructions; time does not notice.

import { afterEach, describe, expect, it } from "vitest"
import type { DataWatch } from "../../../sim/cortex-m/core-debug.ts"
import { DataAccess, DATA_WATCHES } from "../../../sim/cortex-m/core-state.ts"
import { assembled } from "../../support/cortex-m/assembly.ts"

const DATA = 0x20001400
const { READ, WRITE, ANY } = DataAccess

let close = (): void => {}
afterEach(() => close())

/** Code that has DATA in r0, on a core that is about to run. */
function core(code: string): ReturnType<typeof assembled> {
    const chip = assembled(`    ldr r0, =${DATA}\n${code}`)
    close = () => chip.close()
    chip.mcu.onAddress(chip.elf.symbols.address("end"), () => chip.mcu.stop())
    return chip
}

/** Run to the end. @returns addresses of the accesses at which it was held */
function hits(code: string, watch: DataWatch): number[] {
    const { mcu } = core(code)
    const found: number[] = []
    mcu.debug.onData = (_, address) => {
        found.push(address)
        mcu.debug.hold()
    }
    mcu.debug.watchData([watch])
    do {
        mcu.debug.held = false
        mcu.run(1e9)
    } while (mcu.debug.held)
    return found
}

describe("watched data", () => {
    const code = `
    ldr r1, [r0, #4]
    str r1, [r0, #4]
    ldrb r1, [r0, #3]
    str r1, [r0, #8]
    ldrd r2, r3, [r0]
    stm r0, {r1, r2, r3}
`
    it.each([
        ["reads", READ, [DATA + 4, DATA + 4]],
        ["writes", WRITE, [DATA + 4, DATA + 4]],
        ["both", ANY, [DATA + 4, DATA + 4, DATA + 4, DATA + 4]],
    ])("stops %s that reach it, and no others", (_, access, expected) => {
        const watch = { address: DATA + 4, bytes: 4, access }

        expect(hits(code, watch)).toEqual(expected)
    })

    it("is behind the access when it stops", () => {
        const { mcu } = core("    str r0, [r0]\nafter:\n    nop\n")
        mcu.debug.onData = () => mcu.debug.hold()
        mcu.debug.watchData([{ address: DATA, bytes: 1, access: WRITE }])
        mcu.run(1e9)

        expect(mcu.debug.held).toBe(true)
        const { total } = mcu.instructions
        mcu.run(1e9)
        expect(mcu.instructions.total).toBe(total)
    })

    it("is not more than there is room for", () => {
        const { mcu } = core("    nop\n")
        const watch = { address: DATA, bytes: 4, access: ANY }

        expect(mcu.debug.watchData(Array(DATA_WATCHES).fill(watch))).toBe(true)
        expect(mcu.debug.watchData(Array(DATA_WATCHES + 1).fill(watch))).toBe(
            false
        )
    })
})

describe("instructions that are counted", () => {
    it("stop at each, and leave cycles and time as they are", () => {
        const code = `
    movs r1, #20
1:  ldr r2, [r0]
    cmp r1, #10
    ite eq
    moveq r3, #1
    movne r3, #2
    subs r1, #1
    bne 1b
`
        const whole = core(code)
        whole.mcu.run(1e9)
        const { total, cycles } = whole.mcu.instructions
        const { nowNs } = whole.mcu
        close()

        const { mcu } = core(code)
        let stops = 0
        mcu.debug.onLimit = () => {
            stops++
            mcu.debug.hold()
        }
        do {
            mcu.debug.stopAfter(mcu.instructions.total + 1)
            mcu.debug.held = false
            mcu.run(1e9)
        } while (mcu.debug.held)

        expect(stops).toBeGreaterThan(100)
        expect(mcu.instructions).toMatchObject({ total, cycles })
        // A sum of ns in other parts: it rounds elsewhere, far below a cycle.
        expect(mcu.nowNs).toBeCloseTo(nowNs, 6)
    })
})
