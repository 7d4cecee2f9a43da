// SPDX-License-Identifier: MIT
// Registers by bytes and bits, identification, counted instructions, calls and break points from outside.

import { afterEach, describe, expect, it } from "vitest"
import type { EmulatedChip } from "../../support/cortex-m/emulated-chip.ts"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

function booted(): EmulatedChip {
    const emulated = boot("registers", { uniqueId: [7, 8, 0xabcdef01] })
    emulated.mcu.run(1e6)
    return emulated
}

describe("registers as C code sees them", () => {
    it("NVIC_IPR takes bytes and leaves the others alone", () => {
        const emulated = booted()

        expect(emulated.word("ipr0").toString(16)).toBe("f0002010")
        expect(emulated.word("ipr_bytes").toString(16)).toBe("f020")
    })

    it("SHPR takes bytes", () => {
        expect(booted().word("shpr3").toString(16)).toBe("e0f00000")
    })

    it("chip and core are identified", () => {
        const emulated = booted()

        expect(emulated.word("cpuid").toString(16)).toBe("410fc241")
        expect(emulated.word("idcode") & 0xfff).toBe(0x421)
        expect(emulated.word("uid").toString(16)).toBe("abcdef01")
        expect(emulated.word("flash_kb")).toBe(512)
    })

    it("GPIO takes halfwords, its bits and those of SRAM have aliases", () => {
        const emulated = booted()

        expect(emulated.word("gpio_odr")).toBe(1 << 5)
        expect(emulated.word("bits_seen")).toBe(1)
        expect(emulated.word("moder")).toBe(0)
        expect(emulated.word("word")).toBe(1 << 9)
    })
})

describe("instructions of a loop of 200 rounds", () => {
    it("are 3 before it, 2 in each round, 1 after it", () => {
        const emulated = boot("registers")
        const { symbols } = emulated.elf
        const at: number[] = []
        emulated.mcu.onAddress(symbols.address("loop"), () => {
            at.push(emulated.mcu.instructions.total)
        })
        const last = symbols.address("loop") + 2 + 2 + 2 + 2 + 2
        emulated.mcu.onAddress(last, () =>
            at.push(emulated.mcu.instructions.total)
        )

        emulated.mcu.run(1e6)

        expect(at[1]! - at[0]!).toBe(3 + 2 * 200)
    })

    it("are as many cycles of CYCCNT at one cycle each, cpi times as many with cpi", () => {
        const one = booted()
        const slow = boot("registers", { cpi: 3 })
        slow.mcu.run(1e6)

        // And the call, and the two reads of the counter.
        const cycles = one.word("cycles")
        expect(cycles).toBeGreaterThanOrEqual(405)
        expect(cycles).toBeLessThanOrEqual(409)
        expect(slow.word("cycles")).toBe(3 * cycles)
    })
})

describe("a debugger's call into the stopped core", () => {
    it("passes arguments, returns r0, and leaves registers and time alone", () => {
        const emulated = booted()
        const before = ["pc", "sp", "r0", "r3", "lr"].map(name =>
            emulated.mcu.register(name)
        )
        const beforeNs = emulated.mcu.nowNs

        const sum = emulated.mcu.call(emulated.elf.symbols.address("add"), 1, 2)

        expect(sum).toBe(43)
        expect(emulated.word("called")).toBe(1)
        expect(emulated.mcu.nowNs).toBe(beforeNs)
        expect(
            ["pc", "sp", "r0", "r3", "lr"].map(name =>
                emulated.mcu.register(name)
            )
        ).toEqual(before)
    })

    it("says so when the function does not return", () => {
        const emulated = booted()

        expect(() =>
            emulated.mcu.call(emulated.elf.symbols.address("never"))
        ).toThrow(/call of never did not return/)
    })
})

describe("code in flash that was changed from outside", () => {
    it("is executed in its new form after codeChanged, at both of its addresses", () => {
        const emulated = booted()
        const view = new DataView(emulated.memory.buffer)
        const place = 0x08060000
        const setR0 = (value: number): void => {
            view.setUint16(place, 0x2000 | value, true) // movs r0, #value
            view.setUint16(place + 2, 0x4770, true) // bx lr
        }
        setR0(11)
        expect(emulated.mcu.call(place)).toBe(11)
        expect(emulated.mcu.call(place - 0x08000000)).toBe(11)

        setR0(22)
        emulated.mcu.codeChanged(place, 4)

        expect(emulated.mcu.call(place)).toBe(22)
        expect(emulated.mcu.call(place - 0x08000000)).toBe(22)
    })
})

describe("onAddress", () => {
    it("is called each time before the instruction, and changes nothing", () => {
        const plain = boot("ticks")
        const watched = boot("ticks")
        let calls = 0
        watched.mcu.onAddress(
            watched.elf.symbols.address("SysTick_Handler"),
            () => calls++
        )

        plain.mcu.run(10.5e6)
        watched.mcu.run(10.5e6)

        expect(calls).toBe(10)
        expect(watched.mcu.instructions).toEqual(plain.mcu.instructions)
    })
})

describe("a reset", () => {
    it("starts the program again, keeps RAM, and tells its cause", () => {
        const emulated = boot("ticks")
        const causes: string[] = []
        emulated.mcu.onReset = cause => causes.push(cause)
        emulated.mcu.run(5.5e6)
        emulated.memory[0x20010000] = 0x5a

        emulated.mcu.requestReset("IWDG")
        emulated.mcu.run(7e6)

        expect(causes).toEqual(["IWDG"])
        expect(emulated.memory[0x20010000]).toBe(0x5a)
        expect(emulated.word("ticks")).toBe(1)
    })
})

describe("sleep", () => {
    it("is most of the time of a program that waits for ticks", () => {
        const emulated = boot("ticks")

        emulated.mcu.run(100e6)

        expect(emulated.mcu.idleNs / 100e6).toBeGreaterThan(0.99)
        expect(emulated.mcu.instructions.byException.get(15)).toBeGreaterThan(
            99
        )
    })
})
