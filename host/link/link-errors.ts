// SPDX-License-Identifier: MIT
// What can go wrong between host and board, each cause by its own name.

import { CamscriptError } from "../../protocol/errors.ts"
import type { Refusal } from "../../protocol/link/messages.ts"
import { ErrorCode, MessageType } from "../../protocol/link/wire.ts"

/** The board does not answer. */
export class NoAnswerError extends CamscriptError {
    constructor(
        request: MessageType,
        tries: number,
        timeoutMs: number,
        hint: string
    ) {
        super(
            `the board does not answer ${MessageType[request]}: ${tries} ${tries === 1 ? "try" : "tries"} of ` +
                `${timeoutMs} ms each. ${hint}`
        )
    }
}

/** Board and host speak different versions of the protocol. */
export class LinkVersionError extends CamscriptError {
    constructor(
        readonly host: number,
        readonly board: number
    ) {
        super(
            `the board's firmware speaks version ${board} of the link, this host version ${host}: flash a ` +
                `firmware of this checkout (camscript flash), or use the camscript that belongs to the board's`
        )
    }
}

/** The board refused a message. */
export class LinkRefusedError extends CamscriptError {
    constructor(readonly refusal: Refusal) {
        super(explain(refusal))
    }
}

/** The answer makes no sense. */
export class LinkAnswerError extends CamscriptError {}

const hex = (value: number): string =>
    `0x${value.toString(16).padStart(8, "0")}`

/** What each code says, with its value and limit. */
const CAUSES: Readonly<
    Record<ErrorCode, (value: number, limit: number) => string>
> = {
    [ErrorCode.VERSION]: (value, limit) =>
        `it speaks version ${limit} of the link, not ${value}`,
    [ErrorCode.NO_HELLO]: () =>
        "it has restarted since the last HELLO and knows no session",
    [ErrorCode.TYPE]: value => `it does not know messages of type ${value}`,
    [ErrorCode.LENGTH]: (value, limit) =>
        `a body of ${value} bytes, it takes ${limit}`,
    [ErrorCode.UPDATE_TIMEOUT]: (value, limit) =>
        `nothing came for ${limit / 1e6} s, ${value} bytes of the program were written`,
    [ErrorCode.UPDATE_BUSY]: () => "it is erasing the slot",
    [ErrorCode.STREAM]: (value, limit) =>
        `a field of it is ${value}, it may be at most ${limit}`,
    [ErrorCode.REGISTER]: (value, limit) =>
        limit === 0
            ? "there is no such register"
            : `registers up to ${hex(value)}, they end at ${hex(limit)}`,
    [ErrorCode.NOT_A_SECTOR]: (value, limit) =>
        `its slot is not made of whole flash sectors: none starts at ${hex(value)}, the next at ${hex(limit)}`,
    [ErrorCode.FLASH_LOCKED]: value =>
        `its flash does not unlock (FLASH_CR reads ${hex(value)}): reset the board`,
    [ErrorCode.FLASH_TIMEOUT]: (value, limit) =>
        `its flash is still busy after ${limit / 1e6} s (FLASH_SR reads ${hex(value)})`,
    [ErrorCode.FLASH_ERROR]: (value, limit) =>
        `its flash reports an error at ${hex(limit)}: FLASH_SR has ${hex(value)}${flashBits(value)}`,
    [ErrorCode.VERIFY]: (value, limit) =>
        `flash at ${hex(value)} does not read back as ${hex(limit)}`,
    [ErrorCode.IMAGE_BYTES]: (value, limit) =>
        `the program's image has ${value} bytes, its slot holds 1 to ${limit}`,
    [ErrorCode.OTHER_VM]: (value, limit) =>
        `the program is built for VM ${hex(value)}, the firmware has ${hex(limit)}: build and flash both from one checkout`,
    [ErrorCode.NO_UPDATE]: () => "no update is under way, or it has failed",
    [ErrorCode.OFFSET]: (value, limit) =>
        `bytes for offset ${value}, the next ones are at ${limit}`,
    [ErrorCode.SLOT_LENGTH]: (value, limit) =>
        `${value} bytes at once, the limit is ${limit}`,
    [ErrorCode.INCOMPLETE]: (value, limit) =>
        `only ${value} of ${limit} bytes of the program are written`,
    [ErrorCode.IMAGE_CRC]: (value, limit) =>
        `what is in flash has CRC-32 ${hex(value)}, the program ${hex(limit)}`,
    [ErrorCode.LAST_VALID]: value =>
        `the slot at ${hex(value)} has the only valid program`,
    [ErrorCode.MEMORY]: (value, limit) =>
        `the program's kernels are linked for RAM up to ${hex(value)}, its frames have it up to ${hex(limit)}: its firmware was built for ` +
        `another board, or with another --gc-heap. "camscript flash" writes firmware and program together`,
    [ErrorCode.NOT_ERASED]: (value, limit) =>
        `flash at ${hex(value)} reads ${hex(limit)} after the erase`,
}

/** FLASH_SR's error bits by name (RM0090 section 3.9.4). */
function flashBits(sr: number): string {
    const names = ["OPERR", "", "", "WRPERR", "PGAERR", "PGPERR", "PGSERR"]
    const set = names.filter((name, i) => name !== "" && sr & (2 << i))
    return set.length === 0 ? "" : ` (${set.join(", ")})`
}

function explain({ code, type, value, limit }: Refusal): string {
    const what = MessageType[type] ?? `a message of type ${type}`
    const cause =
        CAUSES[code as ErrorCode] ??
        ((v: number, l: number) => `code ${code}, value ${v}, limit ${l}`)
    return `the board refuses ${what}: ${cause(value, limit)}`
}
