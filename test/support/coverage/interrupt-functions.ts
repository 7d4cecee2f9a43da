// SPDX-License-Identifier: MIT
// The functions of a firmware that run in the interrupts of native/, by the calls in its code.

import type { Elf } from "../../../toolchain/elf/elf.ts"
import type { ProgramMap } from "../../../toolchain/elf/program-map.ts"

/** Interrupts whose work is in native/: capture, pins, and the tick that watches the capture. */
const HANDLERS =
    /^(DCMI|DMA2_Stream1|EXTI\d_?\d*|EXTI9_5|EXTI15_10)_IRQHandler$|^SysTick_Handler$/

/** Called through pointers, all of them from the DMA's handler (toolchain/firmware/stack-analysis.ts). */
function isCalledThroughPointer(name: string, file: string): boolean {
    if (/^cam_row_copy_|^cam_jpeg_wrapped$/.test(name)) return true
    return file.endsWith("/capture_rows.c") && !name.startsWith("cam_")
}

/** Addresses of the functions. */
export function interruptFunctions(
    map: ProgramMap,
    half: (address: number) => number
): Set<number> {
    const calls = new Map<number, Set<number>>()
    for (const { address, bytes } of map.instructions()) {
        const target =
            bytes === 2
                ? shortTarget(address, half(address))
                : longTarget(address, half(address), half(address + 2))
        const from = map.symbols.functionAt(address)?.address
        const to =
            target === undefined ? target : map.symbols.functionAt(target)
        if (
            from === undefined ||
            to?.address !== target ||
            target === undefined
        )
            continue
        const known = calls.get(from)
        if (known) known.add(target)
        else calls.set(from, new Set([target]))
    }
    const found = new Set<number>()
    const visit = (address: number): void => {
        if (found.has(address)) return
        found.add(address)
        for (const callee of calls.get(address) ?? []) visit(callee)
    }
    for (const { name, address, isFunction } of map.symbols.all) {
        if (!isFunction) continue
        const file = map.lines.lineOf(address)?.file ?? ""
        if (HANDLERS.test(name) || isCalledThroughPointer(name, file))
            visit(address)
    }
    return found
}

/** Of B (ARMv7-M ARM A7.7.12, encoding T2); undefined for other instructions. */
function shortTarget(address: number, code: number): number | undefined {
    if ((code & 0xf800) !== 0xe000) return undefined
    return address + 4 + ((code << 21) >> 20)
}

/** Of BL, and of B (ARMv7-M ARM A7.7.18 and A7.7.12, encoding T4); undefined for other instructions. */
function longTarget(
    address: number,
    first: number,
    second: number
): number | undefined {
    if ((first & 0xf800) !== 0xf000 || (second & 0x9000) !== 0x9000)
        return undefined
    const sign = (first >>> 10) & 1
    const bit = (at: number): number => 1 ^ ((second >>> at) & 1) ^ sign
    const offset =
        (sign << 24) |
        (bit(13) << 23) |
        (bit(11) << 22) |
        ((first & 0x3ff) << 12) |
        ((second & 0x7ff) << 1)
    return address + 4 + ((offset << 7) >> 7)
}

/** Halfwords of a firmware's code. */
export function halfwordsOf(elf: Elf): (address: number) => number {
    return address => {
        for (const { executable, address: start, content } of elf.sections) {
            const at = address - start
            if (executable && at >= 0 && at + 2 <= content.length)
                return content[at]! | (content[at + 1]! << 8)
        }
        return 0
    }
}
