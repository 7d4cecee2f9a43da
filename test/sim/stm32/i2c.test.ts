// SPDX-License-Identifier: MIT
// I2C version 1 as controller: the manual's sequences, flags, timing, faults, rules.

import { beforeEach, describe, expect, it } from "vitest"
import { Clock } from "../../../sim/clock.ts"
import { I2cBus } from "../../../sim/wires/i2c-bus.ts"
import { Rules } from "../../../sim/rules.ts"
import { I2c } from "../../../sim/stm32/i2c/i2c.ts"
import { FakeTarget, pass, unservedDma } from "../../support/stm32/chip.ts"

// RM0090 §27.6.
const CR1 = 0x00
const CR2 = 0x04
const OAR1 = 0x08
const DR = 0x10
const SR1 = 0x14
const SR2 = 0x18
const CCR = 0x1c
const TRISE = 0x20
const FLTR = 0x24
const PE = 1 << 0
const NOSTRETCH = 1 << 7
const START = 1 << 8
const STOP = 1 << 9
const ACK = 1 << 10
const POS = 1 << 11
const SWRST = 1 << 15
const SB = 1 << 0
const ADDR = 1 << 1
const BTF = 1 << 2
const RXNE = 1 << 6
const TXE = 1 << 7
const BERR = 1 << 8
const ARLO = 1 << 9
const AF = 1 << 10
const MSL = 1 << 0
const BUSY = 1 << 1
const TRA = 1 << 2
// 400 kHz from 45 MHz: CCR 38, F/S.
const FAST_38 = 0x8000 | 38
const SCL_NS = (3 * 38 * 1000) / 45
const BYTE_NS = 9 * SCL_NS

class Fixture {
    readonly clock = new Clock()
    readonly bus = new I2cBus()
    readonly target = new FakeTarget(0x48)
    readonly i2c: I2c
    readonly rules: Rules
    readonly irqs = { event: false, error: false }
    pins: string | undefined

    constructor(
        options: {
            pclk1Hz?: number
            hasFilter?: boolean
            permissive?: boolean
        } = {}
    ) {
        this.rules = new Rules(() => this.clock.nowNs, options.permissive)
        this.bus.attach(this.target)
        this.i2c = new I2c({
            name: "I2C2",
            clock: this.clock,
            rules: this.rules,
            bus: this.bus,
            pclk1Hz: options.pclk1Hz ?? 45_000_000,
            hasFilter: options.hasFilter ?? true,
            pinProblem: () => this.pins,
            eventIrq: active => (this.irqs.event = active),
            errorIrq: active => (this.irqs.error = active),
            connectDma: unservedDma,
        })
    }

    read(offset: number): number {
        return this.i2c.readUint32(offset)
    }

    write(offset: number, value: number): void {
        this.i2c.writeUint32(offset, value)
    }

    setUp(): void {
        this.write(CR2, 45)
        this.write(CCR, FAST_38)
        this.write(TRISE, 14)
        this.write(CR1, PE)
    }

    set(bits: number): void {
        this.write(CR1, this.read(CR1) | bits)
    }

    clear(bits: number): void {
        this.write(CR1, this.read(CR1) & ~bits)
    }

    /** Let time pass until SR1 has any of `flags`. */
    await(flags: number): number {
        for (let i = 0; i < 100; i++) {
            const sr1 = this.read(SR1)
            if (sr1 & flags) return sr1
            if (this.clock.nextNs() === Infinity) break
            this.clock.step(this.clock.nextNs())
        }
        throw new Error(`SR1 stays 0x${this.read(SR1).toString(16)}`)
    }

    /** START and address up to ADDR or AF. */
    address(read: boolean, address = 0x48): number {
        this.set(START)
        this.await(SB)
        this.write(DR, (address << 1) | (read ? 1 : 0))
        return this.await(ADDR | AF)
    }

    clearAddr(): void {
        this.read(SR1)
        this.read(SR2)
    }

    /** Until the bus is free, with a limit of a millisecond. */
    settle(): void {
        pass(this.clock, 1e6)
    }

    /** Point the target at a register, then a repeated START for reading. */
    pointAndRead(register: number): void {
        this.address(false)
        this.clearAddr()
        this.write(DR, register)
        this.await(BTF)
        this.address(true)
    }
}

describe("I2C write", () => {
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
    })

    it("sends address, register and data, then STOP", () => {
        f.address(false)
        f.clearAddr()
        f.write(DR, 0x07)
        f.await(TXE)
        f.write(DR, 0x99)
        f.await(BTF)
        f.set(STOP)
        f.settle()

        expect(f.target.seen).toEqual([
            "start write",
            "write 7",
            "write 153",
            "stop",
        ])
        expect(f.target.registers[7]).toBe(0x99)
        expect(f.read(SR2)).toBe(0)
        expect(f.read(SR1)).toBe(0)
        expect(f.read(CR1)).toBe(PE)
    })

    it("sets SB, MSL and BUSY after START and clears the START bit", () => {
        f.set(START)
        expect(f.read(CR1) & START).toBe(START)
        expect(f.read(SR2) & BUSY).toBe(BUSY)

        f.await(SB)

        expect(f.read(CR1) & START).toBe(0)
        expect(f.read(SR2)).toBe(MSL | BUSY)
    })

    it("clears ADDR only by SR1 and then SR2, and holds the bus until then", () => {
        f.address(false)
        f.settle()
        expect(f.read(SR1)).toBe(ADDR | TXE)
        expect(f.read(SR2)).toBe(MSL | BUSY | TRA)

        expect(f.read(SR1)).toBe(TXE)
    })

    it("does not clear ADDR by SR2 alone", () => {
        f.set(START)
        f.await(SB)
        f.write(DR, 0x90)
        f.settle()
        f.read(SR2)

        expect(f.read(SR1) & ADDR).toBe(ADDR)
    })

    it("has TXE while the shift register works, BTF when it waits", () => {
        f.address(false)
        f.clearAddr()
        f.write(DR, 1)
        expect(f.read(SR1)).toBe(TXE)
        f.write(DR, 2)
        expect(f.read(SR1)).toBe(0)
        pass(f.clock, BYTE_NS)
        expect(f.read(SR1)).toBe(TXE)
        pass(f.clock, BYTE_NS)
        expect(f.read(SR1)).toBe(TXE | BTF)

        f.write(DR, 3)

        expect(f.read(SR1)).toBe(TXE)
    })

    it("takes 9 SCL periods of 3 x CCR / PCLK1 per byte", () => {
        f.address(false)
        f.clearAddr()
        const startNs = f.clock.nowNs
        f.write(DR, 1)
        f.await(BTF)

        expect(f.clock.nowNs - startNs).toBeCloseTo(22_800, 3) // 9 x 3 x 38 / 45 MHz
    })

    it("does not read the address phase as data", () => {
        f.address(false, 0x48)

        expect(f.target.seen).toEqual(["start write"])
    })
})

describe("I2C read as the reference manual orders it", () => {
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
        f.target.registers.set([11, 22, 33, 44, 55], 0x20)
    })

    function readsDone(): number {
        return f.target.seen.filter(event => event === "read").length
    }

    it("reads one byte: ACK 0 before ADDR is cleared, STOP after", () => {
        f.clear(ACK)
        f.pointAndRead(0x20)
        f.clearAddr()
        f.set(STOP)
        f.await(RXNE)

        expect(f.read(DR)).toBe(11)
        f.settle()
        expect(readsDone()).toBe(1)
        expect(f.target.seen.at(-1)).toBe("stop")
        expect(f.read(SR2)).toBe(0)
    })

    it("reads two bytes: POS 1, ACK 0, BTF, STOP, two reads", () => {
        f.pointAndRead(0x20)
        f.set(POS)
        f.clear(ACK)
        f.clearAddr()
        f.await(BTF)
        f.set(STOP)

        expect([f.read(DR), f.read(DR)]).toEqual([11, 22])
        f.settle()
        expect(readsDone()).toBe(2)
        expect(f.target.seen.at(-1)).toBe("stop")
    })

    it("reads five bytes: ACK 0 at BTF with three to go", () => {
        f.set(ACK)
        f.pointAndRead(0x20)
        f.clearAddr()
        const bytes: number[] = []
        f.await(RXNE)
        bytes.push(f.read(DR))
        f.await(RXNE)
        bytes.push(f.read(DR))
        f.await(BTF)
        f.clear(ACK)
        bytes.push(f.read(DR))
        f.await(BTF)
        f.set(STOP)
        bytes.push(f.read(DR), f.read(DR))
        f.settle()

        expect(bytes).toEqual([11, 22, 33, 44, 55])
        expect(readsDone()).toBe(5)
        expect(f.read(SR1)).toBe(0)
    })

    it("stretches SCL with two bytes waiting", () => {
        f.set(ACK)
        f.pointAndRead(0x20)
        f.clearAddr()
        f.settle()

        expect(readsDone()).toBe(2)
        expect(f.read(SR1)).toBe(RXNE | BTF)
    })

    it("refuses STOP after an acknowledged byte: the target drives the next one", () => {
        f.set(ACK)
        f.pointAndRead(0x20)
        f.clearAddr()
        f.await(BTF)

        expect(() => f.set(STOP)).toThrow("acknowledged byte")
    })
})

describe("I2C events that firmware waits for as a whole", () => {
    // SR2 << 16 | SR1: all of the bits must be seen in one reading of SR1 and then SR2.
    const MASTER_MODE_SELECT = 0x00030001
    const MASTER_TRANSMITTER_MODE_SELECTED = 0x00070082
    const MASTER_RECEIVER_MODE_SELECTED = 0x00030002
    const MASTER_BYTE_TRANSMITTING = 0x00070080
    const MASTER_BYTE_TRANSMITTED = 0x00070084
    const MASTER_BYTE_RECEIVED = 0x00030040
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
        f.target.registers.set([11, 22, 33, 44, 55], 0x20)
    })

    /** Poll until all bits of the event are seen at once; no flag is lost by looking for it. */
    function awaitEvent(event: number): void {
        for (let polls = 0; polls < 1000; polls++) {
            const sr1 = f.read(SR1)
            const seen = (f.read(SR2) << 16) | sr1
            if ((seen & event) === event) return
            pass(f.clock, SCL_NS / 4)
        }
        throw new Error(`event 0x${event.toString(16)} never comes`)
    }

    function startTransmitter(register: number): void {
        f.set(START)
        awaitEvent(MASTER_MODE_SELECT)
        f.write(DR, 0x48 << 1)
        awaitEvent(MASTER_TRANSMITTER_MODE_SELECTED)
        f.write(DR, register)
    }

    function startReceiver(register: number): void {
        startTransmitter(register)
        awaitEvent(MASTER_BYTE_TRANSMITTED)
        f.set(START)
        awaitEvent(MASTER_MODE_SELECT)
        f.write(DR, (0x48 << 1) | 1)
        awaitEvent(MASTER_RECEIVER_MODE_SELECTED)
    }

    it("writes a register by EV5, EV6, EV8 and EV8_2", () => {
        startTransmitter(7)
        awaitEvent(MASTER_BYTE_TRANSMITTING)
        f.write(DR, 0x99)
        awaitEvent(MASTER_BYTE_TRANSMITTED)
        f.set(STOP)
        f.settle()

        expect(f.target.seen).toEqual([
            "start write",
            "write 7",
            "write 153",
            "stop",
        ])
    })

    it("does not have TXE in the address phase, nor with ADDR of a receiver", () => {
        f.set(START)
        expect(f.await(SB)).toBe(SB)
        f.write(DR, 0x48 << 1)
        expect(f.read(SR1)).toBe(0)
        expect(f.await(ADDR)).toBe(ADDR | TXE)
        f.clearAddr()
        f.write(DR, 0x20)
        f.await(BTF)
        f.set(START)
        f.await(SB)
        f.write(DR, (0x48 << 1) | 1)
        expect(f.await(ADDR)).toBe(ADDR)
    })

    it("does not have TXE when the address is refused", () => {
        expect(f.address(false, 0x50)).toBe(AF)
    })

    it("keeps BTF and TXE until the repeated START is on the wires", () => {
        startTransmitter(0x20)
        awaitEvent(MASTER_BYTE_TRANSMITTED)
        f.set(START)

        expect(f.read(SR1)).toBe(TXE | BTF)
        expect(f.await(SB)).toBe(SB)
    })

    it("is a receiver, not a transmitter, after the repeated START", () => {
        startReceiver(0x20)
        expect(f.read(SR2)).toBe(MSL | BUSY)
    })

    it.each([1, 2, 3, 5])(
        "reads %i bytes by EV7, ACK off and STOP before the last",
        count => {
            f.set(ACK)
            startReceiver(0x20)
            const bytes: number[] = []
            for (let left = count; left > 0; left--) {
                if (left === 1) {
                    f.clear(ACK)
                    f.set(STOP)
                }
                awaitEvent(MASTER_BYTE_RECEIVED)
                bytes.push(f.read(DR))
            }
            f.settle()

            expect(bytes).toEqual([11, 22, 33, 44, 55].slice(0, count))
            expect(f.target.seen.at(-1)).toBe("stop")
            expect(f.rules.warnings).toEqual([])
        }
    )
})

describe("I2C as the HAL polls it", () => {
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
        f.target.registers.set([11, 22, 33, 44, 55, 66, 77], 0x20)
    })

    /** START to ADDR of the receiver; TXE is waited for before each byte, BTF never. */
    function requestMemoryRead(): void {
        expect(f.read(SR2) & BUSY).toBe(0)
        f.clear(POS)
        f.set(ACK)
        f.set(START)
        f.await(SB)
        f.write(DR, 0x48 << 1)
        f.await(ADDR)
        f.clearAddr()
        f.await(TXE)
        f.write(DR, 0x20)
        f.await(TXE)
        f.set(START)
        f.await(SB)
        f.write(DR, (0x48 << 1) | 1)
        f.await(ADDR)
    }

    /** The register is still on its way when START is asked for: TXE was seen, BTF was not. */
    function readMemory(count: number): number[] {
        requestMemoryRead()
        const bytes: number[] = []
        const read = (): void => void bytes.push(f.read(DR))
        if (count === 1) {
            f.clear(ACK)
            f.clearAddr()
            f.set(STOP)
        } else if (count === 2) {
            f.clear(ACK)
            f.set(POS)
            f.clearAddr()
        } else f.clearAddr()
        while (bytes.length < count) {
            const left = count - bytes.length
            if (left === 1) {
                f.await(RXNE)
                read()
            } else if (left === 2) {
                f.await(BTF)
                f.set(STOP)
                read()
                read()
            } else if (left === 3) {
                f.await(BTF)
                f.clear(ACK)
                read()
                f.await(BTF)
                f.set(STOP)
                read()
                read()
            } else {
                f.await(RXNE)
                read()
                if (f.read(SR1) & BTF) read()
            }
        }
        f.settle()
        return bytes
    }

    it.each([1, 2, 3, 4, 5, 7])("reads %i bytes, twice", count => {
        const wanted = [11, 22, 33, 44, 55, 66, 77].slice(0, count)

        expect(readMemory(count)).toEqual(wanted)
        expect(readMemory(count)).toEqual(wanted)
        expect(f.read(SR1)).toBe(0)
        expect(f.read(SR2)).toBe(0)
        expect(f.rules.warnings).toEqual([])
    })
})

describe("I2C control register written while a condition is pending", () => {
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
    })

    function write(byte: number): void {
        f.await(SB)
        f.write(DR, 0x48 << 1)
        f.await(ADDR)
        f.clearAddr()
        f.write(DR, byte)
        f.await(BTF)
    }

    it("warns of START while STOP is pending, and sends both", () => {
        f.set(START)
        write(1)
        f.set(STOP)
        const atNs = f.clock.nowNs
        f.set(START)
        write(2)
        f.set(STOP)
        f.settle()

        expect(f.target.seen).toEqual([
            "start write",
            "write 1",
            "stop",
            "start write",
            "write 2",
            "stop",
        ])
        expect(f.rules.warnings).toEqual([
            {
                message:
                    "I2C2_CR1 = 0x00000301: is written while STOP is pending: wait until it reads 0",
                firstNs: atNs,
                count: 1,
            },
        ])
    })

    it("warns of ACK while START is pending, and sends START once", () => {
        f.set(START)
        f.set(ACK)
        write(1)
        f.set(STOP)
        f.settle()

        expect(f.target.seen).toEqual(["start write", "write 1", "stop"])
        expect(f.rules.warnings.map(({ message }) => message)).toEqual([
            "I2C2_CR1 = 0x00000501: is written while START is pending: wait until it reads 0",
        ])
    })
})

describe("I2C switched off", () => {
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
        f.address(false)
        f.clearAddr()
        f.write(DR, 7)
        f.await(BTF)
    })

    it("refuses PE = 0 in a transfer", () => {
        expect(() => f.clear(PE)).toThrow(
            "PE is cleared before the end of a transfer"
        )
    })

    it("ends a STOP that is pending before it is off, and warns", () => {
        f.set(STOP)
        f.clear(PE)
        f.settle()

        expect(f.target.seen).toEqual(["start write", "write 7", "stop"])
        expect(f.read(CR1)).toBe(0)
        expect(f.read(SR1)).toBe(0)
        expect(f.rules.warnings.map(({ message }) => message)).toEqual([
            "I2C2_CR1 = 0x00000200: PE is cleared while STOP is pending: the block is off when STOP is over",
        ])
    })

    it("goes on when PE is set again before the STOP is over", () => {
        f.set(STOP)
        f.clear(PE)
        f.write(CR1, PE)
        f.settle()

        expect(f.target.seen.at(-1)).toBe("stop")
        expect(f.address(false) & ADDR).toBe(ADDR)
    })
})

describe("I2C as other libraries drive it", () => {
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
        f.target.registers.set([11, 22, 33], 0x20)
    })

    it("looks for a device: STOP is set while ADDR is, and is sent when ADDR is cleared", () => {
        f.address(false)
        f.set(STOP)
        f.clearAddr()
        f.settle()

        expect(f.target.seen).toEqual(["start write", "stop"])
        expect(f.read(SR2)).toBe(0)
        expect(f.rules.warnings).toEqual([])
    })

    it.each([1, 2, 3])(
        "reads %i bytes in the manner of libopencm3: ACK off after ADDR was cleared, STOP after the last byte",
        count => {
            f.address(false)
            f.read(SR2)
            f.write(DR, 0x20)
            f.await(BTF)
            f.set(START)
            f.set(ACK)
            f.await(SB)
            f.write(DR, (0x48 << 1) | 1)
            f.await(ADDR)
            f.read(SR2)
            const bytes: number[] = []
            for (let i = 0; i < count; i++) {
                if (i === count - 1) f.clear(ACK)
                f.await(RXNE)
                bytes.push(f.read(DR))
            }
            f.set(STOP)
            f.settle()

            expect(bytes).toEqual([11, 22, 33].slice(0, count))
            expect(
                f.target.seen.filter(event => event === "read")
            ).toHaveLength(count)
            expect(f.read(SR2)).toBe(0)
        }
    )

    it("sends a byte that was written while ADDR was set, and warns", () => {
        f.address(false)
        f.write(DR, 0x20)
        expect(f.read(SR1)).toBe(ADDR)
        f.read(SR2)
        f.await(BTF)
        f.set(STOP)
        f.settle()

        expect(f.target.seen).toEqual(["start write", "write 32", "stop"])
        expect(f.rules.warnings.map(({ message }) => message)).toEqual([
            "I2C2_DR: is written before ADDR is cleared: the byte goes out after that",
        ])
    })

    it("refuses a byte while ADDR of a receiver is set", () => {
        f.address(true)
        expect(() => f.write(DR, 1)).toThrow("no address or data byte")
    })

    it("counts what was said to each address", () => {
        f.address(false, 0x50)
        f.set(STOP)
        f.settle()
        f.write(SR1, 0)
        f.pointAndRead(0x20)
        f.clearAddr()
        f.await(RXNE)
        f.set(STOP)
        f.settle()

        expect(f.i2c.port.counts).toEqual([
            {
                address: 0x50,
                ...{ starts: 1, acknowledged: 0, nacks: 1 },
                ...{ written: 0, read: 0 },
            },
            {
                address: 0x48,
                ...{ starts: 2, acknowledged: 2, nacks: 0 },
                ...{ written: 1, read: 1 },
            },
        ])
    })
})

describe("I2C without an answer", () => {
    it("sets AF instead of ADDR when no target has the address, and STOP ends it", () => {
        const f = new Fixture()
        f.setUp()
        expect(f.address(false, 0x50)).toBe(AF)
        f.write(SR1, ~AF >>> 0)
        f.set(STOP)
        f.settle()

        expect(f.read(SR1)).toBe(0)
        expect(f.read(SR2)).toBe(0)
        expect(f.target.seen).toEqual([])
    })

    it("sets AF when the target refuses a byte, and does not send the next one", () => {
        const f = new Fixture()
        f.setUp()
        f.target.acknowledges = 1
        f.address(false)
        f.clearAddr()
        f.write(DR, 1)
        f.write(DR, 2)
        f.await(AF)
        f.settle()
        expect(f.target.seen).toEqual(["start write", "write 1", "write 2"])

        f.set(STOP)
        f.settle()
        expect(f.target.seen.at(-1)).toBe("stop")
    })

    it.each([0, 1, 2])(
        "NACKs byte %i of a transfer when told to, once",
        byte => {
            const f = new Fixture()
            f.setUp()
            f.i2c.inject({ kind: "nack", byte })
            const flags = f.address(false)
            let sent = 0
            if (flags & ADDR) {
                f.clearAddr()
                do {
                    f.write(DR, sent++)
                } while (!(f.await(BTF | AF) & AF))
            }
            expect(sent).toBe(byte)
            f.write(SR1, 0)
            f.set(STOP)
            f.settle()

            expect(f.address(false) & ADDR).toBe(ADDR)
        }
    )
})

describe("I2C faults on the wires", () => {
    let f: Fixture

    beforeEach(() => {
        f = new Fixture()
        f.setUp()
    })

    it("never sends START while SDA is held, and shows BUSY", () => {
        f.bus.holdSda(5)
        f.set(START)
        f.settle()

        expect(f.read(SR1)).toBe(0)
        expect(f.read(SR2)).toBe(BUSY)
    })

    it("keeps BUSY after SDA is free again, until SWRST", () => {
        f.bus.holdSda(1)
        f.read(SR2)
        f.bus.pulseScl()
        expect(f.read(SR2)).toBe(BUSY)

        f.write(CR1, SWRST)
        f.write(CR1, 0)
        f.setUp()

        expect(f.read(SR2)).toBe(0)
        expect(f.address(false) & ADDR).toBe(ADDR)
    })

    it("loses arbitration: ARLO, no longer controller, free after the other one's STOP", () => {
        f.i2c.inject({ kind: "arbitration lost", byte: 1 })
        f.address(false)
        f.clearAddr()
        f.write(DR, 1)
        f.await(ARLO)
        expect(f.read(SR2)).toBe(BUSY)

        f.settle()

        expect(f.read(SR2)).toBe(0)
        f.write(SR1, 0)
        expect(f.read(SR1)).toBe(0)
    })

    it("loses arbitration when a target holds SDA under a byte that has a 1", () => {
        f.address(false)
        f.clearAddr()
        f.bus.holdSda(9)
        f.write(DR, 0x80)
        f.await(ARLO)

        f.settle()
        expect(f.read(SR2) & BUSY).toBe(BUSY)
    })

    it("goes on after a misplaced condition (BERR)", () => {
        f.i2c.inject({ kind: "bus error", byte: 1 })
        f.address(false)
        f.clearAddr()
        f.write(DR, 1)
        expect(f.await(BTF)).toBe(BERR | BTF | TXE)
    })

    it("waits for ever when a target stalls SCL, until SWRST", () => {
        f.i2c.inject({ kind: "stall", byte: 1 })
        f.address(false)
        f.clearAddr()
        f.write(DR, 1)
        f.settle()
        expect(f.read(SR1) & BTF).toBe(0)

        f.write(CR1, SWRST)
        expect(f.read(CR2)).toBe(0)
        f.write(CR1, 0)
        f.setUp()

        expect(f.address(false) & ADDR).toBe(ADDR)
    })
})

describe("I2C interrupts", () => {
    const ITERREN = 1 << 8
    const ITEVTEN = 1 << 9
    const ITBUFEN = 1 << 10

    it("drives the event line for SB, and for TXE only with ITBUFEN", () => {
        const f = new Fixture()
        f.setUp()
        f.write(CR2, 45 | ITEVTEN)
        f.set(START)
        f.await(SB)
        expect(f.irqs.event).toBe(true)
        f.write(DR, 0x90)
        expect(f.irqs.event).toBe(false)
        f.await(ADDR)
        f.clearAddr()
        expect(f.irqs.event).toBe(false)

        f.write(CR2, 45 | ITEVTEN | ITBUFEN)
        expect(f.irqs.event).toBe(true)
    })

    it("drives the error line for AF until it is cleared", () => {
        const f = new Fixture()
        f.setUp()
        f.write(CR2, 45 | ITERREN)
        f.address(false, 0x11)
        expect(f.irqs).toEqual({ event: false, error: true })

        f.write(SR1, ~AF >>> 0)

        expect(f.irqs.error).toBe(false)
    })
})

describe("I2C rules", () => {
    function setUp(
        freq: number,
        ccr: number,
        trise: number,
        pclk1Hz = 45_000_000
    ): Fixture {
        const f = new Fixture({ pclk1Hz })
        f.write(CR2, freq)
        f.write(CCR, ccr)
        f.write(TRISE, trise)
        f.write(CR1, PE)
        return f
    }

    function start(...settings: Parameters<typeof setUp>): () => void {
        const f = setUp(...settings)
        return () => f.set(START)
    }

    function warningsAtStart(...settings: Parameters<typeof setUp>): string[] {
        const f = setUp(...settings)
        expect(f.rules.warnings).toEqual([])
        f.set(START)
        expect(f.await(SB)).toBe(SB)
        return f.rules.warnings.map(({ message }) => message)
    }

    it.each([
        ["100 kHz at 42 MHz", 42, 210, 43, 42e6],
        ["400 kHz at 42 MHz", 42, 0x8000 | 35, 13, 42e6],
        ["100 kHz at 45 MHz", 45, 225, 46, 45e6],
        ["394.7 kHz at 45 MHz", 45, FAST_38, 14, 45e6],
        ["DUTY at 45 MHz", 45, 0xc000 | 5, 14, 45e6],
    ])("accepts %s", (_, freq, ccr, trise, pclk1Hz) => {
        expect(warningsAtStart(freq, ccr, trise, pclk1Hz)).toEqual([])
    })

    it("warns of a FREQ that is not PCLK1 in MHz, and refuses one that is too low, at START", () => {
        expect(warningsAtStart(42, FAST_38, 14)).toEqual([
            "I2C2_CR2 = 0x0000002a: FREQ is 42, PCLK1 is 45 MHz: set-up and hold times are not those of the I2C specification",
        ])
        expect(start(0, FAST_38, 14)).toThrow("FREQ is 0, at START")
        expect(start(3, FAST_38, 14)).toThrow("it must be at least 4")
        expect(start(1, 225, 46)).toThrow("it must be at least 2")
    })

    it("takes PE before FREQ, as programs do that initialise the block after they enable it", () => {
        const f = new Fixture()
        f.write(CR1, PE)
        f.write(CR1, 0)
        f.setUp()
        f.set(START)
        f.await(SB)

        expect(f.rules.warnings).toEqual([])
    })

    it("warns of a count that was rounded down, and of a TRISE of the other speed", () => {
        expect(warningsAtStart(45, 0x8000 | 37, 14)).toEqual([
            "I2C2_CCR = 0x00008025: SCL runs at 405405 Hz, over 400000 Hz: it was rounded down",
        ])
        // libopencm3 has the value of standard mode in both.
        expect(warningsAtStart(42, 0x8000 | 35, 43, 42e6)).toEqual([
            "I2C2_TRISE = 0x0000002b: is 43, this speed needs 13",
        ])
    })

    it("refuses a clock that is too fast, and a count that is too small", () => {
        expect(start(45, 0x8000 | 36, 14)).toThrow("over 400000 Hz")
        expect(start(42, 0xc000 | 3, 13, 42e6)).toThrow("560000 Hz")
        expect(start(45, 200, 46)).toThrow("over 100000 Hz")
        expect(start(45, 3, 46)).toThrow("least count is 4")
        expect(start(45, 0x8000, 14)).toThrow("least count is 1")
    })

    it("refuses CCR and TRISE while PE is 1", () => {
        const f = new Fixture()
        f.setUp()
        expect(() => f.write(CCR, FAST_38)).toThrow("I2C2_CCR")
        expect(() => f.write(TRISE, 14)).toThrow("I2C2_TRISE")
    })

    it("names the pin that is not given to the block at START", () => {
        const f = new Fixture()
        f.setUp()
        f.pins = "PB10 (SCL) is input"
        expect(() => f.set(START)).toThrow("START: PB10 (SCL) is input")
    })

    it("refuses DR before SR1 was read with SB", () => {
        const f = new Fixture()
        f.setUp()
        f.set(START)
        f.settle()
        expect(() => f.write(DR, 0x90)).toThrow("before SR1 was read")
    })

    it("refuses a third byte in DR, a byte without a transfer, and STOP over a waiting byte", () => {
        const f = new Fixture()
        f.setUp()
        expect(() => f.write(DR, 1)).toThrow("no address or data byte")
        f.address(false)
        f.clearAddr()
        f.write(DR, 1)
        f.write(DR, 2)
        expect(() => f.write(DR, 3)).toThrow("TXE is 0")
        f.set(STOP)
        expect(() => f.settle()).toThrow("DR holds a byte")
    })

    it("refuses STOP while START is pending, but not SWRST", () => {
        const f = new Fixture()
        f.setUp()
        f.set(START)
        expect(() => f.set(STOP)).toThrow("STOP is set while START is pending")
        expect(() => f.write(CR1, SWRST)).not.toThrow()
        expect(f.rules.warnings).toEqual([])
    })

    it("refuses what it does not model, and what must stay as it is", () => {
        const f = new Fixture()
        expect(() => f.write(CR1, 1 << 1)).toThrow("I2C2_CR1") // SMBUS
        expect(() => f.write(CR2, 1 << 13)).toThrow("I2C2_CR2")
        expect(() => f.write(OAR1, 0x1000)).toThrow("I2C2_OAR1")
        expect(() => f.write(SR2, 0)).toThrow("read only")
        expect(() => f.write(CR1, START)).toThrow("PE is 0")
        expect(() => f.read(0x28)).toThrow("I2C2_0x28")
    })

    it("warns of OAR1 without the bit that is to be kept at 1", () => {
        const f = new Fixture()
        f.write(OAR1, 0x4010)
        expect(f.rules.warnings).toEqual([])

        f.write(OAR1, 0x10)

        expect(f.rules.warnings[0]!.message).toContain("bit 14")
    })

    it("keeps the bits of target mode", () => {
        const f = new Fixture()
        f.setUp()
        f.set(NOSTRETCH)
        expect(f.address(false) & ADDR).toBe(ADDR)
        expect(f.read(CR1)).toBe(PE | NOSTRETCH)
    })

    it("has FLTR on F42x and F446 only", () => {
        new Fixture({ hasFilter: true }).write(FLTR, 0x10)
        expect(() =>
            new Fixture({ hasFilter: false }).write(FLTR, 0x10)
        ).toThrow("no model")
    })
})
