// SPDX-License-Identifier: MIT
// Messages of every type but those that open a session, with bodies as docs/link.md lays them out; images go on over
// many messages, with others between. And what must come of them: each message, or each image and event of a client.

import { crc32 } from "node:zlib"
import type { LinkImage } from "../../../../host/link/frame-receiver.ts"
import type { Message } from "../../../../protocol/link/messages.ts"
import { BODY_BYTES_MAX, MessageType } from "../../../../protocol/link/wire.ts"
import type { SentMessage, Traffic } from "./fuzz.ts"

type Random = () => number

const PIXELS_MAX = 240
const CHUNKS_MAX = 6
const JACDAC_HEADER = 12
/** Types that nobody knows. */
const UNKNOWN_FIRST = 0x50
const UNKNOWN_COUNT = 0xb0

const { HELLO, WELCOME, FRAME, PIXELS, BAND, FRAME_END } = MessageType
const OF_IMAGES: readonly MessageType[] = [FRAME, PIXELS, BAND, FRAME_END]
const OTHERS = Object.values(MessageType)
    .filter(type => typeof type === "number")
    .filter(type => type !== HELLO && type !== WELCOME)
    .filter(type => !OF_IMAGES.includes(type))

/** An image as its messages are made, and how many of them have been taken. */
interface Image {
    readonly number: number
    /** What a client must give for it. */
    readonly text: string
    readonly messages: Message[]
    taken: number
}

/** A message with all of its bytes. */
export function textOf({ type, body }: Message): string {
    return `${MessageType[type] ?? type} ${latin1(body)}`
}

/** An image with all of its bytes and where they come from. */
export function imageText(
    image: Pick<
        LinkImage,
        "number" | "reduce" | "columns" | "rows" | "bands" | "bytes"
    > & { readonly descriptor: { readonly sequence: number } }
): string {
    const { number, reduce, columns, rows, bands, bytes, descriptor } = image
    const from = bands.map(
        ({ offset, sequence, endUs }) => `${offset}:${sequence}:${endUs}`
    )
    return `image ${number} /${reduce} ${columns}x${rows} of ${descriptor.sequence} ${from.join()} ${latin1(bytes)}`
}

function latin1(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
        "latin1"
    )
}

export class AllTypes implements Traffic {
    /** Messages by type. */
    readonly made = new Map<number, number>()
    /** Images that a client must have given; that began there; the number of the last that did. */
    readonly images = { whole: 0, begun: 0, last: 0 }
    private number = 0
    /** Messages of the image under way that are still to be sent. */
    private readonly queue: Message[] = []
    private image: Image | undefined
    /** By index of its messages; those that were sent long ago are gone. */
    private readonly owner = new Map<number, Image>()

    /** @param events expect what a client gives, not each message */
    constructor(
        private readonly random: Random,
        private readonly events: boolean
    ) {}

    next(index: number): Message {
        const message = this.make(index)
        this.made.set(message.type, (this.made.get(message.type) ?? 0) + 1)
        return message
    }

    expected(messages: readonly SentMessage[]): string[] {
        if (!this.events) return messages.map(textOf)
        return messages.flatMap(message => {
            if (!OF_IMAGES.includes(message.type)) return [textOf(message)]
            const image = this.owner.get(message.index)!
            this.owner.delete(message.index)
            if (message.type === FRAME) {
                this.images.begun++
                this.images.last = image.number
            }
            // In order and each once, or they would not have been taken: all of them is whole.
            if (++image.taken < image.messages.length) return []
            this.images.whole++
            return [image.text]
        })
    }

    private make(index: number): Message {
        const { random } = this
        if (this.queue.length === 0 && random() % 3 === 0) this.begin()
        // Some images are begun and not ended.
        if (random() % 100 === 0) this.queue.length = 0
        if (this.queue.length > 0 && random() % 5 !== 0) {
            if (this.events) this.owner.set(index, this.image!)
            return this.queue.shift()!
        }
        return this.other(index)
    }

    private begin(): void {
        this.image = makeImage(++this.number & 0xffff, this.random)
        this.queue.push(...this.image.messages)
    }

    private other(index: number): Message {
        const { random } = this
        const kind = random() % (OTHERS.length + 2)
        const type = OTHERS[kind] ?? UNKNOWN_FIRST + (random() % UNKNOWN_COUNT)
        return { type, body: otherBody(type, index, random) }
    }
}

/** FRAME, PIXELS with BANDs between them, FRAME_END. */
function makeImage(number: number, random: Random): Image {
    const chunks = Array.from({ length: 1 + (random() % CHUNKS_MAX) }, () =>
        someBytes(1 + (random() % PIXELS_MAX), random)
    )
    const bytes = Uint8Array.from(chunks.flatMap(chunk => [...chunk]))
    const sequence = random()
    const endUs = random()
    const reduce = 1 << (random() % 3)
    const messages: Message[] = []
    const bands = [{ offset: 0, sequence, endUs }]
    let told = 1
    messages.push({
        type: FRAME,
        body: body(60, view => {
            view.setUint16(0, number, true)
            view.setUint8(2, reduce)
            view.setUint32(4, bytes.length, true)
            view.setUint16(8, bytes.length, true)
            view.setUint16(10, 1, true)
            view.setUint32(16, sequence, true)
            view.setUint32(24, endUs, true)
        }),
    })
    let offset = 0
    for (const data of chunks) {
        while (random() % 4 === 0) {
            const band = { offset, sequence: random(), endUs: random() }
            messages.push({
                type: BAND,
                body: bandBody(number, ++told, band),
            })
            if (bands.at(-1)!.offset === offset) bands.pop()
            bands.push(band)
        }
        const head = body(6, view => {
            view.setUint16(0, number, true)
            view.setUint32(2, offset, true)
        })
        messages.push({
            type: PIXELS,
            body: Uint8Array.of(...head, ...data),
        })
        offset += data.length
    }
    messages.push({
        type: FRAME_END,
        body: body(8, view => {
            view.setUint16(0, number, true)
            view.setUint16(2, told, true)
            view.setUint32(4, crc32(bytes), true)
        }),
    })
    const text = imageText({
        ...{ number, reduce, columns: bytes.length, rows: 1 },
        ...{ bands, bytes, descriptor: { sequence } },
    })
    return { number, text, messages, taken: 0 }
}

function bandBody(
    number: number,
    told: number,
    band: { offset: number; sequence: number; endUs: number }
): Uint8Array {
    return body(16, view => {
        view.setUint16(0, number, true)
        view.setUint16(2, told, true)
        view.setUint32(4, band.offset, true)
        view.setUint32(8, band.sequence, true)
        view.setUint32(12, band.endUs, true)
    })
}

/** Bytes of bodies whose length is their layout's. */
const FIXED: Readonly<Partial<Record<MessageType, number>>> = {
    [MessageType.ERROR]: 12,
    [MessageType.RESET]: 0,
    [MessageType.RESETTING]: 0,
    [MessageType.GET_COUNTERS]: 0,
    [MessageType.COUNTERS_ARE]: 44,
    [MessageType.PROGRAM_BEGIN]: 148,
    [MessageType.PROGRAM_ERASING]: 12,
    [MessageType.PROGRAM_READY]: 4,
    [MessageType.PROGRAM_ACK]: 4,
    [MessageType.PROGRAM_COMMIT]: 0,
    [MessageType.PROGRAM_DONE]: 8,
    [MessageType.STREAM]: 8,
    [MessageType.STREAM_STATE]: 24,
    [MessageType.GET_REGISTERS]: 2,
}

function otherBody(type: number, index: number, random: Random): Uint8Array {
    if (type === MessageType.JACDAC) return jacdac(index, random)
    if (type === MessageType.LOG) return log(random)
    const bytes = FIXED[type as MessageType] ?? random() % (BODY_BYTES_MAX + 1)
    return someBytes(bytes, random)
}

function jacdac(index: number, random: Random): Uint8Array {
    const size = 4 * (1 + (random() % 60))
    const frame = someBytes(JACDAC_HEADER + size, random)
    frame[2] = size
    new DataView(frame.buffer).setUint32(4, index, true)
    return frame
}

/** A whole line of printable text: a client gives it without its flags. */
function log(random: Random): Uint8Array {
    const text = someBytes(random() % (PIXELS_MAX + 1), random)
    const head = [random() % 3, 0, random() & 0xff, 0]
    return Uint8Array.of(...head, ...text.map(byte => 0x20 + (byte % 0x5f)))
}

/** Random ones, and runs where COBS changes: of zeros, without a zero. */
function someBytes(count: number, random: Random): Uint8Array {
    const kind = random() % 8
    const bytes = new Uint8Array(count)
    if (kind === 0) return bytes
    for (let at = 0; at < count; at += 4) {
        const word = random()
        for (let i = 0; i < 4 && at + i < count; i++)
            bytes[at + i] = (word >>> (8 * i)) & 0xff
    }
    if (kind === 1) return bytes.map(byte => byte | 1)
    return kind === 2 ? bytes.map(byte => (byte & 0x30 ? 0 : byte)) : bytes
}

function body(bytes: number, fill: (view: DataView) => void): Uint8Array {
    const content = new Uint8Array(bytes)
    fill(new DataView(content.buffer))
    return content
}
