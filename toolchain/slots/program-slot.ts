// SPDX-License-Identifier: MIT
// The content of a program slot in flash: a header, and at 0x1000 the image that the VM runs in place
// (firmware/slots/slots.h).

import { crc32 } from "node:zlib"
import { CamscriptError } from "../../protocol/errors.ts"
import { encodeRequest } from "../../protocol/request-block.ts"
import { VM_SHA256 } from "../vm/vm-image.ts"
import { readName, writeName } from "../../protocol/link/messages.ts"
import { NAME_BYTES, REQUEST_BYTES } from "../../protocol/link/wire.ts"
import type { KernelBlock } from "../kernel/kernel-block.ts"
import type { CaptureRequest } from "../../protocol/capture.ts"
import { sensorCode, type SensorName } from "../../protocol/names.ts"

export const SLOT_IMAGE_OFFSET = 0x1000
export const SLOT_FORMAT = 3
/** "CSP1" */
const MAGIC = 0x31505343
const COMMITTED = 0x434d5401
const ERASED = 0xffffffff

const enum At {
    MAGIC = 0,
    FORMAT = 4,
    SEQUENCE = 8,
    IMAGE_BYTES = 12,
    IMAGE_CRC32 = 16,
    REQUEST = 20,
    NAME = 92,
    VM_ID = 156,
    /** Of the kernels: offset from the slot's start, address and bytes of their RAM; 0: there are none. */
    KERNELS_OFFSET = 160,
    KERNELS_MEMORY = 164,
    KERNELS_MEMORY_BYTES = 168,
    HEADER_CRC32 = 172,
    COMMIT = 176,
    REJECTED = 180,
}

/** The VM that this checkout builds programs for: the first four bytes of its SHA-256. */
export const VM_ID = Buffer.from(VM_SHA256, "hex").readUInt32LE(0)

export interface ProgramSlotOptions {
    /** The VM's flash area (toolchain/slots/program-image.ts). */
    readonly image: Uint8Array
    /** The program's kernels (toolchain/kernel/kernel-block.ts). */
    readonly kernels?: KernelBlock | undefined
    /** What the program is asked for; {} leaves everything to it. */
    readonly request: CaptureRequest
    readonly sensor: SensorName
    /** The program's file name; 63 bytes of it are kept. */
    readonly name: string
    /** 1 when left out: of an empty board's first program. */
    readonly sequence?: number
    /** VM_ID when left out. */
    readonly vmId?: number
}

/** Of the program's kernels: cam_program_slot_kernels_t (firmware/slots/slots.h). */
export interface ProgramSlotKernels {
    /** From the slot's start. */
    readonly offset: number
    /** Address and bytes of the RAM that they are linked for. */
    readonly memory: number
    readonly memoryBytes: number
}

export interface ProgramSlot {
    readonly sequence: number
    /** The request block (protocol/request-block.ts), and zeros up to 72 bytes. */
    readonly request: Uint8Array
    readonly name: string
    readonly vmId: number
    /** The VM's flash area, and the kernels. */
    readonly image: Uint8Array
    readonly imageCrc32: number
    readonly kernels: ProgramSlotKernels | undefined
}

/** Build the content of a slot, committed, as a programmer writes it to an empty board. */
export function buildProgramSlot(options: ProgramSlotOptions): Uint8Array {
    const { request, sensor, name, sequence = 1, vmId = VM_ID } = options
    const { kernels } = options
    if (options.image.length === 0)
        throw new CamscriptError(`program ${name}: its image is empty`)
    const image = Buffer.concat([
        options.image,
        kernels?.bytes ?? new Uint8Array(),
    ])
    const bytes = new Uint8Array(SLOT_IMAGE_OFFSET + image.length).fill(0xff)
    const view = new DataView(bytes.buffer)
    const put = (at: At, value: number): void => view.setUint32(at, value, true)
    put(At.MAGIC, MAGIC)
    put(At.FORMAT, SLOT_FORMAT)
    put(At.SEQUENCE, sequence)
    put(At.IMAGE_BYTES, image.length)
    put(At.IMAGE_CRC32, crc32(image))
    const requested = bytes.subarray(At.REQUEST, At.REQUEST + REQUEST_BYTES)
    encodeRequest(request, sensorCode(sensor), requested.fill(0))
    writeName(bytes, At.NAME, NAME_BYTES, name)
    put(At.VM_ID, vmId)
    put(
        At.KERNELS_OFFSET,
        kernels ? SLOT_IMAGE_OFFSET + options.image.length : 0
    )
    put(At.KERNELS_MEMORY, kernels?.memory.address ?? 0)
    put(At.KERNELS_MEMORY_BYTES, kernels?.memory.bytes ?? 0)
    put(At.HEADER_CRC32, crc32(bytes.subarray(0, At.HEADER_CRC32)))
    put(At.COMMIT, COMMITTED)
    bytes.set(image, SLOT_IMAGE_OFFSET)
    return bytes
}

/**
 * Read the content of a slot, and check it as the firmware does, but for the VM.
 * @throws CamscriptError that says what is wrong with it
 */
export function parseProgramSlot(bytes: Uint8Array): ProgramSlot {
    const fail = (what: string): never => {
        throw new CamscriptError(`not a valid program slot: ${what}`)
    }
    if (bytes.length <= SLOT_IMAGE_OFFSET)
        fail(`${bytes.length} bytes, its image begins at ${SLOT_IMAGE_OFFSET}`)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const get = (at: number): number => view.getUint32(at, true)
    const expectWord = (what: string, got: number, wanted: number): void => {
        if (got !== wanted) fail(`${what} is ${hex(got)}, not ${hex(wanted)}`)
    }
    expectWord("its magic", get(At.MAGIC), MAGIC)
    expectWord("its format", get(At.FORMAT), SLOT_FORMAT)
    expectWord(
        "the CRC-32 of its header",
        crc32(bytes.subarray(0, At.HEADER_CRC32)),
        get(At.HEADER_CRC32)
    )
    expectWord("its commit word", get(At.COMMIT), COMMITTED)
    expectWord("its rejected word", get(At.REJECTED), ERASED)
    const imageBytes = get(At.IMAGE_BYTES)
    if (imageBytes === 0 || imageBytes > bytes.length - SLOT_IMAGE_OFFSET)
        fail(
            `an image of ${imageBytes} bytes, there are ${bytes.length - SLOT_IMAGE_OFFSET}`
        )
    const image = bytes.subarray(
        SLOT_IMAGE_OFFSET,
        SLOT_IMAGE_OFFSET + imageBytes
    )
    expectWord("the CRC-32 of its image", crc32(image), get(At.IMAGE_CRC32))
    return {
        sequence: get(At.SEQUENCE),
        request: bytes.slice(At.REQUEST, At.REQUEST + REQUEST_BYTES),
        name: readName(bytes, At.NAME, NAME_BYTES),
        vmId: get(At.VM_ID),
        image,
        imageCrc32: get(At.IMAGE_CRC32),
        kernels: kernelsOf(get, imageBytes, fail),
    }
}

function kernelsOf(
    get: (at: number) => number,
    imageBytes: number,
    fail: (what: string) => never
): ProgramSlotKernels | undefined {
    const offset = get(At.KERNELS_OFFSET)
    const memory = get(At.KERNELS_MEMORY)
    const memoryBytes = get(At.KERNELS_MEMORY_BYTES)
    if ((offset | memory | memoryBytes) === 0) return undefined
    if (
        offset % 4 !== 0 ||
        offset <= SLOT_IMAGE_OFFSET ||
        offset >= SLOT_IMAGE_OFFSET + imageBytes
    )
        fail(
            `its kernels begin at ${hex(offset)}, its image has ${imageBytes} bytes from ${hex(SLOT_IMAGE_OFFSET)} on`
        )
    return { offset, memory, memoryBytes }
}

function hex(value: number): string {
    return `0x${value.toString(16).padStart(8, "0")}`
}
