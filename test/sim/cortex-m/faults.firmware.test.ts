// SPDX-License-Identifier: MIT
// Faults reach the program's own handlers with the record that the silicon leaves (PM0214 §4.4.10 to §4.4.16).

import { afterEach, describe, expect, it } from "vitest"
import type { EmulatedChip } from "../../support/cortex-m/emulated-chip.ts"
import { boot, closeAll } from "../../support/cortex-m/core.ts"

afterEach(closeAll)

const ALL_HANDLERS = 7

function runFault(which: number, enabled = ALL_HANDLERS): EmulatedChip {
    const emulated = boot("faults", { permissive: true })
    const view = new DataView(emulated.memory.buffer)
    const { symbols } = emulated.elf
    view.setUint32(symbols.address("which"), which, true)
    view.setUint32(symbols.address("enabled"), enabled, true)
    emulated.mcu.run(1e6)
    return emulated
}

/** Handler: 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault. */
const CASES: readonly {
    name: string
    which: number
    handler: number
    cfsr: number
    at: string
    bfar?: number
}[] = [
    {
        name: "a read where nothing is mapped",
        which: 0,
        handler: 5,
        cfsr: 0x8200,
        at: "at_read",
        bfar: 0xc0000000,
    },
    {
        name: "LDRD from an unaligned address",
        which: 1,
        handler: 6,
        cfsr: 1 << 24,
        at: "at_ldrd",
    },
    {
        name: "an undefined instruction",
        which: 2,
        handler: 6,
        cfsr: 1 << 16,
        at: "at_udf",
    },
    {
        name: "a division by zero with DIV_0_TRP",
        which: 3,
        handler: 6,
        cfsr: 1 << 25,
        at: "at_div",
    },
    {
        name: "LDR from an unaligned address with UNALIGN_TRP",
        which: 7,
        handler: 6,
        cfsr: 1 << 24,
        at: "at_word",
    },
    {
        name: "an FP instruction with the FPU off",
        which: 9,
        handler: 6,
        cfsr: 1 << 19,
        at: "at_fpu",
    },
    {
        name: "a write where nothing is mapped",
        which: 10,
        handler: 5,
        cfsr: 0x8200,
        at: "at_write",
        bfar: 0xc0000008,
    },
    {
        name: "LDM from an unaligned address",
        which: 14,
        handler: 6,
        cfsr: 1 << 24,
        at: "at_ldm",
    },
    {
        name: "a read of a bank of the FMC that is off",
        which: 16,
        handler: 5,
        cfsr: 0x8200,
        at: "at_bank_read",
        bfar: 0x64000004,
    },
    {
        name: "a write into it, which the write buffer makes imprecise",
        which: 17,
        handler: 5,
        cfsr: 0x0400,
        at: "after_bank_write",
    },
]

describe("the fault handler", () => {
    it.each(CASES)(
        "finds CFSR, address and PC of $name",
        ({ which, handler, cfsr, at, bfar }) => {
            const emulated = runFault(which)

            expect(emulated.word("handler")).toBe(handler)
            expect(emulated.word("cfsr").toString(16)).toBe(cfsr.toString(16))
            expect(emulated.word("hfsr")).toBe(0)
            expect(emulated.word("stacked_pc")).toBe(
                emulated.elf.symbols.address(at) & ~1
            )
            if (bfar !== undefined) expect(emulated.word("bfar")).toBe(bfar)
        }
    )

    it("is HardFault, with FORCED, when the fault's own handler is off", () => {
        const emulated = runFault(0, 0)

        expect(emulated.word("handler")).toBe(3)
        expect(emulated.word("hfsr")).toBe(0x40000000)
        expect(emulated.word("cfsr")).toBe(0x8200)
        expect(emulated.word("bfar")).toBe(0xc0000000)
    })

    it("finds the address that could not be fetched", () => {
        const emulated = runFault(5)

        expect(emulated.word("handler")).toBe(5)
        expect(emulated.word("cfsr")).toBe(1 << 8)
        expect(emulated.word("stacked_pc")).toBe(0x30000000)
    })

    it("finds IACCVIOL when a peripheral is executed", () => {
        const emulated = runFault(15)

        expect(emulated.word("handler")).toBe(4)
        expect(emulated.word("cfsr")).toBe(1 << 0)
    })

    it("finds INVSTATE after a branch to an even address", () => {
        const emulated = runFault(6)

        expect(emulated.word("handler")).toBe(6)
        expect(emulated.word("cfsr")).toBe(1 << 17)
        expect(emulated.word("stacked_pc")).toBe(
            emulated.elf.symbols.address("at_read") & ~1
        )
    })

    it("finds a stack that ran into the MPU's guard", () => {
        const emulated = runFault(4)
        const bottom = emulated.word("guard_bottom")

        expect(emulated.word("handler")).toBe(4)
        // DACCVIOL with its address; the entry's own frame meets the guard, too: MSTKERR.
        expect(emulated.word("cfsr") & 0x82).toBe(0x82)
        expect(emulated.word("mmfar")).toBeGreaterThanOrEqual(bottom)
        expect(emulated.word("mmfar")).toBeLessThan(bottom + 256)
    })
})

describe("what is no fault", () => {
    it("LDR reads an unaligned word while UNALIGN_TRP is clear", () => {
        expect(runFault(8).word("handler")).toBe(99)
    })

    it("a division by zero gives 0 while DIV_0_TRP is clear", () => {
        const emulated = boot("registers")
        emulated.mcu.run(1e5)

        expect(emulated.mcu.instructions.total).toBeGreaterThan(400)
    })
})

describe("what ends the emulation with an explanation", () => {
    it("BKPT", () => {
        expect(() => runFault(11)).toThrow(
            /stops at BKPT 5, PC 0x0800[0-9a-f]{4} \(main\+0x/
        )
    })

    it("semihosting", () => {
        expect(() => runFault(12)).toThrow(/semihosting/)
    })

    it("a lockup: a fault in HardFault", () => {
        const emulated = boot("lockup")

        expect(() => emulated.mcu.run(1e6)).toThrow(
            /locked up.*0xc0000000.*HARD_FAULT.*HardFault_Handler.*CFSR 0x0000/
        )
    })
})

describe("a store into flash", () => {
    it("goes to the model of the flash, which decides what is there afterwards", () => {
        const emulated = boot("faults")
        const view = new DataView(emulated.memory.buffer)
        view.setUint32(emulated.elf.symbols.address("which"), 13, true)
        view.setUint32(0x08040000, 0xffff0f0f, true)
        const stores: number[][] = []
        emulated.mcu.onFlashWrite = (address, bytes, value) => {
            const old = view.getUint32(address, true)
            stores.push([address, bytes, value, old])
            view.setUint32(address, old & value, true)
        }

        emulated.mcu.run(1e6)

        expect(stores).toEqual([[0x08040000, 4, 0x12345678, 0xffff0f0f]])
        expect(emulated.word("handler")).toBe(98)
        expect(emulated.word("sink")).toBe(0x12340608)
    })

    it("breaks a rule when nothing models the flash", () => {
        const emulated = boot("faults")
        const view = new DataView(emulated.memory.buffer)
        view.setUint32(emulated.elf.symbols.address("which"), 13, true)
        emulated.mcu.onFlashWrite = undefined

        expect(() => emulated.mcu.run(1e6)).toThrow(
            /FLASH = 0x12345678: store of 32 bits at 0x08040000/
        )
        expect(emulated.word(0x08040000)).toBe(0xffffffff)
    })
})
