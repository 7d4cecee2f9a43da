// SPDX-License-Identifier: MIT
// I2C and SCCB that software clocks on two pins of a board that nobody described.

import { describe, expect, it } from "vitest"
import {
    FakeTarget,
    makeChip,
    pass,
    type TestChip,
} from "../../support/stm32/chip.ts"

const RCC_AHB1ENR = 0x40023830
// RM0090 §8.4.
const MODER = 0x00
const OTYPER = 0x04
const PUPDR = 0x0c
const IDR = 0x10
const BSRR = 0x18
const OUTPUT = 1
const ADDRESS = 0x48

/** How a program makes a wire low and lets it go. */
type Manner = "open drain" | "push-pull, SDA input to listen" | "by direction"
const MANNERS: readonly Manner[] = [
    "open drain",
    "push-pull, SDA input to listen",
    "by direction",
]

interface Pin {
    readonly port: number
    readonly bit: number
}

/** The program: an I2C controller by hand. */
class Software {
    constructor(
        private readonly chip: TestChip,
        private readonly scl: Pin,
        private readonly sda: Pin,
        private readonly manner: Manner
    ) {
        for (const pin of [scl, sda]) {
            if (manner === "open drain") this.put(pin, OTYPER, 1, 1)
            if (manner === "by direction") this.level(pin, 0)
            else this.level(pin, 1)
            this.mode(pin, manner === "by direction" ? 0 : OUTPUT)
        }
    }

    start(): void {
        this.listen(false)
        this.set(this.sda, 1)
        this.set(this.scl, 1)
        this.set(this.sda, 0)
        this.set(this.scl, 0)
    }

    stop(): void {
        this.listen(false)
        this.set(this.sda, 0)
        this.set(this.scl, 1)
        this.set(this.sda, 1)
    }

    /** @returns true for ACK */
    write(byte: number): boolean {
        this.listen(false)
        for (let bit = 7; bit >= 0; bit--) {
            this.set(this.sda, (byte >>> bit) & 1)
            this.clock()
        }
        this.listen(true)
        const acknowledged = this.clock() === 0
        this.listen(false)
        return acknowledged
    }

    read(acknowledge: boolean): number {
        this.listen(true)
        let byte = 0
        for (let bit = 0; bit < 8; bit++) byte = (byte << 1) | this.clock()
        this.listen(false)
        this.set(this.sda, acknowledge ? 0 : 1)
        this.clock()
        return byte
    }

    /** SDA while SCL is high. */
    private clock(): number {
        this.set(this.scl, 1)
        const level = this.look(this.sda)
        this.set(this.scl, 0)
        return level
    }

    look(pin: Pin): number {
        return (this.chip.read(base(pin) + IDR) >>> pin.bit) & 1
    }

    private set(pin: Pin, level: number): void {
        if (this.manner === "by direction")
            this.mode(pin, level === 0 ? OUTPUT : 0)
        else this.level(pin, level)
    }

    private listen(on: boolean): void {
        if (this.manner === "push-pull, SDA input to listen")
            this.mode(this.sda, on ? 0 : OUTPUT)
        else if (on) this.set(this.sda, 1)
    }

    private level({ port, bit }: Pin, level: number): void {
        const shift = level === 1 ? bit : bit + 16
        this.chip.write(base({ port, bit }) + BSRR, (1 << shift) >>> 0)
    }

    private mode(pin: Pin, mode: number): void {
        this.put(pin, MODER, mode, 2)
    }

    private put(pin: Pin, register: number, value: number, bits: 1 | 2): void {
        const address = base(pin) + register
        const shift = pin.bit * bits
        const mask = (1 << bits) - 1
        const others = this.chip.read(address) & ~(mask << shift)
        this.chip.write(address, (others | (value << shift)) >>> 0)
    }
}

function base({ port }: Pin): number {
    return 0x40020000 + 0x400 * port
}

function makeBoard(i2cPins?: { scl: string; sda: string }): {
    chip: TestChip
    target: FakeTarget
} {
    const chip = makeChip(
        "nucleo-f446re",
        false,
        "board",
        {},
        { freePins: true, i2cPins }
    )
    const target = new FakeTarget(ADDRESS)
    target.registers.set([0x13, 0x24, 0x80], 0x20)
    chip.chip.i2cBus.attach(target)
    chip.write(RCC_AHB1ENR, 0xff)
    return { chip, target }
}

const PD6 = { port: 3, bit: 6 }
const PD7 = { port: 3, bit: 7 }
const PB8 = { port: 1, bit: 8 }
const PC1 = { port: 2, bit: 1 }

describe.each(MANNERS)("software I2C, %s", manner => {
    it.each([
        ["PD6 and PD7", PD6, PD7],
        ["pins of two ports", PB8, PC1],
    ])("writes and reads a target on %s, byte for byte", (_, scl, sda) => {
        const { chip, target } = makeBoard()
        const wires = new Software(chip, scl, sda, manner)

        wires.start()
        expect(wires.write(ADDRESS << 1)).toBe(true)
        expect(wires.write(0x30)).toBe(true)
        expect(wires.write(0xa5)).toBe(true)
        wires.stop()
        wires.start()
        wires.write(ADDRESS << 1)
        wires.write(0x20)
        wires.start()
        expect(wires.write((ADDRESS << 1) | 1)).toBe(true)
        const bytes = [wires.read(true), wires.read(true), wires.read(false)]
        wires.stop()

        expect(bytes).toEqual([0x13, 0x24, 0x80])
        expect(target.registers[0x30]).toBe(0xa5)
        expect(target.seen).toEqual([
            ...["start write", "write 48", "write 165", "stop"],
            ...["start write", "write 32", "start read"],
            ...["read", "read", "read", "stop"],
        ])
        expect(chip.chip.bitBangedI2c!.counts).toEqual([
            {
                address: ADDRESS,
                ...{ starts: 3, acknowledged: 3, nacks: 0 },
                ...{ written: 3, read: 3 },
            },
        ])
    })

    it("hears a NACK where nobody is, and names the pins all the same", () => {
        const { chip, target } = makeBoard()
        const wires = new Software(chip, PD6, PD7, manner)

        wires.start()
        expect(wires.write(0x5c << 1)).toBe(false)
        wires.stop()

        expect(target.seen).toEqual([])
        const { pins, counts } = chip.chip.bitBangedI2c!
        expect(pins).toEqual({ scl: "PD6", sda: "PD7" })
        expect(counts).toMatchObject([{ address: 0x5c, starts: 1, nacks: 1 }])
    })
})

describe("the pins that software clocks", () => {
    it("are found among others that move", () => {
        const { chip, target } = makeBoard()
        const other = [0, 1, 2, 3].map(bit => ({ port: 4, bit }))
        chip.write(base(other[0]!) + MODER, 0x55)
        const wires = new Software(chip, PD6, PD7, "open drain")
        for (let i = 0; i < 200; i++)
            chip.write(base(other[0]!) + BSRR, (0xf0000 | (i & 15)) >>> 0)
        wires.start()
        chip.write(base(other[0]!) + BSRR, 0x30005)
        wires.write(ADDRESS << 1)
        chip.write(base(other[0]!) + BSRR, 0x5000a)
        wires.write(7)
        wires.stop()

        expect(target.seen).toEqual(["start write", "write 7", "stop"])
        expect(chip.chip.bitBangedI2c!.pins).toEqual({
            scl: "PD6",
            sda: "PD7",
        })
    })

    it("are none when nothing like I2C was on them", () => {
        const { chip } = makeBoard()
        chip.write(base(PD6) + MODER, 0x5555)
        for (let i = 0; i < 300; i++)
            chip.write(base(PD6) + BSRR, (0xff0000 | ((i * 37) % 256)) >>> 0)

        expect(chip.chip.bitBangedI2c!.pins).toBeUndefined()
        expect(chip.chip.bitBangedI2c!.counts).toEqual([])
    })

    it("are those that were given, and no others reach the sensor", () => {
        const { chip, target } = makeBoard({ scl: "PD6", sda: "PD7" })
        const wrong = new Software(chip, PB8, PC1, "open drain")
        wrong.start()
        expect(wrong.write(ADDRESS << 1)).toBe(false)
        wrong.stop()
        expect(target.seen).toEqual([])
        // They are named all the same.
        const { bitBangedI2c } = chip.chip
        expect(bitBangedI2c!.pins).toEqual({ scl: "PB8", sda: "PC1" })
        expect(bitBangedI2c!.counts).toMatchObject([
            { address: ADDRESS, starts: 1, acknowledged: 0 },
        ])

        const wires = new Software(chip, PD6, PD7, "open drain")
        wires.start()
        expect(wires.write(ADDRESS << 1)).toBe(true)
        wires.stop()
        expect(bitBangedI2c!.pins).toEqual({ scl: "PD6", sda: "PD7" })
    })

    it("reach the sensor as those of a block, too", () => {
        const { chip, target } = makeBoard({ scl: "PB10", sda: "PB3" })
        for (const bit of [3, 10]) {
            const set = (register: number, value: number): void => {
                const address = base(PB8) + register
                chip.write(address, (chip.read(address) | value) >>> 0)
            }
            set(0x20 + 4 * (bit >> 3), 4 << ((bit & 7) * 4))
            set(OTYPER, 1 << bit)
            chip.write(
                base(PB8),
                (chip.read(base(PB8)) & ~(3 << (bit * 2))) >>> 0
            )
            set(MODER, 2 << (bit * 2))
        }
        const I2C2 = 0x40005800
        chip.write(0x40023840, 1 << 22)
        for (const [offset, value] of [
            [0x04, 45],
            [0x1c, 225],
            [0x20, 46],
            [0x00, 1],
            [0x00, 0x101],
        ] as const)
            chip.write(I2C2 + offset, value)
        pass(chip.clock, 1e5)
        chip.read(I2C2 + 0x14)
        chip.write(I2C2 + 0x10, ADDRESS << 1)
        pass(chip.clock, 1e6)

        expect(target.seen).toEqual(["start write"])
    })

    it("have a pull-up when they are open drain, found or not", () => {
        const { chip } = makeBoard()
        const wires = new Software(chip, PD6, PD7, "open drain")
        expect(chip.read(base(PD7) + PUPDR)).toBe(0)
        expect([wires.look(PD6), wires.look(PD7)]).toEqual([1, 1])
    })
})

describe("SCCB by software", () => {
    /** Nobody listens in the ninth bit: SDA is driven through it. */
    function writeBlindly(wires: Software, byte: number, ninth: number): void {
        const { chip } = wires as unknown as { chip: TestChip }
        for (let bit = 8; bit >= 0; bit--) {
            const level = bit === 0 ? ninth : (byte >>> (bit - 1)) & 1
            const sda = 1 << (level === 1 ? PD7.bit : PD7.bit + 16)
            chip.write(base(PD7) + BSRR, sda >>> 0)
            chip.write(base(PD6) + BSRR, 1 << PD6.bit)
            chip.write(base(PD6) + BSRR, 1 << (PD6.bit + 16))
        }
    }

    it.each([0, 1])(
        "takes a ninth bit that is driven %i, and warns where both drive the wire",
        ninth => {
            const { chip, target } = makeBoard()
            const wires = new Software(
                chip,
                PD6,
                PD7,
                "push-pull, SDA input to listen"
            )
            wires.start()
            for (const byte of [ADDRESS << 1, 0x30, 0x5a])
                writeBlindly(wires, byte, ninth)
            wires.stop()

            expect(target.registers[0x30]).toBe(0x5a)
            expect(chip.rules.warnings.map(({ message }) => message)).toEqual(
                ninth === 1
                    ? [
                          "GPIOD: PD7 is driven high, push-pull, while the sensor pulls SDA low to acknowledge or to send a 0: both drive the wire",
                      ]
                    : []
            )
        }
    )

    it("reads one byte, whatever the ninth bit", () => {
        const { chip, target } = makeBoard()
        Object.assign(target, { readsSingleBytes: true })
        const wires = new Software(chip, PD6, PD7, "open drain")
        wires.start()
        wires.write(ADDRESS << 1)
        wires.write(0x20)
        wires.stop()
        wires.start()
        wires.write((ADDRESS << 1) | 1)
        expect(wires.read(true)).toBe(0x13)
        wires.stop()

        expect(target.seen.slice(-3)).toEqual(["start read", "read", "stop"])
    })
})

describe("software that frees a confused target", () => {
    it("counts a pulse once, on the pins of the block and on others", () => {
        for (const [scl, sda] of [
            [
                { port: 1, bit: 10 },
                { port: 1, bit: 3 },
            ],
            [PD6, PD7],
        ] as const) {
            const { chip } = makeBoard()
            const wires = new Software(chip, scl, sda, "open drain")
            wires.start()
            wires.write(ADDRESS << 1)
            wires.stop()
            chip.chip.i2cBus.holdSda(9)
            // SCL was high: eight pulses.
            wires.read(false)
            expect(wires.look(sda)).toBe(0)
            wires.write(0xff)

            expect(wires.look(sda)).toBe(1)
        }
    })
})
