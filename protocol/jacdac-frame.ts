// SPDX-License-Identifier: MIT
// Jacdac frames and packets as bytes (jacdac-docs, "Protocol"; jacdac-c, jd_protocol.h). Pure; runs in browsers too.

export const FRAME_HEADER_BYTES = 12
/** A whole frame: its header and at most 240 bytes of packets. */
export const FRAME_MAX_BYTES = 252
export const PACKET_HEADER_BYTES = 4
/** One packet's payload. */
export const PAYLOAD_MAX_BYTES = 236

/** Bits of a frame's flags. */
export const FrameFlag = {
    /** The device id is the recipient's; clear: a report, the device id is the sender's. */
    COMMAND: 0x01,
    ACK_REQUESTED: 0x02,
    /** The first half of the device id is a service class, all devices that have it are meant. */
    BROADCAST: 0x04,
    /** Also for the sender itself. */
    LOOPBACK: 0x40,
} as const

/** Kinds of commands: the upper four bits. */
export const Command = {
    ANNOUNCE: 0x00,
    NOT_IMPLEMENTED: 0x03,
    GET: 0x1000,
    SET: 0x2000,
    EVENT: 0x8000,
    KIND_MASK: 0xf000,
    REGISTER_MASK: 0x0fff,
} as const

export interface JacdacPacket {
    /** 0: the control service. */
    readonly serviceIndex: number
    readonly command: number
    readonly payload: Uint8Array
}

export interface JacdacFrame {
    /** FrameFlag bits. */
    readonly flags: number
    /** 16 hexadecimal digits, in the order of the bytes. */
    readonly deviceId: string
    readonly packets: readonly JacdacPacket[]
}

/** Bytes that are no Jacdac frame. */
export class JacdacFrameError extends Error {
    constructor(message: string) {
        super(`Jacdac frame: ${message}`)
        this.name = "JacdacFrameError"
    }
}

const CRC_INIT = 0xffff
const CRC_POLYNOMIAL = 0x1021
const ID_OFFSET = 4
const ID_BYTES = 8
const SERVICE_INDEX_MASK = 0x3f
/** Of a packet that says by its command which checksum has arrived. */
const CRC_ACK_INDEX = 0x3f

/** CRC-16/CCITT-FALSE. */
export function crc16(bytes: Uint8Array): number {
    let crc = CRC_INIT
    for (const byte of bytes) {
        crc ^= byte << 8
        for (let bit = 0; bit < 8; bit++)
            crc =
                (crc & 0x8000 ? (crc << 1) ^ CRC_POLYNOMIAL : crc << 1) & 0xffff
    }
    return crc
}

/**
 * Put packets into a frame.
 *
 * @throws JacdacFrameError for a device id that is none, no packet, or packets that do not fit
 */
export function encodeFrame(frame: JacdacFrame): Uint8Array {
    const { flags, deviceId, packets } = frame
    if (!/^[0-9a-f]{16}$/.test(deviceId))
        throw new JacdacFrameError(
            `device id "${deviceId}" is not 16 hexadecimal digits`
        )
    const size = packets.reduce(
        (sum, { payload }) => sum + packetBytes(payload.length),
        0
    )
    const total = FRAME_HEADER_BYTES + size
    if (packets.length === 0) throw new JacdacFrameError("no packets")
    if (total > FRAME_MAX_BYTES)
        throw new JacdacFrameError(
            `${packets.length} packets make ${total} bytes, at most ${FRAME_MAX_BYTES} fit`
        )
    const bytes = new Uint8Array(total)
    bytes[2] = size
    bytes[3] = flags
    for (let i = 0; i < ID_BYTES; i++)
        bytes[ID_OFFSET + i] = parseInt(deviceId.slice(2 * i, 2 * i + 2), 16)
    let offset = FRAME_HEADER_BYTES
    for (const { serviceIndex, command, payload } of packets) {
        bytes[offset] = payload.length
        bytes[offset + 1] = serviceIndex
        bytes[offset + 2] = command & 0xff
        bytes[offset + 3] = command >> 8
        bytes.set(payload, offset + PACKET_HEADER_BYTES)
        offset += packetBytes(payload.length)
    }
    const crc = crc16(bytes.subarray(2))
    bytes[0] = crc & 0xff
    bytes[1] = crc >> 8
    return bytes
}

/**
 * Take a frame apart. The packets share its bytes.
 *
 * @throws JacdacFrameError for a wrong length or checksum, or packets that do not fit into it
 */
export function decodeFrame(bytes: Uint8Array): JacdacFrame {
    if (bytes.length < FRAME_HEADER_BYTES + PACKET_HEADER_BYTES)
        throw new JacdacFrameError(`${bytes.length} bytes are too few`)
    const end = FRAME_HEADER_BYTES + bytes[2]!
    if (bytes.length !== end || end > FRAME_MAX_BYTES)
        throw new JacdacFrameError(
            `${bytes.length} bytes came, its header says ${end}`
        )
    const crc = crc16(bytes.subarray(2))
    if ((bytes[0]! | (bytes[1]! << 8)) !== crc)
        throw new JacdacFrameError("wrong checksum")
    const packets: JacdacPacket[] = []
    for (let offset = FRAME_HEADER_BYTES; offset < end;) {
        const payloadBytes = bytes[offset]!
        const payloadAt = offset + PACKET_HEADER_BYTES
        // The padding of the last packet may be left out.
        if (payloadAt + payloadBytes > end)
            throw new JacdacFrameError(
                `a packet of ${payloadBytes} bytes at byte ${offset} passes its end at ${end}`
            )
        packets.push({
            serviceIndex: bytes[offset + 1]! & SERVICE_INDEX_MASK,
            command: bytes[offset + 2]! | (bytes[offset + 3]! << 8),
            payload: bytes.subarray(payloadAt, payloadAt + payloadBytes),
        })
        offset += packetBytes(payloadBytes)
    }
    return {
        flags: bytes[3]!,
        deviceId: hexDigits(bytes.subarray(ID_OFFSET, ID_OFFSET + ID_BYTES)),
        packets,
    }
}

/** Is it nothing but an acknowledgement of one that was received? Its checksum is not looked at. */
export function isAcknowledgement(bytes: Uint8Array): boolean {
    return (
        bytes[2] === PACKET_HEADER_BYTES &&
        (bytes[3]! & FrameFlag.COMMAND) === 0 &&
        (bytes[FRAME_HEADER_BYTES + 1]! & SERVICE_INDEX_MASK) === CRC_ACK_INDEX
    )
}

/** Count the packets that a frame says it has, without a look at its checksum; at least 1. */
export function countPackets(bytes: Uint8Array): number {
    let packets = 0
    for (
        let offset = FRAME_HEADER_BYTES;
        offset < bytes.length;
        offset += packetBytes(bytes[offset]!)
    )
        packets++
    return Math.max(1, packets)
}

/** Bytes of one packet in a frame: the next one starts at a multiple of four. */
function packetBytes(payloadBytes: number): number {
    return (PACKET_HEADER_BYTES + payloadBytes + 3) & ~3
}

function hexDigits(bytes: Uint8Array): string {
    return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join(
        ""
    )
}
