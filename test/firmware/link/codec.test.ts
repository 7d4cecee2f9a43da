// SPDX-License-Identifier: MIT
// The link's two codecs against each other: what one writes the other reads, and neither takes what is damaged.

import { crc32 } from "node:zlib"
import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { encodeMessage } from "../../../protocol/link/message-codec.ts"
import { MessageType } from "../../../protocol/link/wire.ts"
import { randomWords } from "../../support/firmware/slots/fake-flash.ts"
import {
    compileFirmware,
    mcuMemory,
    SCRATCH,
    startFirmware,
} from "../../support/firmware/slots/firmware-wasm.ts"
import { ChipRig } from "../../support/firmware/link/chip-rig.ts"
import { fuzz, type FuzzResult } from "../../support/firmware/link/fuzz.ts"
import { AllTypes } from "../../support/firmware/link/fuzz-traffic.ts"
import {
    clientReceiver,
    cReceiver,
    typescriptReceiver,
    type KeepingReceiver,
} from "../../support/firmware/link/receivers.ts"

/** Set by `npm run test:long`. */
const LONG = process.env["CAMSCRIPT_LONG_TESTS"] === "1"
const FUZZ_MESSAGES = LONG ? 1_000_000 : 20_000

let module: WebAssembly.Module

beforeAll(async () => {
    module = await compileFirmware()
})

/** Bodies with the lengths where COBS and the buffers change: runs of zeros, of 254 bytes without one. */
const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 252 }),
    fc
        .array(fc.constantFrom(0, 0, 1, 255), { maxLength: 252 })
        .map(bytes => Uint8Array.from(bytes)),
    fc.nat(252).map(length => new Uint8Array(length).fill(7)),
    fc.nat(252).map(length => new Uint8Array(length))
)

describe("cam_crc32", () => {
    it("is zlib's", () => {
        const memory = mcuMemory()
        const firmware = startFirmware(module, memory, {
            read32: () => 0,
            write32: () => {},
        })
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 600 }), bytes => {
                new Uint8Array(memory.buffer).set(bytes, SCRATCH)
                const crc = firmware.cam_crc32(SCRATCH, bytes.length) >>> 0
                expect(crc).toBe(crc32(bytes))
            })
        )
    })
})

describe("messages", () => {
    it("of the host are read by the firmware, byte for byte", () => {
        const receiver = cReceiver(module)
        let sequence = 0
        fc.assert(
            fc.property(
                bodies,
                fc.integer({ min: 2, max: 255 }),
                (body, type) => {
                    receiver.push(encodeMessage({ type, body }, sequence))
                    expect(receiver.messages.splice(0)).toEqual([
                        { type, body, sequence },
                    ])
                    sequence = (sequence + 1) & 0xff
                }
            ),
            { numRuns: 1000 }
        )
    })

    it("of the firmware are read by the host, and are the bytes that the host would write", async () => {
        const rig = await ChipRig.create()
        const receiver = typescriptReceiver()
        const { exports } = rig
        // Out of text mode, and the answer out of the way.
        rig.send(
            encodeMessage({ type: 1, body: new Uint8Array(12).fill(1) }, 0)
        )
        rig.run(10e6)
        let sequence = 1
        rig.sent.length = 0
        fc.assert(
            fc.property(
                bodies,
                fc.integer({ min: 2, max: 255 }),
                (body, type) => {
                    rig.bytes.set(body, SCRATCH)
                    expect(exports.cam_link_begin(type, body.length, 0)).toBe(1)
                    exports.cam_link_add(SCRATCH, body.length)
                    exports.cam_link_end()
                    rig.run(10e6)
                    const wire = Uint8Array.from(rig.sent.splice(0))
                    expect(wire).toEqual(
                        encodeMessage({ type, body }, sequence)
                    )
                    receiver.push(wire)
                    expect(receiver.messages.splice(0)).toEqual([
                        { type, body, sequence },
                    ])
                    sequence = (sequence + 1) & 0xff
                }
            ),
            { numRuns: 300 }
        )
    })

    it("longer than the buffer are bad, the next one is read", () => {
        for (const receiver of [cReceiver(module), typescriptReceiver()]) {
            const long = { type: 5, body: new Uint8Array(253).fill(3) }
            const next = { type: 6, body: Uint8Array.of(1, 2, 3, 4) }
            receiver.push(encodeMessage(long, 0))
            receiver.push(new Uint8Array(5000).fill(9))
            receiver.push(Uint8Array.of(0, 0, 0))
            receiver.push(encodeMessage(next, 1))

            expect(receiver.messages).toEqual([{ ...next, sequence: 1 }])
            expect(receiver.counters()).toMatchObject({ badFrames: 2 })
        }
    })

    it("are refused with any single bit changed, on both sides", () => {
        const wire = encodeMessage(
            { type: 0x10, body: Uint8Array.of(0, 1, 2, 0) },
            0
        )
        for (const receiver of [cReceiver(module), typescriptReceiver()]) {
            for (let bit = 0; bit < 8 * wire.length; bit++) {
                const hurt = wire.slice()
                hurt[bit >> 3]! ^= 1 << (bit & 7)
                receiver.push(hurt)
                receiver.push(Uint8Array.of(0))
            }
            expect(receiver.messages).toEqual([])
            receiver.push(wire)
            expect(receiver.messages).toHaveLength(1)
        }
    })
})

describe("a stream that is corrupted, cut, repeated and out of order", () => {
    const TYPES = Object.values(MessageType).filter(
        type => typeof type === "number"
    )

    /** Everything happened, and often: the run proves something. */
    function expectHard(result: FuzzResult, traffic: AllTypes): void {
        for (const type of TYPES)
            if (type !== MessageType.HELLO && type !== MessageType.WELCOME)
                expect(
                    traffic.made.get(type),
                    MessageType[type]
                ).toBeGreaterThan(FUZZ_MESSAGES / 200)
        expect(result.hit).toBeGreaterThan(FUZZ_MESSAGES / 10)
        expect(result.badFrames).toBeGreaterThan(FUZZ_MESSAGES / 10)
        expect(result.stale).toBeGreaterThan(FUZZ_MESSAGES / 24)
        expect(result.taken).toBeGreaterThan(FUZZ_MESSAGES / 2)
        if (LONG) console.log(JSON.stringify(result))
    }

    const receivers: [string, () => KeepingReceiver][] = [
        ["firmware", () => cReceiver(module)],
        ["host", typescriptReceiver],
    ]

    it.each(receivers)(
        `loses nothing but the frames hit in the %s (${FUZZ_MESSAGES} messages)`,
        (_, make) => {
            const traffic = new AllTypes(randomWords(43), false)
            const result = fuzz(make(), FUZZ_MESSAGES, randomWords(42), traffic)

            expect(result.problems).toEqual([])
            expectHard(result, traffic)
        }
    )

    it(`costs a client the images that were hit, and no other (${FUZZ_MESSAGES} messages)`, () => {
        const traffic = new AllTypes(randomWords(43), true)
        const receiver = clientReceiver()
        const result = fuzz(receiver, FUZZ_MESSAGES, randomWords(42), traffic)

        expect(result.problems).toEqual([])
        expectHard(result, traffic)
        const { whole, begun, last } = traffic.images
        const { received, corrupt, missed } = receiver.client.images
        expect(received).toBe(whole)
        // The last one may still be under way.
        expect([begun, begun - 1]).toContain(received + corrupt)
        expect((begun + missed) & 0xffff).toBe(last)
        expect(whole).toBeGreaterThan(FUZZ_MESSAGES / 40)
        expect(corrupt).toBeGreaterThan(FUZZ_MESSAGES / 100)
        if (LONG) console.log(JSON.stringify(receiver.client.images))
    })
})
