// SPDX-License-Identifier: MIT
// The VM's two ways to native code: I2C transfers, and Jacdac events.

import { beforeEach, describe, expect, it } from "vitest"
import { ProgramError } from "../../../protocol/errors.ts"
import { crc16, FakeDevice } from "../../support/devicescript/fake-device.ts"
import { Machine, thrownBy } from "../../support/devicescript/machine.ts"

// Typed again from services/frame-grabber.md.
const FRAME_GRABBER = 0x1f6cb39e
const EVENT_FRAME = 0x80
const EVENT_FAULT = 0x81

describe("VirtualMachine, I2C call", () => {
    interface Transfer {
        readonly address: number
        readonly write: number[]
        readonly readBytes: number
    }
    let transfers: Transfer[]
    let machine: Machine

    beforeEach(async () => {
        transfers = []
        machine = await Machine.boot("i2c", {
            i2c: (address, write, read) => {
                transfers.push({
                    address,
                    write: [...write],
                    readBytes: read.length,
                })
                if (address !== 0x48) return -1
                if (write[0] === 0xee) return -2
                read.forEach((_, i) => (read[i] = i + 1))
                return 0
            },
        })
        machine.run(10)
    })

    it("hands address, bytes to write and length to read to the device", () => {
        expect(transfers).toEqual([
            { address: 0x48, write: [0x07, 0x88], readBytes: 0 },
            { address: 0x48, write: [0x10], readBytes: 300 },
            { address: 0x48, write: [1, 2, 3], readBytes: 0 },
            { address: 0x48, write: [], readBytes: 2 },
            { address: 0x5c, write: [0], readBytes: 1 },
            { address: 0x48, write: [0xee, 0], readBytes: 0 },
        ])
    })

    it("puts what the device sends into the program's buffer", () => {
        expect(machine.console.slice(0, 2)).toEqual([
            "read 300 1 44",
            "plain 0102",
        ])
    })

    it("gives a negative status to the program as an I2CError", () => {
        expect(machine.console.slice(2)).toEqual(["I2CError -1", "I2CError -2"])
    })

    it("takes no virtual time", () => {
        expect(machine.nowUs).toBe(10_000)
        expect(machine.console).toHaveLength(4)
    })
})

describe("VirtualMachine, a device on the Jacdac line", () => {
    let device: FakeDevice
    let machine: Machine
    const announce = (nowUs: number) => {
        const frame = device.announcement(nowUs)
        if (frame) machine.vm.receive(frame)
    }

    /** The device announces itself before the program starts, so that the role is bound from the start. */
    const startBound = () => {
        announce(machine.nowUs)
        machine.vm.process()
        machine.run(100, announce)
    }

    beforeEach(async () => {
        device = new FakeDevice(FRAME_GRABBER)
        machine = await Machine.boot("notify")
    })

    it("is bound at once when it has announced itself before the program starts", () => {
        announce(machine.nowUs)
        machine.vm.process()
        machine.run(2, announce)

        expect(machine.console).toEqual(["bound true"])
    })

    it("is bound within 980 ms when it announces itself later", () => {
        machine.run(20)
        machine.run(940, announce)
        const early = [...machine.console]
        machine.run(40, announce)

        expect(early).toEqual([])
        expect(machine.console).toEqual(["bound true"])
    })

    it("is lost when it has been silent for 3 s", () => {
        startBound()
        machine.run(3000)

        expect(machine.console.at(-1)).toBe("bound false")
    })

    it("rings an event that the handler gets in the same instant, with one call of process", () => {
        startBound()

        machine.nowUs += 400
        machine.vm.receive(device.event(EVENT_FRAME))
        machine.vm.process()

        expect(
            machine.console.filter(line => /^frame/.test(line))
        ).toHaveLength(1)
    })

    it("delivers each event once, by its code", () => {
        startBound()
        machine.console.length = 0

        const repeated = device.event(EVENT_FAULT)
        for (let copy = 0; copy < 3; copy++) {
            machine.vm.receive(repeated)
            machine.run(20, announce)
        }
        machine.vm.receive(device.event(EVENT_FRAME))
        machine.run(1, announce)

        expect(machine.console).toEqual([
            "fault",
            expect.stringMatching(/^frame 1 \d+$/),
        ])
    })

    it("finds the receive queue full at some time when nobody calls process", () => {
        startBound()

        let taken = 0
        while (taken < 1000 && machine.vm.receive(device.event(EVENT_FRAME)))
            taken++
        machine.vm.process()

        // 2,048 bytes, and 16 bytes and a little per frame.
        expect(taken).toBeGreaterThan(9)
        expect(taken).toBeLessThan(128)
        expect(machine.vm.receive(device.event(EVENT_FRAME))).toBe(true)
    })

    it("refuses a frame with a wrong checksum and goes on", () => {
        startBound()
        machine.console.length = 0
        const frame = device.event(EVENT_FRAME)
        frame[0]! ^= 1

        expect(() => machine.vm.receive(frame)).toThrow(/wrong checksum/)
        frame[0]! ^= 1
        expect(machine.vm.receive(frame)).toBe(true)
        machine.run(10, announce)

        expect(machine.console).toEqual([expect.stringMatching(/^frame 1 /)])
    })

    it("refuses a frame that is shorter than it says", () => {
        const frame = device.event(EVENT_FRAME)
        expect(() => machine.vm.receive(frame.subarray(0, 15))).toThrow(
            RangeError
        )
    })

    it("makes an exception in an event handler the error of the call that runs it", async () => {
        machine = await Machine.boot("handler-exception")
        startBound()
        machine.vm.receive(device.event(EVENT_FRAME))

        const error = thrownBy(() => machine.run(10, announce))

        expect(error).toBeInstanceOf(ProgramError)
        expect(error.message).toMatch(
            /^test\/sim\/devicescript\/programs\/handler-exception\.ts: Error: the handler fails\n {4}at \w+ \(test\/sim\/devicescript\/programs\/handler-exception\.ts:9\)$/
        )
    })

    it("hears the VM announce itself every 500 ms in frames with a right checksum", () => {
        machine.run(3000)

        const announcements = machine.sent.filter(
            frame => (frame[3]! & 1) === 0 && frame[13] === 0 && frame[14] === 0
        )
        expect(announcements.length).toBeGreaterThanOrEqual(5)
        for (const frame of machine.sent) {
            expect(frame).toHaveLength(12 + frame[2]!)
            expect(frame[0]! | (frame[1]! << 8)).toBe(crc16(frame.subarray(2)))
        }
    })
})

describe("crc16 of the fake device", () => {
    it("gives the check value of CRC-16/CCITT-FALSE", () => {
        expect(crc16(new TextEncoder().encode("123456789"))).toBe(0x29b1)
    })
})
