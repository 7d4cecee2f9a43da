// SPDX-License-Identifier: MIT
// The bodies of the link's messages (docs/link.md), to bytes and back. All numbers little endian.

import {
    BOARD_BYTES,
    HOST_BODY_BYTES_MAX,
    LINK_VERSION,
    LOG_CONTINUES,
    NAME_BYTES,
    REQUEST_BYTES,
    type LogKind,
    type MessageType,
} from "./wire.ts"

/** A message as the wire carries it. */
export interface Message {
    readonly type: MessageType
    readonly body: Uint8Array
}

/** What the device says of itself. */
export interface Welcome {
    readonly version: number
    /** Bytes of a body that it takes. */
    readonly bodyBytesMax: number
    /** Bytes of a PROGRAM_DATA. */
    readonly chunkBytes: number
    /** Bytes on the wire that it can hold before it looks at them. */
    readonly receiveBytes: number
    /** Bits of Capability. */
    readonly capabilities: number
    readonly session: number
    /** First four bytes of the SHA-256 of its VM. */
    readonly vmId: number
    /** What its divider makes of 921,600. */
    readonly baud: number
    /** Bytes of an image that a slot can hold. */
    readonly imageBytesMax: number
    /** The running program's slot; 0: no program runs. */
    readonly slotAddress: number
    readonly slotSequence: number
    readonly board: string
    /** File name of the running program; empty when there is none. */
    readonly program: string
}

/** Why the device refuses something. */
export interface Refusal {
    readonly code: number
    /** Type and sequence number of the message that it refuses. */
    readonly type: number
    readonly sequence: number
    readonly value: number
    readonly limit: number
}

/** A piece of a line. */
export interface LogPiece {
    readonly kind: LogKind
    readonly continues: boolean
    /** Pieces that were dropped before this one. */
    readonly droppedBefore: number
    readonly text: Uint8Array
}

/** What PROGRAM_BEGIN says of the program to come. */
export interface ProgramHead {
    readonly imageBytes: number
    readonly imageCrc32: number
    readonly vmId: number
    /** The request block (protocol/request-block.ts), and zeros up to 72 bytes. */
    readonly request: Uint8Array
    readonly name: string
    /** Of a program with kernels: cam_program_slot_kernels_t (firmware/slots/slots.h). */
    readonly kernels?:
        | {
              readonly offset: number
              readonly memory: number
              readonly memoryBytes: number
          }
        | undefined
}

/** Names of COUNTERS' words, in their order. */
export const COUNTER_NAMES = [
    "received",
    "badFrames",
    "stale",
    "missed",
    "lineErrors",
    "sent",
    "logsDropped",
    "jacdacReceived",
    "jacdacMetered",
    "jacdacRefused",
    "jacdacUnsent",
] as const
export type LinkCounters = Readonly<
    Record<(typeof COUNTER_NAMES)[number], number>
>

const HELLO_BYTES = 12
const WELCOME_BYTES = 36 + BOARD_BYTES + NAME_BYTES
const ERROR_BYTES = 12
const LOG_HEADER_BYTES = 4
const PROGRAM_BEGIN_BYTES = 12 + REQUEST_BYTES + NAME_BYTES
const PROGRAM_KERNELS_BYTES = 12

export function encodeHello(
    session: number,
    version = LINK_VERSION
): Uint8Array {
    const { bytes, view } = block(HELLO_BYTES)
    view.setUint8(0, version)
    view.setUint16(2, HOST_BODY_BYTES_MAX, true)
    view.setUint32(4, session, true)
    return bytes
}

/** @returns undefined when the body is too short to be one */
export function decodeWelcome(body: Uint8Array): Welcome | undefined {
    if (body.length < WELCOME_BYTES) return undefined
    const view = viewOf(body)
    const u16 = (at: number): number => view.getUint16(at, true)
    const u32 = (at: number): number => view.getUint32(at, true)
    return {
        version: body[0]!,
        bodyBytesMax: u16(2),
        chunkBytes: u16(4),
        receiveBytes: u16(6),
        capabilities: u32(8),
        session: u32(12),
        vmId: u32(16),
        baud: u32(20),
        imageBytesMax: u32(24),
        slotAddress: u32(28),
        slotSequence: u32(32),
        board: readName(body, 36, BOARD_BYTES),
        program: readName(body, 36 + BOARD_BYTES, NAME_BYTES),
    }
}

/** @returns undefined when the body is too short to be one */
export function decodeError(body: Uint8Array): Refusal | undefined {
    if (body.length < ERROR_BYTES) return undefined
    const view = viewOf(body)
    return {
        code: view.getUint16(0, true),
        type: body[2]!,
        sequence: body[3]!,
        value: view.getUint32(4, true),
        limit: view.getUint32(8, true),
    }
}

/** @returns undefined when the body is too short to be one */
export function decodeLog(body: Uint8Array): LogPiece | undefined {
    if (body.length < LOG_HEADER_BYTES) return undefined
    return {
        kind: body[0]!,
        continues: (body[1]! & LOG_CONTINUES) !== 0,
        droppedBefore: viewOf(body).getUint16(2, true),
        text: body.subarray(LOG_HEADER_BYTES),
    }
}

/** @returns undefined when words are missing; more than we know are left out */
export function decodeCounters(body: Uint8Array): LinkCounters | undefined {
    if (body.length < 4 * COUNTER_NAMES.length) return undefined
    const view = viewOf(body)
    return Object.fromEntries(
        COUNTER_NAMES.map((name, i) => [name, view.getUint32(4 * i, true)])
    ) as LinkCounters
}

export function encodeProgramBegin(head: ProgramHead): Uint8Array {
    const { kernels } = head
    const { bytes, view } = block(
        PROGRAM_BEGIN_BYTES + (kernels ? PROGRAM_KERNELS_BYTES : 0)
    )
    if (kernels)
        [kernels.offset, kernels.memory, kernels.memoryBytes].forEach(
            (word, i) => view.setUint32(PROGRAM_BEGIN_BYTES + 4 * i, word, true)
        )
    view.setUint32(0, head.imageBytes, true)
    view.setUint32(4, head.imageCrc32, true)
    view.setUint32(8, head.vmId, true)
    bytes.set(head.request.subarray(0, REQUEST_BYTES), 12)
    writeName(bytes, 12 + REQUEST_BYTES, NAME_BYTES, head.name)
    return bytes
}

export function encodeProgramData(
    offset: number,
    data: Uint8Array
): Uint8Array {
    const { bytes, view } = block(4 + data.length)
    view.setUint32(0, offset, true)
    bytes.set(data, 4)
    return bytes
}

/** The first words of a body of nothing but words. @returns undefined when there are fewer */
export function decodeWords(
    body: Uint8Array,
    count: number
): number[] | undefined {
    if (body.length < 4 * count) return undefined
    const view = viewOf(body)
    return Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true))
}

/** Text up to its first 0, at most `count` bytes. */
export function readName(bytes: Uint8Array, at: number, count: number): string {
    const field = bytes.subarray(at, at + count)
    const end = field.indexOf(0)
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}

/** Text with a 0 behind it; what does not fit is cut between two characters. */
export function writeName(
    bytes: Uint8Array,
    at: number,
    count: number,
    text: string
): void {
    bytes.fill(0, at, at + count)
    new TextEncoder().encodeInto(text, bytes.subarray(at, at + count - 1))
}

function block(count: number): { bytes: Uint8Array; view: DataView } {
    const bytes = new Uint8Array(count)
    return { bytes, view: viewOf(bytes) }
}

function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
