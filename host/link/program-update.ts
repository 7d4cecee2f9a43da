// SPDX-License-Identifier: MIT
// A program update, seen from the host: begin, wait for the erase, chunk by chunk, commit.

import { LinkAnswerError } from "./link-errors.ts"
import type { LinkRequests } from "./link-requests.ts"
import {
    decodeWords,
    encodeProgramBegin,
    encodeProgramData,
    type Message,
} from "../../protocol/link/messages.ts"
import {
    parseProgramSlot,
    type ProgramSlot,
} from "../../toolchain/slots/program-slot.ts"
import { verifyImage } from "../../toolchain/slots/verify-image.ts"
import { MessageType } from "../../protocol/link/wire.ts"

export interface UpdateProgress {
    readonly phase: "erasing" | "writing" | "checking" | "done"
    readonly writtenBytes: number
    readonly totalBytes: number
}

export interface SendProgramOptions {
    /** Content of a slot. */
    readonly slot: Uint8Array
    readonly requests: LinkRequests
    /** Bytes of a PROGRAM_DATA, of the board's WELCOME. */
    readonly chunkBytes: number
    readonly hint: string
    readonly onProgress: (progress: UpdateProgress) => void
}

/** The board answers BEGIN before it erases. */
const BEGIN_TRIES = 3
const BEGIN_TIMEOUT_MS = 1000
/** A 128 KB sector takes 2 s at most (data sheet), twice that before the board itself gives up; a slot may have several. */
const ERASE_TIMEOUT_MS = 30_000
/** A chunk takes about 3 ms; a serial adapter may hold it for 16. */
const DATA_TRIES = 8
const DATA_TIMEOUT_MS = 500
/** The board reads the image twice and writes a header: about 50 ms. */
const COMMIT_TRIES = 3
const COMMIT_TIMEOUT_MS = 2000

/**
 * Send a program, after the VM has verified it here.
 * @returns where it is now, and its sequence number
 * @throws CamscriptError, ProgramError, NoAnswerError, LinkRefusedError, LinkAnswerError
 */
export async function sendProgram(
    options: SendProgramOptions
): Promise<{ address: number; sequence: number }> {
    const program = parseProgramSlot(options.slot)
    // The board only compares CRCs: what its VM refuses would cost it a restart, and the program its slot.
    verifyImage(program.image, program.name)
    const totalBytes = program.image.length
    const report = (
        phase: UpdateProgress["phase"],
        writtenBytes: number
    ): void => options.onProgress({ phase, writtenBytes, totalBytes })
    report("erasing", 0)
    await begin(options, program)
    report("writing", 0)
    for (let written = 0; written < totalBytes;) {
        written = await sendChunk(options, program.image, written)
        report("writing", written)
    }
    report("checking", totalBytes)
    const done = await commit(options)
    report("done", totalBytes)
    return done
}

/** Begin, and wait until the slot is erased. */
async function begin(
    { requests, hint }: SendProgramOptions,
    program: ProgramSlot
): Promise<void> {
    const body = encodeProgramBegin({
        imageBytes: program.image.length,
        imageCrc32: program.imageCrc32,
        vmId: program.vmId,
        request: program.request,
        name: program.name,
        kernels: program.kernels,
    })
    await requests.request({
        message: { type: MessageType.PROGRAM_BEGIN, body },
        accept: ({ type }) =>
            type === MessageType.PROGRAM_READY ? true : undefined,
        goesOn: ({ type }) =>
            type === MessageType.PROGRAM_ERASING ? ERASE_TIMEOUT_MS : undefined,
        timeoutMs: BEGIN_TIMEOUT_MS,
        tries: BEGIN_TRIES,
        hint,
    })
}

/** @returns bytes of the image that the board has now */
function sendChunk(
    { requests, hint, chunkBytes }: SendProgramOptions,
    image: Uint8Array,
    offset: number
): Promise<number> {
    const data = image.subarray(offset, offset + chunkBytes)
    const next = offset + data.length
    return requests.request({
        message: {
            type: MessageType.PROGRAM_DATA,
            body: encodeProgramData(offset, data),
        },
        // An answer to an earlier try says less: it is late, not an answer to this one.
        accept: message => (ackOf(message) === next ? next : undefined),
        timeoutMs: DATA_TIMEOUT_MS,
        tries: DATA_TRIES,
        hint,
    })
}

function ackOf({ type, body }: Message): number | undefined {
    return type === MessageType.PROGRAM_ACK
        ? decodeWords(body, 1)?.[0]
        : undefined
}

async function commit({
    requests,
    hint,
}: SendProgramOptions): Promise<{ address: number; sequence: number }> {
    const words = await requests.request({
        message: {
            type: MessageType.PROGRAM_COMMIT,
            body: new Uint8Array(0),
        },
        accept: ({ type, body }) =>
            type === MessageType.PROGRAM_DONE
                ? (decodeWords(body, 2) ?? [])
                : undefined,
        timeoutMs: COMMIT_TIMEOUT_MS,
        tries: COMMIT_TRIES,
        hint,
    })
    const [address, sequence] = words
    if (address === undefined || sequence === undefined)
        throw new LinkAnswerError(
            `the board's PROGRAM_DONE has ${words.length} words, 2 are needed`
        )
    return { address, sequence }
}
