// SPDX-License-Identifier: MIT
// Coverage of an ELF file that knows nothing of it: lines, and both outcomes of its decisions; of our firmware with the lines
// of TypeScript.

import { afterEach, describe, expect, it } from "vitest"
import { coverCore } from "../../../sim/inside/core-coverage.ts"
import { Coverage } from "../../../sim/inside/coverage.ts"
import { coverProgram } from "../../../sim/inside/program-coverage.ts"
import { buildProgram } from "../../../toolchain/devicescript/build-program.ts"
import { programPlaces } from "../../../toolchain/devicescript/bytecode.ts"
import { assembled } from "../../support/cortex-m/assembly.ts"
import { boot, closeAll, compileProgram } from "../../support/cortex-m/core.ts"
import { simulateOperations } from "../../support/inside/simulate-operations.ts"
import { weightOfLine } from "../../support/inside/profile-lines.ts"
import { emulatedRig } from "../../support/system/emulated-rig.ts"

afterEach(closeAll)

const baseName = (file: string): string => file.slice(file.lastIndexOf("/") + 1)

describe("of a program in C", () => {
    function covered(): Coverage {
        const emulated = boot("decisions", {
            elf: compileProgram("decisions", true),
        })
        const tally = emulated.mcu.startTally()
        emulated.mcu.run(1_000_000)
        const coverage = new Coverage()
        coverCore(coverage, emulated.elf.map, tally, baseName)
        return coverage
    }

    it("counts lines, and shows those that were not executed", () => {
        const coverage = covered()
        const count = (line: number) => coverage.countOf("decisions.c", line)

        expect(count(8)).toBe(4)
        expect(count(13)).toBe(4)
        expect(count(14)).toBe(0)
        expect(count(18)).toBe(0)
        expect(count(23)).toBe(4)
        // A comment has no code.
        expect(count(1)).toBeUndefined()
    })

    it("shows the outcome of a decision that never came", () => {
        const coverage = covered()
        const [both] = coverage.branchesOf("decisions.c", 8)
        const [one] = coverage.branchesOf("decisions.c", 13)

        expect([...both!].sort()).toEqual([2, 2])
        expect([...one!].sort()).toEqual([0, 4])
    })

    it("is lcov's format, with sums that are those of its rows", () => {
        const text = covered().lcov()
        const record = text
            .split("end_of_record\n")
            .find(part => part.includes("SF:decisions.c"))!
        const rows = (start: string): string[] =>
            record.split("\n").filter(row => row.startsWith(start))

        expect(rows("DA:8,")).toEqual(["DA:8,4"])
        expect(rows("FNDA:0,")).toContain("FNDA:0,never")
        expect(rows("LF:")).toEqual([`LF:${rows("DA:").length}`])
        const hit = rows("DA:").filter(row => !row.endsWith(",0")).length
        expect(rows("LH:")).toEqual([`LH:${hit}`])
        expect(rows("BRF:")).toEqual([`BRF:${rows("BRDA:").length}`])
    })
})

it("finds every kind of conditional instruction, and none in data", () => {
    const emulated = assembled(`
    cbz r3, far
    cbnz r3, far
    beq far
    beq.w far
    ittee eq
    moveq r5, #1
    moveq r5, #2
    movne r5, #3
    movne r5, #4
    b end
    .word 0xd0fed0fe // data that looks like BEQ
far:
    b end
`)
    const { symbols, map } = emulated.elf
    const begin = symbols.address("begin")
    const end = symbols.address("end")
    const found = [...map.instructions()]
        .filter(
            ({ address, decision }) =>
                decision && address >= begin && address < end
        )
        .map(({ decision, bytes, block }) => [decision, bytes, block])

    expect(found).toEqual([
        ["branch", 2, []],
        ["branch", 2, []],
        ["branch", 2, []],
        ["branch", 4, []],
        ["it", 2, [true, true, false, false]],
    ])
    emulated.close()
})

it("has the lines of TypeScript that our firmware's VM executed", async () => {
    const app = "test/system/programs/inside/loops.ts"
    const program = programPlaces(await buildProgram(app))!
    const { emulated } = await emulatedRig({ app, tally: true })
    try {
        emulated.run({ seconds: 0.5 })
        const coverage = new Coverage()
        coverProgram(coverage, program, emulated.tally!.operations())

        expect(coverage.countOf(app, 8)).toBe(1100)
        expect(coverage.countOf(app, 13)).toBe(1100)
        expect(coverage.countOf(app, 20)).toBe(300)
        expect(coverage.countOf(app, 26)).toBe(0)
        // The simulator's profile of the same line: some operations for each time.
        const simulated = await simulateOperations(app, 0.5)
        expect(weightOfLine(simulated, app, 8) % 1100).toBe(0)
    } finally {
        emulated.close()
    }
})
