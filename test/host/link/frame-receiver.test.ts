// SPDX-License-Identifier: MIT
// Images from messages: bit-exact, or dropped and counted.

import { crc32 } from "node:zlib"
import fc from "fast-check"
import { beforeEach, describe, expect, it } from "vitest"
import {
    FrameReceiver,
    type LinkImage,
} from "../../../host/link/frame-receiver.ts"
import type { Message } from "../../../protocol/link/messages.ts"
import { MessageType } from "../../../protocol/link/wire.ts"

const COLUMNS = 50
const ROWS = 20
const CHUNK = 240

function body(bytes: number, fill: (view: DataView) => void): Uint8Array {
    const content = new Uint8Array(bytes)
    fill(new DataView(content.buffer))
    return content
}

function pixelsOf(number: number): Uint8Array {
    return Uint8Array.from(
        { length: COLUMNS * ROWS },
        (_, i) => (i * 7 + number * 13) & 0xff
    )
}

/** FRAME, five PIXELS, FRAME_END, as docs/link.md lays them out; with a BAND before one of the PIXELS. */
function image(number: number, bandAt?: number): Message[] {
    const bytes = pixelsOf(number)
    const messages: Message[] = [
        {
            type: MessageType.FRAME,
            body: body(60, view => {
                view.setUint16(0, number, true)
                view.setUint8(2, 1)
                view.setUint32(4, bytes.length, true)
                view.setUint16(8, COLUMNS, true)
                view.setUint16(10, ROWS, true)
                view.setUint32(12 + 4, 100 + number, true)
            }),
        },
    ]
    for (let offset = 0; offset < bytes.length; offset += CHUNK) {
        if (offset / CHUNK === bandAt)
            messages.push({
                type: MessageType.BAND,
                body: body(16, view => {
                    view.setUint16(0, number, true)
                    view.setUint16(2, 2, true)
                    view.setUint32(4, offset, true)
                    view.setUint32(8, 999, true)
                }),
            })
        const data = bytes.subarray(offset, offset + CHUNK)
        const content = body(6 + data.length, view => {
            view.setUint16(0, number, true)
            view.setUint32(2, offset, true)
        })
        content.set(data, 6)
        messages.push({ type: MessageType.PIXELS, body: content })
    }
    messages.push({
        type: MessageType.FRAME_END,
        body: body(8, view => {
            view.setUint16(0, number, true)
            view.setUint16(2, bandAt === undefined ? 1 : 2, true)
            view.setUint32(4, crc32(bytes), true)
        }),
    })
    return messages
}

let images: LinkImage[]
let receiver: FrameReceiver

beforeEach(() => {
    images = []
    receiver = new FrameReceiver(taken => images.push(taken))
})

describe("an image", () => {
    it("arrives with every byte and what its first frame was", () => {
        for (const message of image(7)) receiver.take(message)

        expect(images).toHaveLength(1)
        expect(images[0]).toMatchObject({
            number: 7,
            columns: COLUMNS,
            rows: ROWS,
            bytes: pixelsOf(7),
            bands: [{ offset: 0, sequence: 107 }],
        })
        expect(receiver.counters).toEqual({
            received: 1,
            corrupt: 0,
            missed: 0,
        })
    })

    it("says which of its bytes another frame gave", () => {
        for (const message of image(7, 2)) receiver.take(message)

        expect(images[0]!.bands).toMatchObject([
            { offset: 0, sequence: 107 },
            { offset: 2 * CHUNK, sequence: 999 },
        ])
    })

    it("is counted as missed when nothing of it came", () => {
        for (const number of [65_534, 2])
            for (const message of image(number)) receiver.take(message)

        expect(receiver.counters).toEqual({
            received: 2,
            corrupt: 0,
            missed: 3,
        })
    })

    it("whose CRC is wrong is dropped", () => {
        const messages = image(1)
        messages[2]!.body[20]! ^= 1
        for (const message of messages) receiver.take(message)

        expect(images).toEqual([])
        expect(receiver.counters.corrupt).toBe(1)
    })

    it("of which nobody knows whose bytes it has is dropped", () => {
        for (const message of image(7, 2))
            if (message.type !== MessageType.BAND) receiver.take(message)
        for (const message of image(8, 2)) {
            // A BAND before this one got lost.
            if (message.type === MessageType.BAND) message.body[2]! = 3
            if (message.type === MessageType.FRAME_END) message.body[2]! = 3
            receiver.take(message)
        }

        expect(images).toEqual([])
        expect(receiver.counters.corrupt).toBe(2)
    })

    it("leaves other messages alone", () => {
        expect(
            receiver.take({ type: MessageType.LOG, body: new Uint8Array(4) })
        ).toBe(false)
    })
})

describe("messages that are lost, repeated, swapped or changed", () => {
    it("cost the images they belong to, and no other", () => {
        const hurt = fc.record({
            way: fc.constantFrom("lose", "repeat", "swap", "cut", "change"),
            at: fc.nat(10_000),
        })
        fc.assert(
            fc.property(
                fc.array(hurt, { maxLength: 6 }),
                fc.nat(30),
                (hurts, bandAt) => {
                    const taken: LinkImage[] = []
                    const receiver = new FrameReceiver(p => taken.push(p))
                    const stream = Array.from({ length: 12 }, (_, i) =>
                        image(i + 1, i % 3 === 0 ? bandAt % 5 : undefined)
                    ).flat()
                    const touched = new Set<number>()
                    const numberOf = ({ body }: Message): number =>
                        body[0]! | (body[1]! << 8)
                    for (const { way, at } of hurts) {
                        const i = at % (stream.length - 1)
                        const message = stream[i]!
                        touched.add(numberOf(message))
                        if (way === "lose") stream.splice(i, 1)
                        if (way === "repeat") stream.splice(i, 0, message)
                        if (way === "cut")
                            stream[i] = {
                                ...message,
                                body: message.body.slice(0, -1),
                            }
                        if (way === "change")
                            stream[i] = {
                                ...message,
                                body: message.body.map((byte, j) =>
                                    j === message.body.length - 1
                                        ? byte ^ 0x40
                                        : byte
                                ),
                            }
                        if (way === "swap") {
                            touched.add(numberOf(stream[i + 1]!))
                            stream.splice(i, 2, stream[i + 1]!, message)
                        }
                    }
                    for (const message of stream) receiver.take(message)
                    for (const { number, bytes } of taken)
                        expect(Buffer.compare(bytes, pixelsOf(number))).toBe(0)
                    const whole = new Set(taken.map(({ number }) => number))
                    for (let number = 1; number <= 12; number++)
                        if (!touched.has(number))
                            expect(whole.has(number)).toBe(true)
                }
            ),
            { numRuns: 300, seed: 1 }
        )
    })
})
