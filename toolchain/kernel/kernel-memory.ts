// SPDX-License-Identifier: MIT
// The RAM of a program's kernels: the end of the frames' memory, as one region of the MPU (Armv7-M Architecture Reference
// Manual B3.5: a power of two, at a multiple of itself, in eighths that can be left out). A program without kernels has all of it
// for its frames. The same as in firmware/slots/kernel_slot.h.

import type { Area } from "../../boards/ram-layout.ts"
import { UsageError } from "../../protocol/errors.ts"
import { WasmBinary } from "../vm/wasm-binary.ts"
import type { CompiledKernel } from "./compile-kernel.ts"

/** From the memory's start on: a stack, the records of a call's frames, its numbers, then the kernels' own memory. */
export const KERNEL_STACK_BYTES = 1024
export const KERNEL_RECORDS_AT = 1024
export const KERNEL_RECORD_BYTES = 32
export const KERNEL_NUMBERS_AT = 1152
export const KERNEL_OWN_AT = 1184
/** Of a call's result, which ends where the memory ends: as many at least. */
export const KERNEL_RESULT_BYTES = 2048

const EIGHTHS = 8
const EIGHTHS_TRIED = [1024, 2048, 4096, 8192, 16384] as const
/** The native memory below the frames is kept from a kernel by a region with eighths of this. */
const NATIVE_GRAIN = 512

/** A board, as far as it matters here. */
export interface FrameMemoryBoard {
    readonly name: string
    readonly frameMemory: Area
}

/**
 * Lay it out.
 * @param kernels all of the program
 * @returns the memory; frames have what is below
 * @throws UsageError when it does not fit, with the sum, or the frames begin where no region of the MPU can
 */
export function kernelMemory(
    board: FrameMemoryBoard,
    kernels: readonly CompiledKernel[]
): Area {
    const ownBytes = ownBytesOf(kernels)
    const { address, bytes } = board.frameMemory
    if (address % NATIVE_GRAIN !== 0)
        throw new UsageError(
            `board ${board.name}: frames begin at 0x${address.toString(16)}; with kernels it has to be a multiple of ${NATIVE_GRAIN}: ` +
                `make ram.nativeData larger by ${NATIVE_GRAIN - (address % NATIVE_GRAIN)} bytes.`
        )
    const needed = KERNEL_OWN_AT + ownBytes + KERNEL_RESULT_BYTES
    const end = address + bytes
    const found = EIGHTHS_TRIED.flatMap(eighth =>
        [eighth, eighth * EIGHTHS].map(step =>
            endingAt(roundDown(end, step), needed, eighth)
        )
    )
        .filter(area => area !== undefined)
        .sort((a, b) => b.address - a.address)[0]
    if (found === undefined || found.address <= address)
        throw new UsageError(
            `board ${board.name}: its kernels need ${needed} bytes of RAM (stack and call ${KERNEL_OWN_AT}, own memory ${ownBytes}, ` +
                `result ${KERNEL_RESULT_BYTES}) besides frames, there are ${bytes} for both: let the kernels keep less from call to call.`
        )
    return found
}

/** Bytes that all of them keep from call to call. */
export function ownBytesOf(kernels: readonly CompiledKernel[]): number {
    return kernels.reduce((sum, kernel) => sum + kernelOwnBytes(kernel), 0)
}

/** Bytes that one keeps: memory of its own, and behind it the variables at the top of its file that it writes. */
export function kernelOwnBytes({ ownBytes, wasm }: CompiledKernel): number {
    const variables = 4 * new WasmBinary(wasm).mutableGlobals()
    return Math.ceil((variablesAt(ownBytes) + variables) / 8) * 8
}

/** Where the variables begin. */
export function variablesAt(ownBytes: number): number {
    return Math.ceil(ownBytes / 4) * 4
}

/** Of a call's result: the most that there is room for. */
export function resultBytesMax(
    memory: Area,
    kernels: readonly CompiledKernel[]
): number {
    return memory.bytes - KERNEL_OWN_AT - ownBytesOf(kernels)
}

/** A board as a program with such kernels finds it: frames have what they leave. */
export function boardWithKernels<Board extends FrameMemoryBoard>(
    board: Board,
    kernels: readonly CompiledKernel[]
): Board {
    if (kernels.length === 0) return board
    const { address } = board.frameMemory
    const bytes = kernelMemory(board, kernels).address - address
    return { ...board, frameMemory: { address, bytes } }
}

/** So many bytes in whole eighths of one region; undefined: they do not fit into one. */
function endingAt(
    end: number,
    bytes: number,
    eighth: number
): Area | undefined {
    const start = end - Math.ceil(bytes / eighth) * eighth
    const region = eighth * EIGHTHS
    return roundDown(start, region) === roundDown(end - 1, region)
        ? { address: start, bytes: end - start }
        : undefined
}

function roundDown(value: number, step: number): number {
    return Math.floor(value / step) * step
}
