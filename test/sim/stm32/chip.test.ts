// SPDX-License-Identifier: MIT
// The wired chip: a frame from the pins to memory, the board's rules, speed-relevant structure.

import { describe, expect, it } from "vitest"
import {
    FakeTarget,
    makeChip,
    pass,
    PIXCLK_NS,
    type TestChip,
} from "../../support/stm32/chip.ts"

const RCC = 0x40023800
const AHB1ENR = RCC + 0x30
const AHB2ENR = RCC + 0x34
const APB1ENR = RCC + 0x40
const GPIOA = 0x40020000
const GPIOB = 0x40020400
const GPIOC = 0x40020800
const MODER = 0x00
const OTYPER = 0x04
const IDR = 0x10
const BSRR = 0x18
const AFRL = 0x20
const AFRH = 0x24
const I2C2 = 0x40005800
const DCMI = 0x50050000
const DMA2 = 0x40026400
const NVIC_ISER1 = 0xe000e104
const NVIC_ISER2 = 0xe000e108
const SRAM = 0x20000000

/** Clocks of GPIOA..H, DMA2, DCMI, I2C2. */
function enableClocks(c: TestChip): void {
    c.write(AHB1ENR, c.read(AHB1ENR) | 0xff | (1 << 22))
    c.write(AHB2ENR, 1)
    c.write(APB1ENR, (1 << 21) | (1 << 22))
}

function alternate(c: TestChip, port: number, pin: number, af: number): void {
    const afr = port + (pin < 8 ? AFRL : AFRH)
    const shift = (pin & 7) * 4
    c.write(afr, ((c.read(afr) & ~(0xf << shift)) | (af << shift)) >>> 0)
    c.write(
        port + MODER,
        ((c.read(port + MODER) & ~(3 << (pin * 2))) | (2 << (pin * 2))) >>> 0
    )
}

/** The DCMI pins of the Nucleo F446RE: PA4, PA6, PB6..PB9, PC6..PC9, PC11. */
function giveDcmiPins(c: TestChip): void {
    for (const pin of [4, 6]) alternate(c, GPIOA, pin, 13)
    for (const pin of [6, 7, 8, 9]) alternate(c, GPIOB, pin, 13)
    for (const pin of [6, 7, 8, 9, 11]) alternate(c, GPIOC, pin, 13)
}

function startDma(c: TestChip, address: number, words: number): void {
    c.write(DMA2 + 0x30, 0x50050028)
    c.write(DMA2 + 0x34, address)
    c.write(DMA2 + 0x2c, words)
    c.write(
        DMA2 + 0x28,
        (1 << 25) | (2 << 13) | (2 << 11) | (1 << 10) | (1 << 4) | 1
    )
}

function sendFrame(c: TestChip, columns: number, rows: number): Uint8Array {
    const sent = new Uint8Array(columns * rows)
    const bytes = new Uint8Array(columns)
    c.chip.dcmi.vsync(1)
    for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++)
            sent[y * columns + x] = bytes[x] = (x * 7 + y * 13) & 255
        const startNs = c.clock.nowNs
        c.chip.dcmi.hsync(1)
        pass(c.clock, columns * PIXCLK_NS)
        c.chip.dcmi.line({
            bytes,
            startNs,
            periodNs: PIXCLK_NS,
            stableEdge: "rising",
        })
        c.chip.dcmi.hsync(0)
    }
    c.chip.dcmi.vsync(0)
    return sent
}

describe("STM32F446 on the Nucleo: a frame", () => {
    it("goes from the parallel bus by DCMI and DMA2 into SRAM, and DMA2_Stream1 and DCMI interrupt", () => {
        const c = makeChip()
        enableClocks(c)
        giveDcmiPins(c)
        startDma(c, SRAM + 0x8000, 110)
        c.write(NVIC_ISER1, 1 << 25)
        c.write(NVIC_ISER2, 1 << 14)
        c.write(DCMI + 0x0c, 1)
        c.write(DCMI, (1 << 14) | (1 << 5) | 1)
        const sent = sendFrame(c, 44, 10)

        expect(c.memory.slice(SRAM + 0x8000, SRAM + 0x8000 + 440)).toEqual(sent)
        expect(c.chip.nvic.take()).toBe(57)
        c.write(DMA2 + 0x08, 0xf40)
        c.chip.nvic.complete(57)
        expect(c.chip.nvic.take()).toBe(78)
        c.write(DCMI + 0x14, 1)
        c.chip.nvic.complete(78)
        expect(c.chip.nvic.take()).toBeUndefined()
    })

    it("logs the writes under the manual's names", () => {
        const c = makeChip()
        enableClocks(c)
        startDma(c, SRAM, 4)

        expect(c.log.writes("DMA2").map(entry => entry.register)).toEqual([
            "S1PAR",
            "S1M0AR",
            "S1NDTR",
            "S1CR",
        ])
        expect(c.log.writes("RCC")[0]!.register).toBe("AHB1ENR")
    })
})

describe("STM32F4 rules of the board", () => {
    it("names the DCMI pin that is not in AF13 when ENABLE is set", () => {
        const c = makeChip()
        enableClocks(c)
        giveDcmiPins(c)
        alternate(c, GPIOC, 11, 4)

        expect(() => c.write(DCMI, 1 << 14)).toThrow(
            "ENABLE: PC11 (D4) is alternate function 4, it must be alternate function 13"
        )
    })

    it("refuses the DCMI while its clock is off", () => {
        const c = makeChip()

        expect(() => c.write(DCMI, 0)).toThrow(
            "DCMI_CR = 0x00000000: write while RCC has its clock off"
        )
    })

    it("refuses a block that RCC holds in reset", () => {
        const c = makeChip()
        enableClocks(c)
        c.write(DCMI + 0x20, 5)
        c.write(RCC + 0x14, 1)
        expect(() => c.read(DCMI)).toThrow("in reset")

        c.write(RCC + 0x14, 0)

        expect(c.read(DCMI + 0x20)).toBe(0)
    })

    it("refuses an I2C pin that is push-pull, and another I2C than the board's", () => {
        const c = makeChip()
        enableClocks(c)
        alternate(c, GPIOB, 10, 4)
        alternate(c, GPIOB, 3, 4)
        setUpI2c(c, I2C2)
        expect(() => c.write(I2C2, 0x101)).toThrow("PB10 (SCL) is push-pull")

        setUpI2c(c, 0x40005400)
        expect(() => c.write(0x40005400, 0x101)).toThrow(
            "wires no pins to I2C1"
        )
    })

    it("has no GPIOI on the F446 and a CCM that DMA2 does not reach on the F429", () => {
        expect(() => makeChip().read(0x40022000)).toThrow("0x40022000")

        const c = makeChip("nucleo-f429zi")
        enableClocks(c)
        expect(c.read(0x40020800)).toBe(0)
        startDma(c, 0x10000000, 4)
        c.write(AHB1ENR, c.read(AHB1ENR) | 0x1ff)
        for (const pin of [4, 6]) alternate(c, GPIOA, pin, 13)
        alternate(c, 0x40021800, 9, 13) // PG9
        for (const pin of [6, 7, 8, 9]) alternate(c, GPIOC, pin, 13)
        for (const pin of [4, 5, 6]) alternate(c, 0x40021000, pin, 13) // PE4..6
        alternate(c, 0x40020c00, 3, 13) // PD3
        c.write(DCMI, (1 << 14) | (1 << 5) | 1)

        expect(() => sendFrame(c, 16, 1)).toThrow(
            "DMA2_S1M0AR: transfer error at 0x10000000"
        )
    })
})

function setUpI2c(c: TestChip, base: number): void {
    c.write(base + 0x04, 45)
    c.write(base + 0x1c, 225)
    c.write(base + 0x20, 46)
    c.write(base, 1)
}

describe("STM32F4 I2C lines as GPIO", () => {
    const SCL = 10
    const SDA = 12 // PC12

    function asOpenDrainOutputs(c: TestChip): void {
        enableClocks(c)
        for (const [port, pin] of [
            [GPIOB, SCL],
            [GPIOC, SDA],
        ] as const) {
            c.write(port + BSRR, 1 << pin)
            c.write(port + OTYPER, 1 << pin)
            c.write(port + MODER, 1 << (pin * 2))
        }
    }

    it("shows SDA held low, until enough SCL pulses have freed it", () => {
        const c = makeChip()
        asOpenDrainOutputs(c)
        c.chip.i2cBus.holdSda(3)
        const sda: number[] = []
        for (let i = 0; i < 4; i++) {
            sda.push((c.read(GPIOC + IDR) >>> SDA) & 1)
            c.write(GPIOB + BSRR, (1 << (SCL + 16)) >>> 0)
            c.write(GPIOB + BSRR, 1 << SCL)
        }

        expect(sda).toEqual([0, 0, 0, 1])
    })

    it("counts no pulse when nothing changes on SCL", () => {
        const c = makeChip()
        asOpenDrainOutputs(c)
        c.chip.i2cBus.holdSda(1)
        c.write(GPIOB + BSRR, 1 << SCL)
        c.write(GPIOB + BSRR, 1 << SCL)

        expect(c.chip.i2cBus.sdaHeld).toBe(true)
    })

    it("refuses to drive SCL push-pull", () => {
        const c = makeChip()
        enableClocks(c)

        expect(() => c.write(GPIOB + MODER, 1 << (SCL * 2))).toThrow(
            "PB10 is SCL"
        )
    })

    it("reaches a target through the board's I2C block", () => {
        const c = makeChip()
        enableClocks(c)
        const target = new FakeTarget(0x48)
        c.chip.i2cBus.attach(target)
        c.write(GPIOB + OTYPER, 1 << SCL)
        c.write(GPIOC + OTYPER, 1 << SDA)
        alternate(c, GPIOB, SCL, 4)
        alternate(c, GPIOC, SDA, 4)
        setUpI2c(c, I2C2)
        c.write(I2C2, 0x101)
        pass(c.clock, 1e5)
        c.read(I2C2 + 0x14)
        c.write(I2C2 + 0x10, 0x90)
        pass(c.clock, 1e6)

        expect(target.seen).toEqual(["start write"])
    })
})

describe("STM32F4 pins that drive the sensor", () => {
    it("tells a watcher the level of RESET", () => {
        const c = makeChip()
        enableClocks(c)
        const levels: number[] = []
        c.chip.onPin("PC4", level => levels.push(level))
        c.write(GPIOC + MODER, 1 << 8)
        c.write(GPIOC + BSRR, 1 << 4)

        expect(levels).toEqual([0, 1])
    })
})
