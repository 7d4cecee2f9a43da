// SPDX-License-Identifier: MIT
// Jacdac frames as bytes: against a recorded frame, and against damage.

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
    countPackets,
    crc16,
    decodeFrame,
    encodeFrame,
} from "../../protocol/jacdac-frame.ts"
import type { JacdacFrame } from "../../protocol/jacdac-frame.ts"

/** An announcement out of a trace in Jacdac's own documentation: flags 0x0101, one service of class 0x12dc1fca. */
const RECORDED = bytes("4b900c00ae430744000000000800000001010000ca1fdc12")

function bytes(hex: string): Uint8Array {
    return new Uint8Array(Buffer.from(hex, "hex"))
}

const anyFrame: fc.Arbitrary<JacdacFrame> = fc.record({
    flags: fc.nat(0xff),
    deviceId: fc
        .uint8Array({ minLength: 8, maxLength: 8 })
        .map(id => Buffer.from(id).toString("hex")),
    packets: fc.array(
        fc.record({
            serviceIndex: fc.nat(0x3f),
            command: fc.nat(0xffff),
            payload: fc.uint8Array({ maxLength: 40 }),
        }),
        { minLength: 1, maxLength: 5 }
    ),
})

describe("crc16", () => {
    it("is CRC-16/CCITT-FALSE by its check value", () => {
        expect(crc16(new TextEncoder().encode("123456789"))).toBe(0x29b1)
    })
})

describe("Jacdac frame, recorded", () => {
    it("is taken apart", () => {
        const { flags, deviceId, packets } = decodeFrame(RECORDED)

        expect(flags).toBe(0)
        expect(deviceId).toBe("ae43074400000000")
        expect(packets).toEqual([
            {
                serviceIndex: 0,
                command: 0,
                payload: bytes("01010000ca1fdc12"),
            },
        ])
    })

    it("is what its parts are encoded to", () => {
        expect(encodeFrame(decodeFrame(RECORDED))).toEqual(RECORDED)
    })

    it("may leave out the padding of its last packet", () => {
        const padded = encodeFrame({
            flags: 1,
            deviceId: "0102030405060708",
            packets: [
                { serviceIndex: 1, command: 0x2087, payload: bytes("01") },
            ],
        })
        const cut = padded.slice(0, 17)
        cut[2] = 5
        const crc = crc16(cut.subarray(2))
        cut.set([crc & 0xff, crc >> 8])

        expect(padded).toHaveLength(20)
        expect(decodeFrame(cut)).toEqual(decodeFrame(padded))
    })
})

describe("Jacdac frames", () => {
    it("come out of the bytes as they went in", () => {
        fc.assert(
            fc.property(anyFrame, frame => {
                const encoded = encodeFrame(frame)

                expect(decodeFrame(encoded)).toEqual(frame)
                expect(countPackets(encoded)).toBe(frame.packets.length)
            })
        )
    })

    it("are refused with any one byte changed", () => {
        fc.assert(
            fc.property(
                anyFrame,
                fc.nat(),
                fc.integer({ min: 1, max: 255 }),
                (frame, place, change) => {
                    const encoded = encodeFrame(frame)
                    encoded[place % encoded.length]! ^= change

                    expect(() => decodeFrame(encoded)).toThrow(/Jacdac frame/)
                }
            )
        )
    })

    it.each([
        ["cut", RECORDED.slice(0, 20), "20 bytes came, its header says 24"],
        ["empty", new Uint8Array(0), "0 bytes are too few"],
    ])("are refused when %s", (_, damaged, message) => {
        expect(() => decodeFrame(damaged)).toThrow(message)
    })

    it("are refused when a packet passes the end", () => {
        const frame = RECORDED.slice()
        frame[12] = 9
        const crc = crc16(frame.subarray(2))
        frame.set([crc & 0xff, crc >> 8])

        expect(() => decodeFrame(frame)).toThrow(
            "a packet of 9 bytes at byte 12 passes its end at 24"
        )
    })

    it("hold 236 bytes of payload, and not one more", () => {
        const frame = (payloadBytes: number): JacdacFrame => ({
            flags: 0,
            deviceId: "0102030405060708",
            packets: [
                {
                    serviceIndex: 1,
                    command: 0,
                    payload: new Uint8Array(payloadBytes),
                },
            ],
        })

        expect(encodeFrame(frame(236))).toHaveLength(252)
        expect(() => encodeFrame(frame(237))).toThrow("at most 252 fit")
        expect(() => encodeFrame({ ...frame(1), deviceId: "12" })).toThrow(
            '"12" is not 16'
        )
        expect(() => encodeFrame({ ...frame(1), packets: [] })).toThrow(
            "no packets"
        )
    })
})
