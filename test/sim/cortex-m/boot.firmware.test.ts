// SPDX-License-Identifier: MIT
// The emulated core: start-up, SysTick, sleep.

import { afterEach, describe, expect, it } from "vitest"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

describe("a program with SysTick at 1 kHz that sleeps in between", () => {
    it("runs start-up code: data is there, .bss is 0", () => {
        const emulated = boot("ticks")

        emulated.mcu.run(0.5e6)

        expect(emulated.word("initialised")).toBe(0x12345678)
        expect(emulated.word("ticks")).toBe(0)
    })

    it("ticks 1000 times in a second of virtual time, and wakes as often", () => {
        const emulated = boot("ticks")

        emulated.mcu.run(1.0005e9)

        expect(emulated.word("ticks")).toBe(1000)
        expect(emulated.word("loops")).toBe(1000)
        expect(emulated.clock.nowNs).toBe(1.0005e9)
    })
})
