// SPDX-License-Identifier: MIT
// The kernels of a program as they lie in its slot, behind the VM's part of the image: a table of their functions, machine code,
// what their own memory begins with (firmware/slots/kernel_slot.h).

import { compilerVersion } from "../firmware/cmake.ts"
import type { CompiledKernel } from "./compile-kernel.ts"
import { kernelCode, type KernelCode } from "./kernel-code.ts"
import {
    KERNEL_OWN_AT,
    kernelMemory,
    kernelOwnBytes,
    ownBytesOf,
    type FrameMemoryBoard,
} from "./kernel-memory.ts"
import { callShape, resultBytes } from "./kernel-signature.ts"
import type { Area } from "../../boards/ram-layout.ts"

const HEAD_BYTES = 16
const FUNCTION_BYTES = 20
const ALIGNMENT = 8

/** What goes into a slot. */
export interface KernelBlock {
    readonly bytes: Uint8Array
    /** The RAM that it is linked for. */
    readonly memory: Area
}

/**
 * Compile, link and lay out.
 * @returns undefined: the program has no kernels
 * @throws UsageError when their memory does not fit; CamscriptError when a tool is missing, or something has no instruction
 */
export async function kernelBlock(
    kernels: readonly CompiledKernel[],
    board: FrameMemoryBoard
): Promise<KernelBlock | undefined> {
    if (kernels.length === 0) return undefined
    const ownBytes = ownBytesOf(kernels)
    const memory = kernelMemory(board, kernels)
    const compiler = await compilerVersion()
    const initial = new Uint8Array(ownBytes)
    const parts: Part[] = []
    let own = 0
    for (const kernel of kernels) {
        const address = memory.address + KERNEL_OWN_AT + own
        const code = kernelCode(kernel, address, compiler)
        parts.push({ kernel, code })
        initial.set(code.initial, own)
        own += kernelOwnBytes(kernel)
    }
    const used = initial.findLastIndex(byte => byte !== 0) + 1
    return { bytes: layOut(parts, ownBytes, initial.subarray(0, used)), memory }
}

interface Part {
    readonly kernel: CompiledKernel
    readonly code: KernelCode
}

function layOut(
    parts: readonly Part[],
    ownBytes: number,
    initial: Uint8Array
): Uint8Array {
    const functions = parts.flatMap(({ kernel, code }, part) =>
        Object.entries(code.entries).map(([index, entry]) => ({
            kernel,
            part,
            index: Number(index),
            entry,
            name: new TextEncoder().encode(
                `${kernel.file}, ${kernel.functions[Number(index)]!.name}()\0`
            ),
        }))
    )
    let end = aligned(HEAD_BYTES + FUNCTION_BYTES * functions.length)
    const take = (bytes: Uint8Array): { at: number; bytes: Uint8Array } => {
        const at = end
        end = aligned(end + bytes.length)
        return { at, bytes }
    }
    const codes = parts.map(({ code }) => take(code.bytes))
    const begin = take(initial)
    const names = functions.map(({ name }) => take(name))
    const block = new Uint8Array(end)
    const view = new DataView(block.buffer)
    for (const { at, bytes } of [...codes, begin, ...names])
        block.set(bytes, at)
    ;[functions.length, ownBytes, begin.at, initial.length].forEach((word, i) =>
        view.setUint32(4 * i, word, true)
    )
    functions.forEach(({ kernel, part, index, entry }, i) => {
        const { frames, numbers, result } = callShape(kernel.functions[index]!)
        const at = HEAD_BYTES + FUNCTION_BYTES * i
        view.setUint16(at, kernel.id, true)
        view.setUint8(at + 2, index)
        view.setUint8(at + 3, frames.length)
        view.setUint8(at + 4, numbers.length)
        const item =
            result.kind === "list" ? kernel.records[result.record]!.bytes : 0
        view.setUint16(at + 6, item, true)
        view.setUint32(at + 8, resultBytes(result, kernel.records, 0), true)
        view.setUint32(at + 12, codes[part]!.at + entry, true)
        view.setUint32(at + 16, names[i]!.at, true)
    })
    return block
}

function aligned(bytes: number): number {
    return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}
