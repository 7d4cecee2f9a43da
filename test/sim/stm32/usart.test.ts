// SPDX-License-Identifier: MIT
// USART: time of a character, flags and their clearing sequences, errors, interrupts, DMA in both directions, pins.

import { beforeEach, describe, expect, it } from "vitest"
import { makeChip, pass, type TestChip } from "../../support/stm32/chip.ts"

// RM0090 §30.6; USART2 on APB1, 45 MHz on this board.
const USART2 = 0x40004400
const SR = USART2 + 0x00
const DR = USART2 + 0x04
const BRR = USART2 + 0x08
const CR1 = USART2 + 0x0c
const CR2 = USART2 + 0x10
const CR3 = USART2 + 0x14
const FE = 1 << 1
const ORE = 1 << 3
const IDLE = 1 << 4
const RXNE = 1 << 5
const TC = 1 << 6
const TXE = 1 << 7
const RE = 1 << 2
const TE = 1 << 3
const UE = 1 << 13
const OVER8 = 1 << 15
const EIE = 1 << 0
const DMAR = 1 << 6
const DMAT = 1 << 7
const BRR_1M = 45 // 45 MHz / 45
const CHARACTER_NS = 10_000 // ten bits at 1 Mbaud

const RCC = 0x40023800
const GPIOA = 0x40020000
const DMA1 = 0x40026000
const SRAM = 0x20000000
const NVIC_ISER1 = 0xe000e104

let c: TestChip
let sent: [value: number, timeNs: number][]

/** Clocks of GPIOA, DMA1 and USART2; PA2 and PA3 in AF7. */
function wire(): void {
    c = makeChip()
    sent = []
    c.write(RCC + 0x30, (1 << 0) | (1 << 21))
    c.write(RCC + 0x40, 1 << 17)
    c.write(GPIOA + 0x20, (7 << 8) | (7 << 12))
    c.write(GPIOA, 0xa8000000 + (2 << 4) + (2 << 6))
    c.chip.usart(2).onTransmit = (value, timeNs) => sent.push([value, timeNs])
}

/** 1 Mbaud, 8N1, both directions; the idle character that TE sends is over. */
function start(cr1 = 0, cr3 = 0): void {
    c.write(BRR, BRR_1M)
    c.write(CR3, cr3)
    c.write(CR1, UE | TE | RE | cr1)
    pass(c.clock, CHARACTER_NS)
}

beforeEach(wire)

describe("USART transmitter", () => {
    it("sends a character in ten bit times", () => {
        start()
        const beginNs = c.clock.nowNs
        c.write(DR, 0x55)
        pass(c.clock, 2 * CHARACTER_NS)

        expect(sent).toEqual([[0x55, beginNs + CHARACTER_NS]])
    })

    it("sends an idle character first when TE is set", () => {
        c.write(BRR, BRR_1M)
        c.write(CR1, UE | TE)
        c.write(DR, 1)
        pass(c.clock, 3 * CHARACTER_NS)

        expect(sent).toEqual([[1, 2 * CHARACTER_NS]])
    })

    it("takes a second character while the first is on the wire, and sends them without a gap", () => {
        start()
        const beginNs = c.clock.nowNs
        c.write(DR, 1)
        expect(c.read(SR) & TXE).toBe(TXE)
        c.write(DR, 2)
        expect(c.read(SR) & TXE).toBe(0)
        pass(c.clock, CHARACTER_NS)
        expect(c.read(SR) & (TXE | TC)).toBe(TXE)
        pass(c.clock, CHARACTER_NS)

        expect(c.read(SR) & (TXE | TC)).toBe(TXE | TC)
        expect(sent.map(([, timeNs]) => timeNs - beginNs)).toEqual([
            CHARACTER_NS,
            2 * CHARACTER_NS,
        ])
    })

    it("refuses a third character while TXE is 0", () => {
        start()
        c.write(DR, 1)
        c.write(DR, 2)

        expect(() => c.write(DR, 3)).toThrow(
            "USART2_DR = 0x00000003: is written while SR_TXE is 0"
        )
    })

    it.each([
        ["OVER8 at 1 Mbaud", (5 << 4) | 5, OVER8, 0, 10_000],
        ["two stop bits", BRR_1M, 0, 2 << 12, 11_000],
        ["nine bits", BRR_1M, 1 << 12, 0, 11_000],
        ["921,600 baud as 918,367", 49, 0, 0, 10_889],
    ])("has the time of a character with %s", (_, brr, cr1, cr2, ns) => {
        c.write(BRR, brr)
        c.write(CR2, cr2)
        c.write(CR1, UE | TE | cr1)
        pass(c.clock, 20_000)
        const beginNs = c.clock.nowNs
        c.write(DR, 7)
        pass(c.clock, 20_000)

        expect(Math.round(sent[0]![1] - beginNs)).toBe(ns)
    })

    it("refuses a divider below 1 and data before TE", () => {
        c.write(BRR, 15)
        expect(() => c.write(CR1, UE | TE)).toThrow("USART2_BRR")

        wire()
        expect(() => c.write(DR, 1)).toThrow("CR1_UE or CR1_TE is 0")
    })

    it("names the pin that lacks its alternate function", () => {
        c.write(GPIOA, 0xa8000000)
        start()

        expect(() => c.write(DR, 1)).toThrow(
            "no pin has the signal TX: PA2 or PD5 must be alternate function 7"
        )
    })
})

describe("USART receiver", () => {
    it("gives each character after its time on the wire", () => {
        start()
        c.chip.usart(2).receive([0x41, 0x42])
        pass(c.clock, CHARACTER_NS - 1)
        expect(c.read(SR) & RXNE).toBe(0)
        pass(c.clock, 1)
        expect(c.read(SR) & RXNE).toBe(RXNE)
        expect(c.read(DR)).toBe(0x41)
        expect(c.read(SR) & RXNE).toBe(0)
        pass(c.clock, CHARACTER_NS)

        expect(c.read(DR)).toBe(0x42)
    })

    it("keeps the unread character and loses the new one on an overrun", () => {
        start()
        c.chip.usart(2).receive([1, 2, 3])
        pass(c.clock, 3 * CHARACTER_NS)
        expect(c.read(SR) & ORE).toBe(ORE)

        expect(c.read(DR)).toBe(1)
        expect(c.read(SR) & (ORE | RXNE)).toBe(0)
    })

    it("sets IDLE a character's time after the last one, once", () => {
        start()
        c.chip.usart(2).receive([1])
        pass(c.clock, 2 * CHARACTER_NS - 1)
        expect(c.read(SR) & IDLE).toBe(0)
        pass(c.clock, 1)
        expect(c.read(SR) & IDLE).toBe(IDLE)
        c.read(DR)
        pass(c.clock, 10 * CHARACTER_NS)

        expect(c.read(SR) & IDLE).toBe(0)
    })

    it("clears an error only by a read of SR and then of DR", () => {
        start()
        c.chip.usart(2).receive([9], "framing")
        pass(c.clock, CHARACTER_NS)
        c.read(DR)
        expect(c.read(SR) & FE).toBe(FE)
        c.read(DR)

        expect(c.read(SR) & FE).toBe(0)
    })

    it("loses what comes while RE is 0", () => {
        c.chip.usart(2).receive([1, 2])
        pass(c.clock, 0)
        start()
        pass(c.clock, 5 * CHARACTER_NS)

        expect(c.read(SR) & RXNE).toBe(0)
    })

    it.each([
        [918_367, 1, 49],
        [1_000_000, FE, 49],
    ])("hears a peer at %i baud with errors 0x%i", (baud, errors, brr) => {
        c.write(BRR, brr)
        c.write(CR1, UE | RE)
        c.chip.usart(2).peerBaud = baud
        c.chip.usart(2).receive([0x33])
        pass(c.clock, 20_000)

        expect(c.read(SR) & FE).toBe(errors & FE)
        expect(c.read(DR) === 0x33).toBe((errors & FE) === 0)
    })
})

describe("USART interrupts", () => {
    it.each([
        ["TXEIE", 1 << 7, true],
        ["TCIE", 1 << 6, true],
        ["RXNEIE", 1 << 5, false],
        ["IDLEIE", 1 << 4, false],
    ])("drive line 38 by %s while the flag is set", (_, enable, atOnce) => {
        c.write(NVIC_ISER1, 1 << (38 - 32))
        start(enable)
        expect(c.chip.nvic.take()).toBe(atOnce ? 38 : undefined)
        if (atOnce) return
        c.chip.usart(2).receive([1])
        pass(c.clock, 3 * CHARACTER_NS)

        expect(c.chip.nvic.take()).toBe(38)
        c.read(SR)
        c.read(DR)
        c.chip.nvic.complete(38)
        expect(c.chip.nvic.take()).toBeUndefined()
    })

    it("report an overrun by EIE only with DMAR", () => {
        c.write(NVIC_ISER1, 1 << (38 - 32))
        start(0, EIE)
        c.chip.usart(2).receive([1, 2])
        pass(c.clock, 3 * CHARACTER_NS)
        expect(c.chip.nvic.take()).toBeUndefined()

        c.write(CR3, EIE | DMAR)
        expect(c.chip.nvic.take()).toBe(38)
    })
})

describe("USART with DMA1", () => {
    function stream(
        n: number,
        control: number,
        items: number,
        memory = SRAM
    ): void {
        const at = DMA1 + 0x10 + 0x18 * n
        c.write(at + 0x08, DR)
        c.write(at + 0x0c, memory)
        c.write(at + 0x04, items)
        c.write(at, (4 << 25) | (1 << 10) | control | 1)
    }

    it("sends a buffer from stream 6 at the speed of the line, TCIF before TC", () => {
        start()
        c.memory.set([10, 20, 30], SRAM)
        stream(6, 1 << 6, 3)
        c.write(SR, ~TC >>> 0)
        c.write(CR3, DMAT)
        const beginNs = c.clock.nowNs
        pass(c.clock, 2 * CHARACTER_NS)
        expect((c.read(DMA1 + 0x04) >>> 21) & 1).toBe(1)
        expect(c.read(SR) & TC).toBe(0)
        pass(c.clock, 2 * CHARACTER_NS)

        expect(c.read(SR) & TC).toBe(TC)
        expect(sent.map(([value]) => value)).toEqual([10, 20, 30])
        expect(sent[2]![1] - beginNs).toBeLessThan(3 * CHARACTER_NS + 100)
    })

    it("receives into a ring by stream 5, NDTR says how far", () => {
        start(0, DMAR)
        stream(5, 1 << 8, 4, SRAM + 0x100)
        c.chip.usart(2).receive([1, 2, 3, 4, 5])
        pass(c.clock, 6 * CHARACTER_NS)

        expect([...c.memory.slice(SRAM + 0x100, SRAM + 0x104)]).toEqual([
            5, 2, 3, 4,
        ])
        expect(c.read(DMA1 + 0x10 + 0x18 * 5 + 4)).toBe(3)
        expect(c.read(SR) & ORE).toBe(0)
    })

    it("refuses a stream in the wrong direction and items of a word", () => {
        start(0, DMAT)
        stream(6, 0, 3)
        expect(() => pass(c.clock, CHARACTER_NS)).toThrow(
            "DIR is 0, the request of this channel needs 1"
        )

        wire()
        start(0, DMAT)
        stream(6, (1 << 6) | (2 << 11) | (2 << 13), 3)
        expect(() => pass(c.clock, CHARACTER_NS)).toThrow(
            "USART2_TX moves items of at most 2 bytes"
        )
    })

    it("does not reach the CCM", () => {
        start(0, DMAT)

        expect(() => stream(6, 1 << 6, 3, 0x10000000)).toThrow(
            "DMA1_S6M0AR: transfer error at 0x10000000: the bus matrix does not connect DMA1"
        )
    })
})

describe("USART refusals", () => {
    it.each([
        ["CR1", CR1, UE | (1 << 1)],
        ["CR2", CR2, 1 << 14],
        ["CR3", CR3, 1 << 3],
    ])("name %s", (name, address, value) => {
        expect(() => c.write(address, value)).toThrow(`USART2_${name}`)
    })

    it("know USART6 on APB2 at 90 MHz and no GTPR in UART4", () => {
        c.write(RCC + 0x44, 1 << 5)
        c.write(0x40011408, 90)
        expect(c.chip.usart(6).baud).toBe(1e6)

        c.write(RCC + 0x40, 1 << 19)
        expect(() => c.read(0x40004c18)).toThrow("UART4_0x18")
    })
})
