// SPDX-License-Identifier: MIT
// I2C with the DMA (RM0090 §27.3.7): EOT_1 with LAST, the end of a write by BTF, request lines of all three blocks.

import { describe, expect, it } from "vitest"
import { FakeTarget, makeChip, pass } from "../../support/stm32/chip.ts"

const DMA1 = 0x40026000
const RCC_AHB1ENR = 0x40023830
const RCC_APB1ENR = 0x40023840
const I2C_BASES = { I2C1: 0x40005400, I2C2: 0x40005800, I2C3: 0x40005c00 }
// RM0090 §27.6.
const CR1 = 0x00
const CR2 = 0x04
const DR = 0x10
const SR1 = 0x14
const SR2 = 0x18
const START = 1 << 8
const STOP = 1 << 9
const ACK = 1 << 10
const ADDR = 1 << 1
const SB = 1 << 0
const BTF = 1 << 2
const DMAEN = 1 << 11
const LAST = 1 << 12
const ITBUFEN = 1 << 10
const FREQ = 45
const MEMORY = 0x20000100
const EN = 1
const TCIE = 1 << 4
const MINC = 1 << 10
const TO_PERIPHERAL = 1 << 6

type Block = keyof typeof I2C_BASES

class Rig {
    readonly chip
    readonly target = new FakeTarget(0x48)
    private readonly base: number

    constructor(block: Block = "I2C2") {
        // The pins are not what this is about: all blocks may use any.
        this.chip = makeChip(
            "nucleo-f446re",
            false,
            "board",
            {},
            { freePins: true }
        )
        this.base = I2C_BASES[block]
        this.target.registers.set([11, 22, 33, 44, 55], 0x20)
        this.chip.write(RCC_AHB1ENR, 0x0020000f)
        this.chip.write(RCC_APB1ENR, 7 << 21)
        this.carry(block)
        this.chip.chip.i2c[block].port.bus.attach(this.target)
        this.write(CR2, FREQ)
        this.write(0x1c, 225)
        this.write(0x20, 46)
        this.write(CR1, 1)
    }

    read(offset: number): number {
        return this.chip.read(this.base + offset)
    }

    write(offset: number, value: number): void {
        this.chip.write(this.base + offset, value)
    }

    set(offset: number, bits: number): void {
        this.write(offset, this.read(offset) | bits)
    }

    clear(offset: number, bits: number): void {
        this.write(offset, this.read(offset) & ~bits)
    }

    stream(
        stream: number,
        channel: number,
        items: number,
        direction: number
    ): void {
        const at = DMA1 + 0x10 + 0x18 * stream
        this.chip.write(at + 0x04, items)
        this.chip.write(at + 0x08, this.base + DR)
        this.chip.write(at + 0x0c, MEMORY)
        this.chip.write(
            at,
            ((channel << 25) | direction | MINC | TCIE | EN) >>> 0
        )
    }

    left(stream: number): number {
        return this.chip.read(DMA1 + 0x10 + 0x18 * stream + 0x04)
    }

    await(flags: number): void {
        for (let i = 0; i < 1000; i++) {
            if (this.read(SR1) & flags) return
            pass(this.chip.clock, 1000)
        }
        throw new Error(`SR1 stays 0x${this.read(SR1).toString(16)}`)
    }

    settle(): void {
        pass(this.chip.clock, 1e6)
    }

    address(read: 0 | 1): void {
        this.set(CR1, START)
        this.await(SB)
        this.write(DR, (0x48 << 1) | read)
        this.await(ADDR)
    }

    clearAddr(): void {
        this.read(SR1)
        this.read(SR2)
    }

    /** The register's address, then the repeated START. */
    pointAndRead(): void {
        this.address(0)
        this.clearAddr()
        this.write(DR, 0x20)
        this.await(BTF)
        this.address(1)
    }

    received(count: number): number[] {
        return [...this.chip.memory.subarray(MEMORY, MEMORY + count)]
    }

    reads(): number {
        return this.target.seen.filter(event => event === "read").length
    }

    private carry(block: Block): void {
        const pins = {
            I2C1: [
                [1, 8],
                [1, 9],
            ],
            I2C2: [
                [1, 10],
                [1, 3],
            ],
            I2C3: [
                [0, 8],
                [2, 9],
            ],
        }[block]
        for (const [port, pin] of pins as [number, number][]) {
            const gpio = 0x40020000 + 0x400 * port
            const { chip } = this
            chip.write(gpio + 4, chip.read(gpio + 4) | (1 << pin))
            const afr = gpio + 0x20 + 4 * (pin >> 3)
            const shift = 4 * (pin & 7)
            chip.write(afr, (chip.read(afr) & ~(15 << shift)) | (4 << shift))
            const moder = chip.read(gpio) & ~(3 << (2 * pin))
            chip.write(gpio, (moder | (2 << (2 * pin))) >>> 0)
        }
    }
}

describe("I2C reads by DMA", () => {
    it.each([2, 3, 5])(
        "%i bytes: LAST makes the last one a NACK, STOP may come after it",
        count => {
            const rig = new Rig()
            rig.stream(2, 7, count, 0)
            rig.set(CR1, ACK)
            rig.pointAndRead()
            rig.set(CR2, LAST | DMAEN)
            rig.clearAddr()
            rig.settle()

            expect(rig.left(2)).toBe(0)
            expect(rig.received(count)).toEqual(
                [11, 22, 33, 44, 55].slice(0, count)
            )
            // SCL is held since the NACK: no byte more.
            expect(rig.reads()).toBe(count)
            rig.set(CR1, STOP)
            rig.settle()
            expect(rig.target.seen.at(-1)).toBe("stop")
            expect(rig.read(SR2)).toBe(0)
            expect(rig.chip.rules.warnings).toEqual([])
        }
    )

    it("one byte: ACK is off before ADDR is cleared", () => {
        const rig = new Rig()
        rig.stream(2, 7, 1, 0)
        rig.set(CR1, ACK)
        rig.pointAndRead()
        rig.clear(CR1, ACK)
        rig.set(CR2, DMAEN)
        rig.clearAddr()
        rig.settle()
        rig.set(CR1, STOP)
        rig.settle()

        expect(rig.received(1)).toEqual([11])
        expect(rig.reads()).toBe(1)
    })

    it("without LAST: two bytes more than the DMA takes are acknowledged, and wait", () => {
        const rig = new Rig()
        rig.stream(2, 7, 2, 0)
        rig.set(CR1, ACK)
        rig.pointAndRead()
        rig.set(CR2, DMAEN)
        rig.clearAddr()
        rig.settle()

        expect(rig.received(2)).toEqual([11, 22])
        expect(rig.reads()).toBe(4)
        expect(() => rig.set(CR1, STOP)).toThrow("acknowledged byte")
    })

    it.each<[Block, number, number]>([
        ["I2C1", 0, 1],
        ["I2C1", 5, 1],
        ["I2C2", 2, 7],
        ["I2C2", 3, 7],
        ["I2C3", 2, 3],
    ])("%s requests on stream %i, channel %i", (block, stream, channel) => {
        const rig = new Rig(block)
        rig.stream(stream, channel, 2, 0)
        rig.set(CR1, ACK)
        rig.pointAndRead()
        rig.set(CR2, LAST | DMAEN)
        rig.clearAddr()
        rig.settle()

        expect(rig.received(2)).toEqual([11, 22])
    })
})

describe("I2C writes by DMA", () => {
    it.each<[Block, number, number]>([
        ["I2C1", 6, 1],
        ["I2C1", 7, 1],
        ["I2C2", 7, 7],
        ["I2C3", 4, 3],
    ])(
        "%s by stream %i, channel %i: BTF says that the last byte is out",
        (block, stream, channel) => {
            const rig = new Rig(block)
            rig.chip.memory.set([0x30, 1, 2, 3], MEMORY)
            rig.stream(stream, channel, 4, TO_PERIPHERAL)
            rig.address(0)
            rig.clearAddr()
            rig.set(CR2, DMAEN)
            rig.await(BTF)
            rig.clear(CR2, DMAEN)
            rig.set(CR1, STOP)
            rig.settle()

            expect(rig.left(stream)).toBe(0)
            expect(rig.target.seen).toEqual([
                "start write",
                "write 48",
                "write 1",
                "write 2",
                "write 3",
                "stop",
            ])
        }
    )

    it("fills DR as soon as TXE comes with ADDR, when DMAEN was set before START", () => {
        const rig = new Rig()
        rig.chip.memory.set([0x30, 9], MEMORY)
        rig.stream(7, 7, 2, TO_PERIPHERAL)
        rig.set(CR2, DMAEN)
        rig.address(0)
        pass(rig.chip.clock, 5000)
        expect(rig.left(7)).toBe(1)
        expect(rig.target.seen).toEqual(["start write"])
        rig.clearAddr()
        rig.await(BTF)
        rig.set(CR1, STOP)
        rig.settle()

        expect(rig.target.registers[0x30]).toBe(9)
        expect(rig.chip.rules.warnings).toEqual([])
    })

    it("asks for no byte after a NACK", () => {
        const rig = new Rig()
        rig.target.acknowledges = 0
        rig.stream(7, 7, 5, TO_PERIPHERAL)
        rig.address(0)
        rig.clearAddr()
        rig.set(CR2, DMAEN)
        rig.settle()

        // One in the shift register, and one that waited in DR.
        expect(rig.left(7)).toBe(3)
        expect(rig.read(SR1) & (1 << 10)).toBe(1 << 10)
    })

    it("warns when the interrupt is to serve DR as well", () => {
        const rig = new Rig()
        rig.write(CR2, FREQ | DMAEN | ITBUFEN)

        expect(rig.chip.rules.warnings[0]!.message).toContain(
            "ITBUFEN and DMAEN are both set"
        )
    })
})
