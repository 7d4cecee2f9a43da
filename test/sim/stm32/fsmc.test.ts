// SPDX-License-Identifier: MIT
// FSMC and FMC: registers, gates, what gets an AHB error, how accesses reach a device, how long they take.

import { beforeEach, describe, expect, it } from "vitest"
import type { SelectedDevice } from "../../../sim/wires/select-bus.ts"
import { LCD_PINS, wireLcd } from "../../support/stm32/lcd-pins.ts"
import { makeChip, pass, type TestChip } from "../../support/stm32/chip.ts"

const RCC_AHB3ENR = 0x40023838
const BCR1 = 0xa0000000
const BTR1 = 0xa0000004
const BCR2 = 0xa0000008
const BWTR1 = 0xa0000104
const SDSR = 0xa0000158
const NE1 = 0x60000000
const NE2 = 0x64000000
const NAND = 0x70000000
const A18 = 1 << 19

const MBKEN = 1
const MUXEN = 1 << 1
const PSRAM = 1 << 2
const WIDTH_16 = 1 << 4
const FACCEN = 1 << 6
const WREN = 1 << 12
const EXTMOD = 1 << 14
const SRAM_16 = MBKEN | WIDTH_16 | WREN

/** What was on the lines, and what reads give, one after the other. */
class FakeDevice implements SelectedDevice {
    readonly name = "FAKE"
    addressLines = 1 << 18
    strobeMinNs = { write: 0, read: 0 }
    readonly seen: string[] = []
    readonly answers: number[] = []

    write(lines: number, value: number, width: number): void {
        this.seen.push(`${lines.toString(16)}=${value.toString(16)}/${width}`)
    }

    read(lines: number): number {
        this.seen.push(`${lines.toString(16)}?`)
        return this.answers.shift() ?? 0
    }
}

let made: TestChip
let device: FakeDevice

function make(board = "stm32f407ve", permissive = false): void {
    made = makeChip(board, permissive)
    device = new FakeDevice()
    made.chip.fsmc.attach(1, device)
}

function on(bcr = SRAM_16): void {
    wireLcd(made)
    made.write(BCR1, bcr)
}

beforeEach(() => make())

describe("registers", () => {
    it("have their reset values: bank 1 is on as 16-bit NOR flash", () => {
        made.write(RCC_AHB3ENR, 1)

        expect(made.read(BCR1)).toBe(0x30db)
        expect(made.read(BCR2)).toBe(0x30d2)
        expect(made.read(BTR1)).toBe(0x0fffffff)
        expect(made.read(BWTR1)).toBe(0x0fffffff)
        expect(made.read(0xa0000060)).toBe(0x18)
    })

    it("are refused without the clock", () => {
        expect(() => made.read(BCR1)).toThrow(
            "FSMC_BCR1: read while RCC has its clock off"
        )
    })

    it("warn of reserved bits and ignore them", () => {
        on()
        made.write(BTR1, 0xf0000201)

        expect(made.read(BTR1)).toBe(0x30000201)
        expect(made.rules.warnings).toHaveLength(1)
    })

    it("have SDRAM in the FMC only", () => {
        on()
        expect(() => made.read(SDSR)).toThrow("no model for a read")
        make("nucleo-f446re")
        on()
        expect(made.read(SDSR)).toBe(0)
        expect(made.chip.fsmc.name).toBe("FMC")
    })

    it("take no 32 data lines in the FSMC", () => {
        wireLcd(made)
        expect(() => made.write(BCR1, MBKEN | (2 << 4))).toThrow(
            "MWID is reserved"
        )
    })

    it("are reset by RCC", () => {
        on()
        made.write(0x40023818, 1)
        made.write(0x40023818, 0)

        expect(made.read(BCR1)).toBe(0x30db)
    })
})

describe("an access to bank 1", () => {
    it("has HADDR[26:1] on the address lines of 16 data lines", () => {
        on()
        made.chip.bus.write(NE1 | A18, 2, 0x1234)
        made.chip.bus.write(NE1 | 0x02, 2, 0xffff)

        expect(device.seen).toEqual(["40000=1234/16", "1=ffff/16"])
    })

    it("of 32 bits is two of 16, the low half first", () => {
        on()
        made.write(NE1 | A18, 0x12345678)
        device.answers.push(0x1111, 0x2222)

        expect(made.read(NE1 | A18)).toBe(0x22221111)
        expect(device.seen).toEqual([
            "40000=5678/16",
            "40001=1234/16",
            "40000?",
            "40001?",
        ])
    })

    it("of 16 bits is two of 8 on 8 data lines, with HADDR on the address lines", () => {
        on(MBKEN | WREN)
        device.addressLines = 0
        made.chip.bus.write(NE1 | 0x10, 2, 0xabcd)

        expect(device.seen).toEqual(["10=cd/8", "11=ab/8"])
    })

    it("of 8 bits reaches a device without byte lanes as the byte twice, with a warning", () => {
        on()
        made.chip.bus.write(NE1 | A18, 1, 0x5a)
        device.answers.push(0x1234)

        expect(made.chip.bus.read((NE1 | A18) + 1, 1)).toBe(0x12)
        expect(device.seen[0]).toBe("40000=5a5a/16")
        expect(made.rules.warnings[0]!.message).toContain("no byte lanes")
    })

    it("of a place that is not aligned is made of bytes", () => {
        on()
        device.answers.push(0xbbaa, 0xddcc)

        expect(made.chip.bus.read((NE1 | A18) + 1, 2)).toBe(0xccbb)
    })

    it("of a select without a device is lost, reads float, and both are counted", () => {
        on()
        made.write(BCR2, SRAM_16)
        made.chip.bus.write(NE2, 2, 1)

        expect(made.chip.bus.read(NE2, 2)).toBe(0xffff)
        expect(made.chip.fsmc.unconnected()).toEqual([
            { select: 2, reads: 1, writes: 1 },
        ])
    })

    it.each(LCD_PINS.filter(pin => pin !== "PD4"))(
        "is refused while %s is no pin of the FSMC",
        missing => {
            wireLcd(
                made,
                LCD_PINS.filter(pin => pin !== missing)
            )
            made.write(BCR1, SRAM_16)

            expect(() => made.chip.bus.write(NE1, 2, 1)).toThrow(
                `${missing} must be alternate function 12`
            )
        }
    )

    it("reads with NOE", () => {
        wireLcd(
            made,
            LCD_PINS.filter(pin => pin !== "PD4")
        )
        made.write(BCR1, SRAM_16)
        made.chip.bus.write(NE1, 2, 1)

        expect(() => made.chip.bus.read(NE1, 2)).toThrow("no pin carries NOE")
    })

    it("has no A0 to A15 when it is multiplexed", () => {
        on(SRAM_16 | MUXEN | PSRAM)
        made.chip.bus.write(NE1 | A18, 2, 1)
        device.addressLines = 1 << 6

        expect(() => made.chip.bus.write(NE1, 2, 1)).toThrow(
            "A6 is wired to it, and MUXEN is 1"
        )
    })
})

describe("an AHB error", () => {
    const cases: readonly [string, number, number, string][] = [
        ["MBKEN is 0", SRAM_16 & ~MBKEN, NE1, "MBKEN is 0 in BCR1"],
        ["WREN is 0", SRAM_16 & ~WREN, NE1, "WREN is 0 in BCR1"],
        ["FACCEN is 0 of NOR flash", SRAM_16 | (2 << 2), NE1, "FACCEN is 0"],
        ["a bank of NAND flash is off", SRAM_16, NAND, "PBKEN is 0 in PCR2"],
    ]
    it.each(cases)("comes when %s", (_, bcr, address, why) => {
        on(bcr)

        expect(() => made.chip.bus.write(address, 2, 1)).toThrow(why)
        expect(device.seen).toEqual([])
    })

    it("does not come for a read without WREN, nor for NOR flash with FACCEN", () => {
        on(SRAM_16 & ~WREN)
        made.chip.bus.read(NE1, 2)
        made.write(BCR1, SRAM_16 | (2 << 2) | FACCEN)
        made.chip.bus.write(NE1, 2, 1)

        expect(device.seen).toHaveLength(2)
    })

    it("is left for the core in permissive mode", () => {
        make("stm32f407ve", true)
        on(SRAM_16 & ~MBKEN)
        made.chip.bus.write(NE1 | 2, 2, 1)

        expect(made.chip.bus.error).toEqual({
            address: NE1 | 2,
            access: "write",
        })
        expect(made.rules.violations).toHaveLength(1)
    })

    it("is none without the clock: the access is lost", () => {
        make("stm32f407ve", true)
        made.chip.bus.write(NE1, 2, 1)

        expect(made.chip.bus.error).toBeUndefined()
        expect(made.rules.violations[0]!.message).toContain("clock off")
    })
})

describe("the time of an access, HCLK cycles", () => {
    const cycles = (bytes: number, access: "read" | "write"): number =>
        made.chip.fsmc.accessCycles(NE1, bytes, access)

    it("is that of the data sheet's tables: ADDSET 0, DATAST 1", () => {
        on()
        made.write(BTR1, 0x00000110)
        expect([cycles(2, "read"), cycles(2, "write")]).toEqual([2, 3])
        made.write(BCR1, SRAM_16 | MUXEN | PSRAM)
        expect([cycles(2, "read"), cycles(2, "write")]).toEqual([3, 4])
    })

    it("grows with ADDSET and DATAST, and doubles for a word", () => {
        on()
        made.write(BTR1, 0x00000902)
        expect(cycles(2, "write")).toBe(2 + 9 + 2)
        expect(cycles(4, "write")).toBe(2 * (2 + 9 + 2))
        expect(cycles(1, "read")).toBe(2 + 9 + 1)
    })

    it("is BWTR's for writes in extended mode", () => {
        on(SRAM_16 | EXTMOD)
        made.write(BTR1, 0x00003c0f)
        made.write(BWTR1, 0x00000809)
        expect(cycles(2, "read")).toBe(15 + 60 + 1)
        expect(cycles(2, "write")).toBe(9 + 8 + 2)
    })

    it("has a strobe that may be too short for the device: a warning", () => {
        on()
        made.write(BTR1, 0x00000200)
        device.strobeMinNs = { write: 15, read: 45 }
        made.chip.bus.write(NE1, 2, 1)
        made.chip.bus.read(NE1, 2)
        made.write(BTR1, 0x00000300)
        made.chip.bus.write(NE1, 2, 1)

        // 2 HCLK of 168 MHz; a read is one longer. 3 HCLK are enough for a write.
        expect(
            made.rules.warnings.map(({ message, count }) => [message, count])
        ).toEqual([
            [
                "FSMC: NWE is low for 11.9 ns at a write of FAKE, whose data sheet wants 15 ns: DATAST must be 1 more",
                1,
            ],
            [
                "FSMC: NOE is low for 17.9 ns at a read of FAKE, whose data sheet wants 45 ns: DATAST must be 5 more",
                1,
            ],
        ])
    })

    it("is nothing outside of bank 1", () => {
        expect(made.chip.fsmc.accessCycles(NAND, 2, "read")).toBe(0)
    })
})

describe("DMA2", () => {
    const DMA2_S0 = 0x40026410
    const RAM = 0x20000000
    const M2M = 2 << 6
    const PINC = 1 << 9
    const MINC = 1 << 10
    const HALFWORDS = (1 << 11) | (1 << 13)
    const TEIF0 = 1 << 3

    function copy(cr: number, from: number, to: number, items: number): void {
        made.write(0x40023830, made.read(0x40023830) | (1 << 22))
        made.write(DMA2_S0 + 0x04, items)
        made.write(DMA2_S0 + 0x08, from)
        made.write(DMA2_S0 + 0x0c, to)
        made.write(DMA2_S0 + 0x14, 7)
        made.write(DMA2_S0, cr | 1)
        pass(made.clock, 1e6)
    }

    it("copies memory to one address: each item is taken", () => {
        on()
        made.memory.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], RAM)
        copy(M2M | PINC | HALFWORDS, RAM, NE1 | A18, 5)

        expect(device.seen).toEqual(
            ["201", "403", "605", "807", "a09"].map(
                value => `40000=${value}/16`
            )
        )
    })

    it("reads a device", () => {
        on()
        device.answers.push(0x1111, 0x2222)
        copy(M2M | MINC | HALFWORDS, NE1 | A18, RAM, 2)

        expect([...made.memory.subarray(RAM, RAM + 4)]).toEqual([
            0x11, 0x11, 0x22, 0x22,
        ])
    })

    it("gets a transfer error from a bank that is off", () => {
        make("stm32f407ve", true)
        on(SRAM_16 & ~MBKEN)
        copy(M2M | PINC | HALFWORDS, RAM, NE1 | A18, 5)

        expect(made.read(0x40026400) & TEIF0).toBe(TEIF0)
        expect(made.rules.violations.map(({ message }) => message)).toEqual([
            expect.stringContaining("MBKEN is 0 in BCR1") as string,
        ])
    })
})
