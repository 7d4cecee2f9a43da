// SPDX-License-Identifier: MIT
// Blocks that are kept, not modelled: what the table does, and what firmware waits for.

import { beforeEach, describe, expect, it } from "vitest"
import { Irq } from "../../../sim/stm32/nvic/irq.ts"
import { RegisterFile } from "../../../sim/stm32/register-files/register-file.ts"
import { makeChip, pass, type TestChip } from "../../support/stm32/chip.ts"

const RCC_AHB1ENR = 0x40023830
const RCC_AHB2ENR = 0x40023834
const RCC_APB1ENR = 0x40023840
const RCC_APB2ENR = 0x40023844
const RCC_AHB2RSTR = 0x40023814

let made: TestChip

function make(board = "stm32f407ve"): void {
    made = makeChip(board, false, "board", {}, { keptBlocks: true })
}

/** Switch a clock on. */
function enable(register: number, bit: number): void {
    made.write(register, made.read(register) | (1 << bit))
}

beforeEach(() => make())

describe("a register file", () => {
    const file = new RegisterFile({
        name: "TEST",
        base: 0,
        sizeBytes: 0x400,
        gate: undefined,
        registers: [
            { name: "PLAIN", offset: 0, reset: 0x55 },
            {
                name: "MIXED",
                offset: 4,
                reset: 0x4321,
                writable: 0x000f,
                clearedBy1: 0x00f0,
                clearedBy0: 0x0f00,
                selfClearing: 0xf0000,
            },
        ],
    })
    beforeEach(() => file.reset())

    it("holds what is written, also where the table has nothing", () => {
        file.writeUint32(0, 0xdeadbeef)
        file.writeUint32(0x100, 7)

        expect(file.readUint32(0)).toBe(0xdeadbeef)
        expect(file.readUint32(0x100)).toBe(7)
        file.reset()
        expect(file.readUint32(0)).toBe(0x55)
        expect(file.readUint32(0x100)).toBe(0)
    })

    it("has bits that a 1 or a 0 clears, commands, and bits that only hardware writes", () => {
        file.writeUint32(4, 0xff00a)
        expect(file.readUint32(4).toString(16)).toBe("402a")
        file.reset()
        file.writeUint32(4, 0xf1 | 0x0200)
        expect(file.readUint32(4).toString(16)).toBe("4201")
    })

    it("counts accesses by register", () => {
        const other = new RegisterFile(file.block)
        other.readUint32(4)
        other.readUint32(4)
        other.writeUint32(0, 1)

        expect(other.accesses()).toEqual([
            { offset: 0, reads: 0, writes: 1 },
            { offset: 4, reads: 2, writes: 0 },
        ])
    })
})

describe("kept blocks", () => {
    it("are there only when they are asked for", () => {
        const strict = makeChip("stm32f407ve")
        expect(strict.chip.kept).toBeUndefined()
        expect(() => strict.read(0x50000000)).toThrow("no block is modelled")
    })

    it("have their gates", () => {
        expect(() => made.read(0x50000000)).toThrow(
            "USB OTG FS_GOTGCTL: read while RCC has its clock off"
        )
    })

    it("are reset by RCC and with the chip; the RTC is not", () => {
        enable(RCC_AHB2ENR, 7)
        made.write(0x50000018, 1)
        made.write(RCC_AHB2RSTR, 1 << 7)
        made.write(RCC_AHB2RSTR, 0)
        expect(made.read(0x50000018)).toBe(0)

        made.write(0x40002850, 0x1234)
        made.chip.reset("software")
        expect(made.read(0x40002850)).toBe(0x1234)
    })

    it("say which were used", () => {
        enable(RCC_AHB2ENR, 7)
        made.write(0x50000008, 1)
        made.read(0x40002800)

        expect(made.chip.kept!.used().map(({ name }) => name)).toEqual([
            "RTC",
            "USB OTG FS",
        ])
    })

    it("have no Ethernet on the F446", () => {
        enable(RCC_AHB1ENR, 25)
        expect(made.read(0x40028000)).toBe(0x8000)
        make("nucleo-f446re")
        expect(() => made.read(0x40028000)).toThrow("no block is modelled")
    })
})

describe("USB OTG FS", () => {
    const USB = 0x50000000
    beforeEach(() => enable(RCC_AHB2ENR, 7))

    it("runs through a start-up as a device", () => {
        // The order of ST's drivers: PHY, core reset, device mode, flush, endpoints, connect.
        made.write(USB + 0x00c, made.read(USB + 0x00c) | (1 << 6))
        expect(made.read(USB + 0x010) >>> 31).toBe(1)
        made.write(USB + 0x010, made.read(USB + 0x010) | 1)
        expect(made.read(USB + 0x010) & 1).toBe(0)
        expect(made.read(USB + 0x010) >>> 31).toBe(1)
        made.write(USB + 0x00c, made.read(USB + 0x00c) | (1 << 30))
        expect(made.read(USB + 0x014) & 1).toBe(0)
        made.write(USB + 0x010, (1 << 5) | (0x10 << 6))
        expect(made.read(USB + 0x010) & (1 << 5)).toBe(0)
        made.write(USB + 0x010, 1 << 4)
        expect(made.read(USB + 0x010) & (1 << 4)).toBe(0)
        for (let endpoint = 0; endpoint < 4; endpoint++)
            made.write(USB + 0x908 + endpoint * 0x20, 0xff)
        expect(made.read(USB + 0x908)).toBe(0x80)
        made.write(USB + 0x804, 0)
        expect(made.read(USB + 0x014)).toBe(0x04000020)
    })

    it("is a host when it is forced to be one", () => {
        made.write(USB + 0x00c, 1 << 29)
        expect(made.read(USB + 0x014) & 1).toBe(1)
    })

    it("disables an endpoint at once", () => {
        made.write(USB + 0x920, 1 << 31)
        expect(made.read(USB + 0x920) >>> 31).toBe(1)
        made.write(USB + 0x920, (1 << 30) | (1 << 27))
        expect(made.read(USB + 0x920)).toBe(1 << 17)
        expect(made.read(USB + 0x928) & 2).toBe(2)
        made.write(USB + 0x928, 2)
        expect(made.read(USB + 0x928) & 2).toBe(0)
    })

    it("has global NAKs in force at once", () => {
        made.write(USB + 0x804, 1 << 7)
        expect(made.read(USB + 0x804)).toBe(1 << 2)
        expect(made.read(USB + 0x014) & (1 << 6)).not.toBe(0)
        made.write(USB + 0x804, 1 << 8)
        expect(made.read(USB + 0x804)).toBe(0)
        expect(made.read(USB + 0x014) & (1 << 6)).toBe(0)
    })

    it("swallows what goes into its FIFOs", () => {
        made.write(USB + 0x1000, 0x12345678)
        expect(made.read(USB + 0x1000)).toBe(0)
    })
})

describe("SPI", () => {
    const SPI2 = 0x40003800
    const MASTER_8 = (1 << 6) | (1 << 2)
    beforeEach(() => enable(RCC_APB1ENR, 14))

    it("brings ones for each word that is sent", () => {
        made.write(SPI2, MASTER_8)
        expect(made.read(SPI2 + 8)).toBe(2)
        made.write(SPI2 + 0xc, 0x80)
        expect(made.read(SPI2 + 8)).toBe(3)
        expect(made.read(SPI2 + 0xc)).toBe(0xff)
        expect(made.read(SPI2 + 8)).toBe(2)
        made.write(SPI2, MASTER_8 | (1 << 11))
        made.write(SPI2 + 0xc, 0x8000)
        expect(made.read(SPI2 + 0xc)).toBe(0xffff)
    })

    it("receives nothing while it is off, or a slave", () => {
        made.write(SPI2 + 0xc, 1)
        expect(made.read(SPI2 + 8)).toBe(2)
        made.write(SPI2, 1 << 6)
        made.write(SPI2 + 0xc, 1)
        expect(made.read(SPI2 + 8)).toBe(2)
    })

    it("overruns when nobody reads; DR and then SR clear that", () => {
        made.write(SPI2, MASTER_8)
        made.write(SPI2 + 0xc, 1)
        made.write(SPI2 + 0xc, 2)
        expect(made.read(SPI2 + 8)).toBe(0x43)
        made.read(SPI2 + 0xc)
        expect(made.read(SPI2 + 8)).toBe(0x42)
        expect(made.read(SPI2 + 8)).toBe(2)
    })

    it("clocks by itself when it only receives", () => {
        made.write(SPI2, MASTER_8 | (1 << 10))
        expect(made.read(SPI2 + 8) & 1).toBe(1)
        made.read(SPI2 + 0xc)
        expect(made.read(SPI2 + 8) & 1).toBe(1)
    })

    it("interrupts while TXE or RXNE are wanted", () => {
        const ISPR1 = 0xe000e204
        const pending = (): boolean =>
            (made.read(ISPR1) & (1 << (Irq.SPI2 - 32))) !== 0
        made.write(SPI2, MASTER_8)
        expect(pending()).toBe(false)
        made.write(SPI2 + 4, 1 << 6)
        expect(pending()).toBe(false)
        made.write(SPI2 + 0xc, 1)
        expect(pending()).toBe(true)
    })

    it("is served by DMA, both ways", () => {
        const DMA1 = 0x40026000
        const STREAM_RX = DMA1 + 0x10 + 3 * 0x18
        const STREAM_TX = DMA1 + 0x10 + 4 * 0x18
        const RAM = 0x20000000
        enable(RCC_AHB1ENR, 21)
        made.memory.fill(0, RAM, RAM + 16)
        made.write(SPI2, MASTER_8)
        made.write(SPI2 + 4, 3)
        for (const [stream, at, cr] of [
            [STREAM_RX, RAM, 1 << 10],
            [STREAM_TX, RAM + 8, (1 << 10) | (1 << 6)],
        ] as const) {
            made.write(stream + 0x04, 4)
            made.write(stream + 0x08, SPI2 + 0xc)
            made.write(stream + 0x0c, at)
            made.write(stream, cr | 1)
        }
        pass(made.clock, 1e6)

        expect([...made.memory.subarray(RAM, RAM + 5)]).toEqual([
            255, 255, 255, 255, 0,
        ])
        expect(made.read(STREAM_TX + 4)).toBe(0)
        expect(made.read(STREAM_RX + 4)).toBe(0)
    })
})

describe("what firmware waits for", () => {
    it("ADC: a conversion is complete, until DR is read", () => {
        const ADC1 = 0x40012000
        enable(RCC_APB2ENR, 8)
        made.write(ADC1 + 8, (1 << 30) | 1)
        expect(made.read(ADC1 + 8)).toBe(1)
        expect(made.read(ADC1)).toBe(0x12)
        expect(made.read(ADC1 + 0x4c)).toBe(0)
        expect(made.read(ADC1)).toBe(0x10)
        made.write(ADC1, 0)
        expect(made.read(ADC1)).toBe(0)
        made.write(ADC1 + 0x304, 0x30000)
        expect(made.read(ADC1 + 0x304)).toBe(0x30000)
    })

    it("CAN: modes are entered", () => {
        const CAN1 = 0x40006400
        enable(RCC_APB1ENR, 25)
        expect(made.read(CAN1 + 4)).toBe(0xc02)
        made.write(CAN1, 1)
        expect(made.read(CAN1 + 4) & 3).toBe(1)
        made.write(CAN1, 0)
        expect(made.read(CAN1 + 4) & 3).toBe(0)
    })

    it("SDIO: no card answers", () => {
        const SDIO = 0x40012c00
        enable(RCC_APB2ENR, 11)
        made.write(SDIO + 0x0c, 1 << 10)
        expect(made.read(SDIO + 0x34)).toBe(1 << 7)
        made.write(SDIO + 0x38, 1 << 7)
        made.write(SDIO + 0x0c, (1 << 10) | (1 << 6) | 8)
        expect(made.read(SDIO + 0x34)).toBe(1 << 2)
    })

    it("RTC: initialisation is entered and left", () => {
        const ISR = 0x4000280c
        expect(made.read(ISR)).toBe(7)
        made.write(ISR, 0xffffffff)
        expect(made.read(ISR) & 0xc0).toBe(0xc0)
        made.write(ISR, 0xffffff7f)
        expect(made.read(ISR) & 0xe0).toBe(0x20)
    })

    it("Ethernet: DMA's reset and the PHY's bus are done; no PHY answers", () => {
        const ETH = 0x40028000
        enable(RCC_AHB1ENR, 25)
        made.write(ETH + 0x1000, made.read(ETH + 0x1000) | 1)
        expect(made.read(ETH + 0x1000)).toBe(0x20100)
        made.write(ETH + 0x10, 1)
        expect(made.read(ETH + 0x10)).toBe(0)
        expect(made.read(ETH + 0x14)).toBe(0xffff)
    })
})
