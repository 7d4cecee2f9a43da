// SPDX-License-Identifier: MIT
// The budget of a firmware: the shape of `camscript build --json` (docs/json.md), and how it is added up.

import { readFileSync } from "node:fs"
import {
    ramAreas,
    firmwareFlashBytes,
} from "../../../toolchain/firmware/board-constants.ts"
import { parseElf, type Elf } from "../../../toolchain/elf/elf.ts"
import type { StackReport } from "../../../toolchain/firmware/stack-analysis.ts"
import type { BoardFile } from "../../../boards/board-file.ts"
import { UsageError } from "../../../protocol/errors.ts"
import type { Firmware } from "../../../toolchain/firmware/build-firmware.ts"
import { makePlanReport } from "../../plan/plan-report.ts"
import { PixelFormat, type CaptureRequest } from "../../../protocol/capture.ts"
import type { PlannedStrategy } from "../../../protocol/plan-report.ts"

/** Bytes of a kind of memory; `byOwner` adds up to `limit`, its `free` included. */
export interface Budget<Owner extends string> {
    /** Without `free`. */
    readonly used: number
    /** What the chip has. */
    readonly limit: number
    readonly byOwner: Readonly<Record<Owner | "free", number>>
}

export type FlashOwner = "vectors" | "vm" | "c" | "library" | "program"
export type RamOwnerName =
    | "nativeStack"
    | "nativeData"
    | "vmNativeStack"
    | "vmStack"
    | "vmData"
    | "vmHeap"
    | "gcHeap"
    | "frameBuffers"

/** `camscript build --json`. */
export interface BuildReport {
    readonly board: string
    /** Erased bytes between two owners or within a program's pages are nobody's. */
    readonly flash: Budget<FlashOwner> & {
        /** Vectors, VM and C code, with the gaps between them, and the flash below the first slot. */
        readonly firmware: { readonly bytes: number; readonly limit: number }
        /** Header and image of slot A, with the gaps, and its slot. */
        readonly slot: { readonly bytes: number; readonly limit: number }
    }
    readonly ram: Budget<RamOwnerName> & {
        /** What nativeData really holds. */
        readonly nativeDataUsed: number
        /** Memory for frame buffers: those of the request, and what they leave. */
        readonly frameMemory: number
    }
    /** The native stack's worst case. */
    readonly stack: StackReport
    /** How many frame buffers of how many bytes the request takes. */
    readonly frames: { readonly buffers: number; readonly bytes: number }
    /** Side of the largest square window with two frame buffers, pixels of a byte; 0: none. */
    readonly largestTwoBufferSquare: number
    readonly files: readonly string[]
}

/** Runs of erased bytes from this length on are gaps. */
const GAP_BYTES = 256
const ERASED = 0xff

/** A buffer is whole words: sides are multiples of 4. */
const SIDE_GRAIN = 4

/** Sections of firmware/stm32f4.ld. */
const FLASH_OWNERS: Readonly<Record<string, FlashOwner>> = {
    ".vectors": "vectors",
    ".vm_rodata": "vm",
    ".vm_text": "vm",
    ".text": "c",
    ".data": "c",
    ".library": "library",
    ".ARM.exidx": "library",
}

/**
 * Add everything up.
 * @param request what the frame buffers are for
 * @throws UsageError when its frame buffers do not fit, with the sum
 */
export function makeBuildReport(
    firmware: Firmware,
    request: CaptureRequest,
    files: readonly string[]
): BuildReport {
    const { board, stack } = firmware
    const elf = parseElf(readFileSync(firmware.elf), firmware.elf)
    const frames = frameBuffers(board, request)
    return {
        board: board.name,
        flash: flashBudget(board, elf),
        ram: ramBudget(board, elf, frames.bytes),
        stack,
        frames,
        largestTwoBufferSquare: largestTwoBufferSquare(board),
        files,
    }
}

function flashBudget(board: BoardFile, elf: Elf): BuildReport["flash"] {
    const byOwner = { vectors: 0, vm: 0, c: 0, library: 0, program: 0 }
    for (const { name, bytes } of elf.sections) {
        const owner = FLASH_OWNERS[name]
        if (owner !== undefined) byOwner[owner] += bytes
    }
    const slot = elf.sections.find(({ name }) => name === ".slot_a")!
    byOwner.program = programmedBytes(slot.content)
    const used = Object.values(byOwner).reduce((sum, bytes) => sum + bytes, 0)
    const code = elf.sections.filter(({ name }) => name in FLASH_OWNERS)
    const data = code.find(({ name }) => name === ".data")!
    const end = Math.max(
        ...code
            .filter(section => section !== data && section.bytes > 0)
            .map(({ address, bytes }) => address + bytes)
    )
    return {
        used,
        limit: board.flashBytes,
        byOwner: { ...byOwner, free: board.flashBytes - used },
        firmware: {
            bytes: end + data.bytes - FLASH_START,
            limit: firmwareFlashBytes(board),
        },
        slot: { bytes: slot.bytes, limit: board.slots[0]!.bytes },
    }
}

const FLASH_START = 0x08000000

/** Bytes outside gaps. */
function programmedBytes(content: Uint8Array): number {
    let programmed = 0
    for (let at = 0; at < content.length;) {
        let end = at
        while (end < content.length && content[end] === ERASED) end++
        if (end - at < GAP_BYTES) programmed += end - at
        at = end
        while (at < content.length && content[at] !== ERASED) at++
        programmed += at - end
    }
    return programmed
}

function ramBudget(
    board: BoardFile,
    elf: Elf,
    frameBytes: number
): BuildReport["ram"] {
    const owners = Object.fromEntries(
        board.ramOwners.map(({ name, bytes }) => [name, bytes])
    ) as Record<Exclude<RamOwnerName, "frameBuffers">, number>
    const byOwner = { ...owners, frameBuffers: frameBytes }
    const used = Object.values(byOwner).reduce((sum, bytes) => sum + bytes, 0)
    const limit = board.memories.reduce((sum, { bytes }) => sum + bytes, 0)
    const data = ramAreas(board).find(({ owner }) => owner === "nativeData")!
    const inData = elf.sections.filter(
        ({ address, allocated }) =>
            allocated &&
            address >= data.address &&
            address < data.address + data.bytes
    )
    return {
        used,
        limit,
        byOwner: { ...byOwner, free: limit - used },
        nativeDataUsed: inData.reduce((sum, { bytes }) => sum + bytes, 0),
        frameMemory: board.frameMemory.bytes,
    }
}

/**
 * What the program will take for this request.
 * @throws UsageError when it does not fit, with the sum
 */
export function frameBuffers(
    board: BoardFile,
    request: CaptureRequest
): BuildReport["frames"] {
    const plan = plannedStrategy(board, ownChoice(board, request))
    if (typeof plan === "string") {
        const { memory } = ramAreas(board).find(
            ({ owner }) => owner === "frames"
        )!
        const owners = board.ramOwners
            .filter(owner => owner.memory === memory)
            .map(({ name, bytes }) => `${name} ${bytes}`)
        throw new UsageError(
            `board ${board.name}: the frame buffers do not fit. ${plan}; ${memory} of ` +
                `${board.memories.find(({ name }) => name === memory)!.bytes} bytes holds ` +
                `${owners.join(" + ")}, which leaves ${board.frameMemory.bytes} for frames`
        )
    }
    return { buffers: plan.buffers, bytes: plan.ramBytes }
}

/** Asked for nothing, the default program takes the OV2640's whole field as a JPEG of 640x480 (src/main.ts): no raw one fits. */
function ownChoice(board: BoardFile, request: CaptureRequest): CaptureRequest {
    const { window, size, format } = request
    if (board.sensor.name !== "ov2640" || window || size || format)
        return request
    return {
        ...request,
        size: { width: 640, height: 480 },
        format: PixelFormat.JPEG,
    }
}

function plannedStrategy(
    board: BoardFile,
    request: CaptureRequest
): PlannedStrategy | string {
    const { chosen, strategies } = makePlanReport(request, board)
    const plan = strategies.find(({ name }) => name === chosen)
    if (plan?.ok) return plan
    const reasons = strategies.flatMap(strategy =>
        strategy.ok ? [] : [strategy.reason]
    )
    return reasons[0] ?? "nothing is possible"
}

/** By the planner, from the largest that the memory could hold downwards. */
function largestTwoBufferSquare(board: BoardFile): number {
    const side = Math.floor(Math.sqrt(board.frameMemory.bytes / 2))
    for (let n = side - (side % SIDE_GRAIN); n > 0; n -= SIDE_GRAIN) {
        const window = { width: n, height: n }
        const plan = plannedStrategy(board, { window, buffers: 2 })
        if (
            typeof plan !== "string" &&
            plan.window.width === n &&
            plan.window.height === n &&
            plan.buffers === 2
        )
            return n
    }
    return 0
}
