// SPDX-License-Identifier: MIT
// A line on the camera's wires reaches C code: DCMI, DMA into the CPU's memory, interrupt, handler.

import { afterEach, describe, expect, it } from "vitest"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

describe("a line of 16 bytes on the DCMI's pins", () => {
    it("is in the program's buffer when the interrupt's handler sums it", () => {
        const emulated = boot("capture")
        const { dcmi } = emulated.chip
        emulated.mcu.run(1e5)
        expect(emulated.word("ready")).toBe(1)
        const bytes = Uint8Array.from({ length: 16 }, (_, index) => index + 1)

        dcmi.vsync(0)
        dcmi.vsync(1)
        dcmi.hsync(1)
        dcmi.line({
            bytes,
            startNs: emulated.clock.nowNs,
            periodNs: 40,
            stableEdge: "rising",
        })
        dcmi.hsync(0)
        emulated.mcu.run(2e5)

        const words = [0x04030201, 0x08070605, 0x0c0b0a09, 0x100f0e0d]
        expect(emulated.word("interrupts")).toBe(1)
        expect(emulated.word("sum")).toBe(
            words.reduce((sum, word) => (sum + word) >>> 0)
        )
        expect(emulated.word("sleeps")).toBe(1)
        expect(
            emulated.mcu.instructions.byException.get(16 + 57)
        ).toBeGreaterThan(10)
    })
})
