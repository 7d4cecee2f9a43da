// SPDX-License-Identifier: MIT
// Where operations begin in DeviceScript's bytecode, and the lines of TypeScript that they were made from.
//
// Source of the format: runtime/devicescript/devs_format.h and the generated devs_bytecode.h of DeviceScript 2.16.4.

import { OPERATIONS, SMALL_INTEGERS } from "../vm/operation-counts.ts"
import type { Program } from "./program.ts"

/** In the image's header: the section of function descriptors, address and bytes. */
const FUNCTIONS_SECTION = 32
/** Of one descriptor, which begins with address and bytes of the function's code. */
const DESCRIPTOR_BYTES = 16

/**
 * Operations that an integer follows: those of type stmtx and exprx (JMP, LOAD_LOCAL, STATIC_BUFFER and their like). A test
 * compares them with the VM's own table.
 */
export const WITH_INTEGER: readonly number[] = [
    1, 13, 14, 16, 17, 18, 21, 22, 26, 27, 28, 29, 30, 34, 35, 36, 37, 38, 39,
    40, 41, 73, 74, 75, 78, 80, 81, 86, 94,
]

/** From this byte on, an integer's first byte says how many follow: so many more than this, and one. */
const LONG_INTEGER = 0xf8

/** A line of a function. */
export interface SourcePlace {
    readonly functionName: string
    /** Path from the project's folder. */
    readonly file: string
    /** From 1. */
    readonly line: number
}

/** No operation begins here, or none with a line. */
export const NO_PLACE = 0xffff

/** The lines of a program, and which of them each operation belongs to. */
export interface ProgramPlaces {
    readonly places: readonly SourcePlace[]
    /** Index in `places` by the byte of the bytecode that an operation begins at. */
    readonly ofByte: Uint16Array
}

/** Bytes at which operations begin, in order, by function. */
export function operationStarts(bytecode: Uint8Array): number[][] {
    const view = new DataView(bytecode.buffer, bytecode.byteOffset)
    const first = view.getUint32(FUNCTIONS_SECTION, true)
    const count = view.getUint32(FUNCTIONS_SECTION + 4, true) / DESCRIPTOR_BYTES
    return Array.from({ length: count }, (_, index) => {
        const descriptor = first + index * DESCRIPTOR_BYTES
        const start = view.getUint32(descriptor, true)
        const end = start + view.getUint32(descriptor + 4, true)
        return startsIn(bytecode, start, end)
    })
}

function startsIn(bytecode: Uint8Array, start: number, end: number): number[] {
    const starts: number[] = []
    for (let at = start; at < end;) {
        const code = bytecode[at]!
        // Zeros fill up the last word.
        if (code === 0 || (code >= OPERATIONS && code < SMALL_INTEGERS)) break
        starts.push(at++)
        if (!WITH_INTEGER.includes(code)) continue
        const first = bytecode[at++]!
        if (first >= LONG_INTEGER) at += (first & 3) + 1
    }
    return starts
}

/** @returns undefined when the program has no debug information */
export function programPlaces(program: Program): ProgramPlaces | undefined {
    const { bytecode, debug } = program
    if (debug === undefined) return undefined
    const places: SourcePlace[] = []
    const ofByte = new Uint16Array(bytecode.length).fill(NO_PLACE)
    const known = new Map<string, number>()
    let row = 0
    for (const [index, starts] of operationStarts(bytecode).entries()) {
        const functionName = debug.functions[index]?.name ?? `F${index}`
        for (const at of starts) {
            if (debug.lines[row] && debug.lines[row]![0] > at) row = 0
            while (
                row + 1 < debug.lines.length &&
                debug.lines[row + 1]![0] <= at
            )
                row++
            const found = debug.lines[row]
            if (found === undefined || found[0] > at) continue
            const [, file, line] = found
            const key = `${index} ${file} ${line}`
            let place = known.get(key)
            if (place === undefined) {
                place = places.length
                known.set(key, place)
                places.push({ functionName, file: debug.files[file]!, line })
            }
            ofByte[at] = place
        }
    }
    return { places, ofByte }
}
