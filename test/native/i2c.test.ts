// SPDX-License-Identifier: MIT
// The sensor's I2C bus: what a target sees, what the program gets, and how a stuck bus is freed.

import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { I2cTarget } from "../../sim/wires/i2c-bus.ts"
import { bootRig, type Rig } from "../support/native/rig.ts"

const ADDRESS = 0x48
const I2C2 = 0x40005800

/** Notes what it sees; refuses the byte with number `nackAt` (0 = the address). */
class FakeTarget implements I2cTarget {
    readonly name = "target"
    readonly address = ADDRESS
    readonly seen: string[] = []
    nackAt = Infinity
    /** Calls onHold within the byte with this number: of a write from the register on, of a read from its first on. */
    holdAt = Infinity
    onHold: () => void = () => {}
    private count = 0
    private nextRead = 0

    start(read: boolean): boolean {
        this.seen.push(read ? "read" : "write")
        this.count = 0
        this.nextRead = 0x10
        return this.nackAt !== 0
    }

    write(byte: number): boolean {
        this.seen.push(byte.toString(16))
        this.count++
        if (this.count === this.holdAt) this.onHold()
        return this.count !== this.nackAt
    }

    read(): number {
        if (++this.count === this.holdAt) this.onHold()
        return this.nextRead++
    }

    stop(): void {
        this.seen.push("stop")
    }
}

describe("I2C transfers to the sensor's bus", () => {
    let rig: Rig
    let target: FakeTarget

    beforeEach(async () => {
        rig = await bootRig()
        target = new FakeTarget()
        rig.chip.i2cBus.attach(target)
    })

    afterEach(() => {
        expect(rig.rules.warnings).toEqual([])
    })

    function transfer(
        write: readonly number[],
        readBytes: number,
        address = ADDRESS
    ): { status: number; read: number[] } {
        const read = new Uint8Array(readBytes)
        const status = rig.native.transfer(
            address,
            Uint8Array.from(write),
            read
        )
        return { status, read: [...read] }
    }

    it("writes bytes between START and STOP", () => {
        expect(transfer([0x03, 0x01, 0xe0], 0).status).toBe(0)
        expect(target.seen).toEqual(["write", "3", "1", "e0", "stop"])
    })

    it.each([1, 2, 3, 4, 5, 17])(
        "reads %i bytes after a repeated START",
        count => {
            const { status, read } = transfer([0x00], count)

            expect(status).toBe(0)
            expect(read).toEqual(
                Array.from({ length: count }, (_, i) => 0x10 + i)
            )
            expect(target.seen).toEqual(["write", "0", "read", "stop"])
            expect(transfer([0x01], count).status).toBe(0)
        }
    )

    it("reads without writing first", () => {
        expect(transfer([], 3).read).toEqual([0x10, 0x11, 0x12])
        expect(target.seen).toEqual(["read", "stop"])
    })

    it("asks with an empty transfer whether a target is there", () => {
        expect(transfer([], 0).status).toBe(0)
        expect(transfer([], 0, 0x49).status).toBe(-1)
    })

    it("reports an address that nobody acknowledges, and goes on", () => {
        expect(transfer([0x00], 2, 0x5c).status).toBe(-1)
        expect(transfer([0x00], 2).read).toEqual([0x10, 0x11])
    })

    it("reports a refused address of this target, with STOP", () => {
        target.nackAt = 0
        expect(transfer([1, 2], 0).status).toBe(-1)
        target.nackAt = Infinity
        expect(transfer([1], 0).status).toBe(0)
    })

    it.each([1, 2, 3])(
        "reports a data byte refused at place %i, with STOP",
        place => {
            target.nackAt = place
            expect(transfer([1, 2, 3], 0).status).toBe(-2)
            expect(target.seen.at(-1)).toBe("stop")

            target.nackAt = Infinity
            expect(transfer([1, 2, 3], 2).status).toBe(0)
        }
    )

    it("reports a register address refused before a read", () => {
        target.nackAt = 1
        expect(transfer([7], 2).status).toBe(-2)
    })

    it("leaves the program's buffer alone when it fails", () => {
        target.nackAt = 1
        expect(transfer([7], 2).read).toEqual([0, 0])
    })

    it.each([0x00, 0x07, 0x78, 0x7f])(
        "refuses address 0x%s, which the bus reserves",
        address => {
            expect(transfer([0], 1, address).status).toBe(-5)
        }
    )

    it("needs about 3 byte times for 2 bytes at 400 kHz", () => {
        const beforeNs = rig.clock.nowNs
        transfer([0x12, 0x34], 0)
        const us = (rig.clock.nowNs - beforeNs) / 1000

        expect(us).toBeGreaterThan((27 * 1000) / 400)
        expect(us).toBeLessThan((27 * 1000) / 400 + 15)
    })

    it("frees a bus whose SDA is held by clocking SCL, and then transfers", () => {
        rig.chip.i2cBus.holdSda(5)

        expect(transfer([0x00], 2)).toEqual({ status: 0, read: [0x10, 0x11] })
        expect(rig.chip.i2cBus.sdaHeld).toBe(false)
    })

    it("reports a bus that nine pulses do not free, and works when it is free later", () => {
        rig.chip.i2cBus.holdSda(30)
        expect(transfer([0x00], 2).status).toBe(-4)

        while (rig.chip.i2cBus.sdaHeld) rig.chip.i2cBus.pulseScl()
        expect(transfer([0x00], 2)).toEqual({ status: 0, read: [0x10, 0x11] })
    })

    /** A transfer that finds the bus held fails within this time: two waits for a free bus and one recovery. */
    const HELD_MS = 2.5

    it.each([
        [
            "between two transfers",
            (): void => rig.chip.i2cBus.holdSda(Infinity),
        ],
        [
            "in the middle of a write",
            () => {
                target.holdAt = 2
                transfer([0x03, 0xff, 0xff], 0)
            },
        ],
        [
            "in the middle of a read",
            () => {
                target.holdAt = 1
                transfer([0x03], 2)
            },
        ],
    ])(
        "survives an SDA held low for 1.5 s from %s on: each attempt is short, the first one afterwards works",
        (_, hold) => {
            target.onHold = () => rig.chip.i2cBus.holdSda(Infinity)
            hold()
            target.holdAt = Infinity
            expect(rig.chip.i2cBus.sdaHeld).toBe(true)
            for (let attempt = 0; attempt < 6; attempt++) {
                const beforeNs = rig.clock.nowNs
                expect(transfer([0x00], 2).status).toBe(-4)
                const ms = (rig.clock.nowNs - beforeNs) / 1e6
                expect(ms).toBeLessThan(HELD_MS)
                rig.run(250e6 - (rig.clock.nowNs - beforeNs))
            }

            rig.chip.i2cBus.holdSda(0)
            expect(transfer([0x00], 2)).toEqual({
                status: 0,
                read: [0x10, 0x11],
            })
        }
    )

    it("counts transfers that fail in I2C_ERRORS, but not questions, until the counters are cleared", () => {
        transfer([0x00], 2)
        transfer([], 0, 0x49)
        expect(rig.u32(0xf0)).toBe(0)

        target.nackAt = 1
        transfer([7], 2)
        target.nackAt = Infinity
        transfer([7], 2, 0x49)
        rig.chip.i2cBus.holdSda(30)
        transfer([7], 2)
        expect(rig.u32(0xf0)).toBe(3)

        rig.native.programEnded()
        expect(rig.u32(0xf0)).toBe(3)
        rig.control(3)
        expect(rig.u32(0xf0)).toBe(0)
        expect(rig.u32(0xf4)).toBe(1)
    })

    describe("as the reason why a program failed", () => {
        beforeEach(() => rig.native.watchI2c())

        it("is not suspected when all transfers succeed, also after questions at addresses where nobody is", () => {
            transfer([0x00], 2, 0x49)
            transfer([0x00], 2, 0x4c)
            transfer([0x00], 2)
            transfer([7, 1, 2], 0)

            expect(rig.native.i2cSuspect).toBe(false)
        })

        it("is suspected when nobody answers, until somebody does", () => {
            transfer([0x00], 2, 0x49)
            expect(rig.native.i2cSuspect).toBe(true)
            transfer([0x00], 2)
            expect(rig.native.i2cSuspect).toBe(false)
        })

        it.each<[string, () => void]>([
            ["refuses a byte", () => (target.nackAt = 2)],
            ["is gone after it had answered", () => (target.nackAt = 0)],
            ["holds SDA", () => rig.chip.i2cBus.holdSda(30)],
        ])(
            "is suspected until the next program when a device %s, though later transfers succeed",
            (_, fail) => {
                transfer([0x00], 2)
                fail()
                expect(transfer([7, 1, 2], 0).status).toBeLessThan(0)
                target.nackAt = Infinity
                rig.chip.i2cBus.holdSda(0)
                expect(transfer([0x00], 2).status).toBe(0)

                expect(rig.native.i2cSuspect).toBe(true)
                rig.native.watchI2c()
                expect(rig.native.i2cSuspect).toBe(false)
            }
        )
    })

    it("sets the pins back to the I2C block after a recovery", () => {
        rig.chip.i2cBus.holdSda(3)
        transfer([0x00], 1)

        // GPIOB_MODER and GPIOC_MODER: PB10 and PC12 alternate function (2).
        const moderB = rig.chip.bus.read32(0x40020400)
        const moderC = rig.chip.bus.read32(0x40020800)
        expect([(moderB >> 20) & 3, (moderC >> 24) & 3]).toEqual([2, 2])
    })
})

describe("I2C timing registers", () => {
    it.each([
        // PCLK1 Hz, bus Hz, CCR, TRISE: RM0090 27.6.8 and 27.6.9.
        [45_000_000, 400_000, 0x8000 | 38, 14],
        [42_000_000, 400_000, 0x8000 | 35, 13],
        [45_000_000, 100_000, 225, 46],
        [42_000_000, 100_000, 210, 43],
    ])("PCLK1 %i Hz, bus %i Hz", async (pclk1Hz, hz, ccr, trise) => {
        const { board } = await bootRig()
        const rig = await bootRig({
            change: {
                pclk1Hz,
                sensor: {
                    ...board.sensor,
                    i2c: { ...board.sensor.i2c, hz },
                },
            },
        })

        expect(rig.chip.bus.read32(I2C2 + 0x04) & 0x3f).toBe(pclk1Hz / 1e6)
        expect(rig.chip.bus.read32(I2C2 + 0x1c)).toBe(ccr)
        expect(rig.chip.bus.read32(I2C2 + 0x20)).toBe(trise)
    })
})
