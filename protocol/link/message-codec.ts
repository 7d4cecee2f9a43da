// SPDX-License-Identifier: MIT
// Messages on the wire: type, sequence number, body, CRC-32, all in COBS. Either end of the link can use it.

import { crc32 } from "node:zlib"
import { CobsDecoder, encodeCobs, type CobsPiece } from "./cobs.ts"
import type { Message } from "./messages.ts"
import { CRC_BYTES, HEADER_BYTES, STALE_WINDOW } from "./wire.ts"

/** Numbers and encodes messages. */
export class MessageWriter {
    private sequence = 0

    /** @returns the wire's bytes, and the sequence number they carry */
    encode(message: Message): { wire: Uint8Array; sequence: number } {
        const sequence = this.sequence
        this.sequence = (sequence + 1) & 0xff
        return { wire: encodeMessage(message, sequence), sequence }
    }
}

/** The wire's bytes of a message with a given sequence number. */
export function encodeMessage(
    { type, body }: Message,
    sequence: number
): Uint8Array {
    const covered = HEADER_BYTES + body.length
    const payload = new Uint8Array(covered + CRC_BYTES)
    payload[0] = type
    payload[1] = sequence
    payload.set(body, HEADER_BYTES)
    const crc = crc32(payload.subarray(0, covered))
    new DataView(payload.buffer).setUint32(covered, crc, true)
    return encodeCobs(payload)
}

export interface MessageReaderOptions {
    /** Bytes of a body; longer messages are bad. */
    readonly bodyBytesMax: number
    /** The type that opens a session: never old, as it may begin a new count (see restart). */
    readonly opening: number
    readonly onMessage: (message: Message, sequence: number) => void
    /** What stood between two 0 bytes and was no message: damage, or text. */
    readonly onNoise?: (raw: Uint8Array) => void
}

/** Takes the wire apart; drops what is damaged, repeated or out of order, and nothing else. */
export class MessageReader {
    /** Since the start. */
    readonly counters = { received: 0, badFrames: 0, stale: 0, missed: 0 }
    private readonly cobs: CobsDecoder
    private last = 0xff

    constructor(private readonly options: MessageReaderOptions) {
        const payload = HEADER_BYTES + options.bodyBytesMax + CRC_BYTES
        const wire = payload + Math.ceil(payload / 254) + 1
        this.cobs = new CobsDecoder(wire, piece => this.take(piece))
    }

    push(bytes: Uint8Array): void {
        this.cobs.push(bytes)
    }

    /** A new session: its opening message had this sequence number, what follows has later ones. */
    restart(sequence: number): void {
        this.last = sequence
    }

    private take({ payload, raw }: CobsPiece): void {
        const { bodyBytesMax, onMessage, onNoise } = this.options
        if (payload === undefined || !isWhole(payload, bodyBytesMax)) {
            this.counters.badFrames++
            onNoise?.(raw)
            return
        }
        const type = payload[0]!
        const sequence = payload[1]!
        if (!this.isNew(type, sequence)) {
            this.counters.stale++
            return
        }
        this.counters.received++
        const body = payload.subarray(HEADER_BYTES, payload.length - CRC_BYTES)
        onMessage({ type, body }, sequence)
    }

    private isNew(type: number, sequence: number): boolean {
        const ahead = (sequence - this.last) & 0xff
        const old = ahead === 0 || ahead > 0x100 - STALE_WINDOW
        if (old) return type === this.options.opening
        if (type !== this.options.opening) this.counters.missed += ahead - 1
        this.last = sequence
        return true
    }
}

function isWhole(payload: Uint8Array, bodyBytesMax: number): boolean {
    const covered = payload.length - CRC_BYTES
    if (covered < HEADER_BYTES || covered - HEADER_BYTES > bodyBytesMax)
        return false
    const view = new DataView(payload.buffer, payload.byteOffset)
    return crc32(payload.subarray(0, covered)) === view.getUint32(covered, true)
}
