// SPDX-License-Identifier: MIT
// Packets of GDB's remote serial protocol ("Debugging with GDB", appendix E.1): $data#checksum, escapes, acknowledgements.

/** Bytes that cannot stand for themselves in a packet; 0x2a begins a run length. */
const ESCAPED = new Set([0x23, 0x24, 0x7d, 0x2a])
const ESCAPE = 0x7d
const ESCAPE_XOR = 0x20

/** What comes from the other side, in order. */
export type Received =
    | { readonly kind: "packet"; readonly data: string }
    | { readonly kind: "damaged" }
    | { readonly kind: "acknowledged" }
    | { readonly kind: "again" }
    | { readonly kind: "interrupt" }

/** Longest packet that is taken, bytes of its data: announced as PacketSize. */
export const PACKET_BYTES = 0x4000

/** @param data each character is a byte. @returns the packet, as bytes */
export function encodePacket(data: string): Buffer {
    const bytes: number[] = []
    for (const byte of Buffer.from(data, "latin1"))
        if (ESCAPED.has(byte)) bytes.push(ESCAPE, byte ^ ESCAPE_XOR)
        else bytes.push(byte)
    const body = Buffer.from(bytes)
    return Buffer.concat([
        Buffer.from("$"),
        body,
        Buffer.from(`#${hexByte(checksum(body))}`),
    ])
}

/** Cuts a stream of bytes into packets. */
export class PacketReader {
    /** Data and both digits of the packet that has begun; undefined: none has. */
    private packet: number[] | undefined

    /** @returns what is complete now */
    take(bytes: Uint8Array): Received[] {
        const found: Received[] = []
        for (const byte of bytes) {
            const received = this.packet
                ? this.inside(byte, this.packet)
                : this.between(byte)
            if (received) found.push(received)
        }
        return found
    }

    private between(byte: number): Received | undefined {
        switch (byte) {
            case 0x03:
                return { kind: "interrupt" }
            case 0x24: // $
                this.packet = []
                return undefined
            case 0x2b: // +
                return { kind: "acknowledged" }
            case 0x2d: // -
                return { kind: "again" }
            default:
                return undefined
        }
    }

    private inside(byte: number, packet: number[]): Received | undefined {
        packet.push(byte)
        const end = packet.length - 3
        if (packet[end] !== 0x23) {
            // Twice its length: all of it may be escaped.
            if (packet.length <= 2 * PACKET_BYTES) return undefined
            this.packet = undefined
            return { kind: "damaged" }
        }
        this.packet = undefined
        const body = packet.slice(0, end)
        const digits = String.fromCharCode(...packet.slice(end + 1))
        return /^[0-9a-f]{2}$/i.test(digits) &&
            parseInt(digits, 16) === checksum(body)
            ? { kind: "packet", data: unescaped(body) }
            : { kind: "damaged" }
    }
}

/** A # in the data is always escaped, so that the first one ends it. */
function unescaped(body: readonly number[]): string {
    const bytes: number[] = []
    for (let i = 0; i < body.length; i++)
        if (body[i] === ESCAPE) bytes.push((body[++i] ?? 0) ^ ESCAPE_XOR)
        else bytes.push(body[i]!)
    return Buffer.from(bytes).toString("latin1")
}

function checksum(bytes: Iterable<number>): number {
    let sum = 0
    for (const byte of bytes) sum = (sum + byte) & 0xff
    return sum
}

function hexByte(value: number): string {
    return value.toString(16).padStart(2, "0")
}

/** Bytes as pairs of digits. */
export function toHex(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString("hex")
}

/** @returns undefined when the text is no pairs of digits */
export function fromHex(text: string): Uint8Array | undefined {
    return /^([0-9a-f]{2})*$/i.test(text)
        ? Uint8Array.from(Buffer.from(text, "hex"))
        : undefined
}
