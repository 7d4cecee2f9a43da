// SPDX-License-Identifier: MIT
// Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): no 0 byte inside a frame, a 0 behind it.

/** Code of a block of 254 bytes that no 0 follows. */
const FULL_BLOCK = 0xff

/**
 * Encode a payload.
 * @returns the frame with its closing 0
 */
export function encodeCobs(payload: Uint8Array): Uint8Array {
    const out = [0]
    let codeAt = 0
    const endBlock = (): void => {
        out[codeAt] = out.length - codeAt
        codeAt = out.length
        out.push(0)
    }
    for (const byte of payload) {
        if (byte !== 0) out.push(byte)
        if (byte === 0 || out.length - codeAt === FULL_BLOCK) endBlock()
    }
    endBlock()
    // The last block's successor is the closing 0.
    return Uint8Array.from(out)
}

/** A piece of the wire between two 0 bytes. */
export interface CobsPiece {
    /** undefined: a block was cut, or the payload is longer than the limit */
    readonly payload: Uint8Array | undefined
    /** The bytes as they came, without the 0; the first `limit` of them. */
    readonly raw: Uint8Array
}

/** Takes the wire's bytes in any portions. */
export class CobsDecoder {
    private raw: number[] = []
    private tooLong = false

    /** @param limit bytes that a frame may have on the wire; longer ones are bad */
    constructor(
        private readonly limit: number,
        private readonly onPiece: (piece: CobsPiece) => void
    ) {}

    push(bytes: Uint8Array): void {
        for (const byte of bytes) {
            if (byte === 0) this.end()
            else if (this.raw.length < this.limit) this.raw.push(byte)
            else this.tooLong = true
        }
    }

    private end(): void {
        const raw = Uint8Array.from(this.raw)
        const payload = this.tooLong ? undefined : decodeCobs(raw)
        this.raw = []
        this.tooLong = false
        if (raw.length > 0) this.onPiece({ payload, raw })
    }
}

/**
 * Decode a frame without its closing 0.
 * @returns undefined when its last block is cut
 */
export function decodeCobs(frame: Uint8Array): Uint8Array | undefined {
    const out: number[] = []
    let at = 0
    while (at < frame.length) {
        const code = frame[at]!
        const end = at + code
        if (code === 0 || end > frame.length) return undefined
        for (let i = at + 1; i < end; i++) out.push(frame[i]!)
        if (code !== FULL_BLOCK && end < frame.length) out.push(0)
        at = end
    }
    return Uint8Array.from(out)
}
