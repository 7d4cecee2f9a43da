// SPDX-License-Identifier: MIT
// The frame grabber as a Jacdac device: announcements, notifications, their bytes and their times.

import { beforeEach, describe, expect, it } from "vitest"
import { bootRig, START, STOP, type Rig } from "../support/native/rig.ts"

/** CRC-16/CCITT-FALSE. */
function crc16(bytes: Uint8Array): number {
    let crc = 0xffff
    for (const byte of bytes) {
        crc ^= byte << 8
        for (let bit = 0; bit < 8; bit++)
            crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff
    }
    return crc
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const isAnnounce = (frame: Uint8Array): boolean => frame[13] === 0

/** Counter and code of each event, in order. */
function events(rig: Rig): { counter: number; code: number }[] {
    return rig.jacdac
        .filter(frame => !isAnnounce(frame))
        .map(frame => ({ counter: frame[15]! & 0x7f, code: frame[14]! }))
}

describe("the CRC of this test", () => {
    it("is that of a frame from the wire and of the check string", () => {
        const frame = Buffer.from(
            "4b900c00ae430744000000000800000001010000ca1fdc12",
            "hex"
        )
        expect(crc16(frame.subarray(2))).toBe(frame.readUInt16LE(0))
        expect(crc16(Buffer.from("123456789"))).toBe(0x29b1)
    })
})

describe("announcements", () => {
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
    })

    it("say restart counter, one packet and the service classes, with a right CRC", () => {
        rig.native.poll()

        const frame = rig.jacdac[0]!
        expect(hex(frame.subarray(2, 4))).toBe("1000") // size 16, flags: report
        expect(hex(frame.subarray(12, 16))).toBe("0c000000") // 12 bytes, service 0, announce
        expect(hex(frame.subarray(16))).toBe(
            "01000100" + "9eb36c1f" + "c7520d1f"
        )
        expect(frame[0]! | (frame[1]! << 8)).toBe(crc16(frame.subarray(2)))
        expect(frame[11]).toBeLessThan(0x80) // the device id's upper word is positive
    })

    it("come at once, then every 500 ms however often it is polled", () => {
        const times: number[] = []
        for (let ms = 0; ms < 3000; ms++) {
            const before = rig.jacdac.length
            rig.native.poll()
            if (rig.jacdac.length > before) times.push(ms)
            rig.run(1e6)
        }
        expect(times).toEqual([0, 500, 1000, 1500, 2000, 2500])
    })

    it("count restarts from 1 to 15 and stay there", () => {
        for (let i = 0; i < 20; i++) {
            rig.native.poll()
            rig.run(500e6)
        }
        const counters = rig.jacdac.map(frame => frame[16]! & 0xf)
        expect(counters.slice(0, 4)).toEqual([1, 2, 3, 4])
        expect(counters.slice(14)).toEqual([15, 15, 15, 15, 15, 15])
    })

    it("are tried again when the VM's queue is full", () => {
        rig.vmAccepts = false
        rig.native.poll()
        rig.vmAccepts = true
        rig.native.poll()
        expect(rig.jacdac).toHaveLength(1)
        expect(rig.jacdac[0]![16]).toBe(1)
    })
})

describe("notifications", () => {
    let rig: Rig

    beforeEach(async () => {
        rig = await bootRig()
        rig.native.poll()
        rig.setMode({ buffers: 2 })
        rig.control(START)
        rig.camera.start()
    })

    it("come once, with a right CRC, when a frame was queued and none was before", () => {
        rig.runPast(0)
        for (let i = 0; i < 5; i++) rig.native.poll()

        expect(events(rig)).toEqual([{ counter: 1, code: 0x80 }])
        const frame = rig.jacdac[1]!
        expect(frame).toHaveLength(16)
        expect(hex(frame.subarray(12))).toBe("00018081")
        expect(frame[0]! | (frame[1]! << 8)).toBe(crc16(frame.subarray(2)))
    })

    it("do not come for a second frame while the first waits", () => {
        rig.runPast(0)
        rig.native.poll()
        rig.runPast(1)
        rig.native.poll()
        expect(events(rig)).toHaveLength(1)
    })

    it("come again for the frame after the queue was empty", () => {
        for (let frame = 0; frame < 3; frame++) {
            rig.runPast(frame)
            rig.native.poll()
            rig.release(rig.next()!.index)
        }
        expect(events(rig).map(event => event.counter)).toEqual([1, 2, 3])
    })

    it("come when a frame is given back while another waits", () => {
        rig.runPast(1)
        rig.native.poll()
        const { index } = rig.next()!
        rig.native.poll()
        expect(events(rig)).toHaveLength(1)
        rig.release(index)
        rig.native.poll()
        expect(events(rig)).toHaveLength(2)
    })

    it("come later when the VM's queue is full, with the same counter", () => {
        rig.vmAccepts = false
        rig.runPast(0)
        rig.native.poll()
        rig.native.poll()
        rig.vmAccepts = true
        rig.native.poll()
        expect(events(rig)).toEqual([{ counter: 1, code: 0x80 }])
    })

    it("come with the next announcement for frames that still wait: nobody may have been bound before", () => {
        rig.runPast(0)
        rig.native.poll()
        rig.run(500e6)
        rig.native.poll()
        expect(events(rig)).toHaveLength(2)
    })

    it("tell a fault once when a fault counter moved", () => {
        rig.camera.shape = () => ({ columns: 16, rows: 4 })
        rig.runPast(0)
        rig.native.poll()
        rig.native.poll()
        expect(events(rig)).toEqual([{ counter: 1, code: 0x81 }])
    })

    it("are silent after a stop", () => {
        rig.runPast(0)
        rig.control(STOP)
        rig.native.poll()
        expect(events(rig)).toEqual([])
    })
})
