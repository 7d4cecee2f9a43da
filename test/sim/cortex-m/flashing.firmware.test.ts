// SPDX-License-Identifier: MIT
// A program that writes its own flash: the FLASH model decides, the core waits, new code is executed; a reset tells its cause.

import { afterEach, describe, expect, it } from "vitest"
import type { EmulatedChip } from "../../support/cortex-m/emulated-chip.ts"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

const SFTRSTF = 1 << 28
const NAMES = [
    "locked_sr",
    "erased",
    "programmed",
    "overwritten",
    "first_result",
    "second_result",
    "errors",
]

describe("a program that erases and programs a sector of its flash", () => {
    /** Runs it to its end; its results as of its own reset. */
    function run(): { emulated: EmulatedChip; results: Map<string, number> } {
        const emulated = boot("flashing")
        emulated.memory.fill(0, 0x08020000, 0x08020010)
        const results = new Map<string, number>()
        emulated.mcu.onAddress(emulated.elf.symbols.address("finish"), () => {
            for (const name of NAMES) results.set(name, emulated.word(name))
            results.set("ms", Math.round(emulated.mcu.nowNs / 1e6))
        })
        emulated.mcu.run(5e9)
        return { emulated, results }
    }

    it("finds erased cells, programmed words, bits that only fall, and an error while CR is locked", () => {
        const { results } = run()

        expect(results.get("locked_sr")).toBe(1 << 7) // PGSERR
        expect(results.get("erased")).toBe(0xffffffff)
        expect(results.get("programmed")).toBe(0x12345678)
        expect(results.get("overwritten")).toBe(0x12000078)
        expect(results.get("errors")).toBe(0)
    })

    it("executes a function there, and its new form after another erase", () => {
        const { results } = run()

        expect(results.get("first_result")).toBe(11)
        expect(results.get("second_result")).toBe(22)
    })

    it("stands still while two sectors of 128 KB are erased, 1 s each", () => {
        const { emulated, results } = run()

        expect(results.get("ms")).toBe(2000)
        expect(emulated.mcu.instructions.total).toBeLessThan(2000)
    })

    it("runs again after its own reset, with RAM kept and the cause in RCC_CSR", () => {
        const { emulated } = run()

        expect(emulated.word("boots")).toBe(0x600d)
        expect(emulated.word("csr") & SFTRSTF).not.toBe(0)
    })
})
