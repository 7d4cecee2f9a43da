// SPDX-License-Identifier: MIT
// The tally of a core: its sums are the core's own counts, calls are followed, handlers and branches are counted.

import { afterEach, expect, it } from "vitest"
import type { CoreTally } from "../../../sim/cortex-m/tally/core-tally.ts"
import type { EmulatedChip } from "../../support/cortex-m/emulated-chip.ts"
import { assembled } from "../../support/cortex-m/assembly.ts"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

interface Tallied {
    readonly emulated: EmulatedChip
    readonly tally: CoreTally
}

function sums(tally: CoreTally): { instructions: number; cycles: number } {
    let [instructions, cycles] = [0, 0]
    for (const node of tally.nodes()) {
        instructions += node.instructions
        cycles += node.cycles
    }
    return { instructions, cycles }
}

/** Instructions of a function in each way that it was called, as "caller > callee". */
function ways({ emulated, tally }: Tallied): Map<string, number> {
    const { symbols } = emulated.elf
    const nodes = tally.nodes()
    const found = new Map<string, number>()
    for (const { parent, kind, value, instructions } of nodes) {
        if (kind !== "function" || value === 0) continue
        const caller = nodes[parent]!
        const from =
            caller.kind === "function"
                ? symbols.nameOf(caller.value)
                : `${caller.kind} ${caller.value}`
        found.set(`${from} > ${symbols.nameOf(value)}`, instructions)
    }
    return found
}

/** Run from reset to the symbol `end`. */
function ran(code: string): Tallied {
    const emulated = assembled(code)
    const tally = emulated.mcu.startTally()
    emulated.mcu.onAddress(emulated.elf.symbols.address("end"), () =>
        emulated.mcu.stop()
    )
    emulated.mcu.run(1e9)
    return { emulated, tally }
}

it("follows calls, returns, and jumps at a function's end", () => {
    const { emulated, tally } = ran(`
    bl outer
    bl outer
    bl inner
    b end
    .ltorg
    .thumb_func
    .type outer, %function
outer:
    push {lr}
    bl inner
    pop {lr}
    b tail
    .thumb_func
    .type inner, %function
inner:
    nop
    bx lr
    .thumb_func
    .type tail, %function
tail:
    nop
    nop
    bx lr
`)

    const found = ways({ emulated, tally })
    expect(found.get("begin > outer")).toBe(2 * 4)
    expect(found.get("outer > inner")).toBe(2 * 2)
    expect(found.get("begin > inner")).toBe(2)
    expect(found.get("begin > tail")).toBe(2 * 3)
    const { total, cycles } = emulated.mcu.instructions
    expect(sums(tally)).toEqual({ instructions: total, cycles })
    emulated.close()
})

it("counts both outcomes of a branch, and the instructions of an IT block that were executed", () => {
    const { emulated, tally } = ran(`
    movs r5, #5
again:
    cmp r5, #3
    it eq
conditional:
    moveq r6, #1
    subs r5, #1
branch:
    bne again
    b end
`)
    const at = (label: string): readonly number[] => [
        ...tally.counts(emulated.elf.symbols.address(label), 2),
    ]

    expect(at("branch")).toEqual([5, 4])
    expect(at("conditional")[0]).toBe(1)
    expect(at("again")[0]).toBe(5)
    emulated.close()
})

it.each(["nesting", "ticks", "threads", "faults", "capture"])(
    "has the core's own sums in %s, and each handler's instructions apart",
    name => {
        const emulated = boot(name)
        const tally = emulated.mcu.startTally()
        emulated.mcu.run(2_000_000)

        const { total, cycles, byException } = emulated.mcu.instructions
        const nodes = tally.nodes()
        const inHandler = (index: number): number => {
            const { kind, value, parent } = nodes[index]!
            return kind === "exception" || parent === index
                ? value
                : inHandler(parent)
        }
        const found = new Map<number, number>()
        for (const [index, { instructions }] of nodes.entries()) {
            const exception = inHandler(index)
            if (instructions > 0)
                found.set(exception, (found.get(exception) ?? 0) + instructions)
        }
        expect(total).toBeGreaterThan(0)
        expect(sums(tally).instructions).toBe(total)
        expect(sums(tally).cycles).toBeCloseTo(cycles, 3)
        expect(found).toEqual(
            new Map([...byException].filter(([, count]) => count > 0))
        )
    }
)
