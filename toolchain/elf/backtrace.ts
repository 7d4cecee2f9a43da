// SPDX-License-Identifier: MIT
// Who called whom, out of exception handlers, too: by .debug_frame, and where a function has none by LR.

import { type CallFrames, LR, PC, type ReadWord, SP } from "./call-frames.ts"

/** Calls are followed so far. */
const DEPTH_MAX = 32

/** EXC_RETURN in LR or PC (ARMv7-M ARM B1.5.8). */
const EXC_RETURN = 0xffffffe1
const RETURNS_TO_PSP = 1 << 2
const BASIC_FRAME = 1 << 4
const BASIC_FRAME_BYTES = 0x20
const FP_FRAME_BYTES = 0x68
const XPSR_ALIGNED = 1 << 9

export interface CoreRegisters {
    /** r0 to r12, SP, LR, PC. */
    readonly core: readonly number[]
    /** For exceptions that interrupted a program on the process stack. */
    readonly psp: number
}

/** One function of a backtrace. */
export interface BacktraceFrame {
    /** Of the innermost function the instruction itself; of the others one within the call. */
    readonly pc: number
    /** An exception came here: the frame before this one is the first of its handler. */
    readonly interrupted: boolean
}

/** From the innermost function outwards, until nothing is known any more. */
export function backtrace(
    frames: CallFrames,
    { core, psp }: CoreRegisters,
    isCode: (address: number) => boolean,
    read: ReadWord
): BacktraceFrame[] {
    const found: BacktraceFrame[] = [{ pc: core[PC]!, interrupted: false }]
    let registers: readonly number[] = core
    let interrupted = true // its PC is exact, and its LR may still be its own
    while (found.length < DEPTH_MAX) {
        const caller: number[] | undefined =
            frames.caller(registers, read) ??
            (interrupted ? byLinkRegister(registers) : undefined)
        if (caller === undefined) break
        const returns: number = caller[PC]!
        const unstacked: number[] | undefined =
            returns >= EXC_RETURN ? unstack(caller, psp, read) : undefined
        if (returns >= EXC_RETURN && unstacked === undefined) break
        const next = unstacked ?? atTheCall(caller)
        interrupted = unstacked !== undefined
        const same = next[PC] === registers[PC] && next[SP] === registers[SP]
        if (same || !isCode(next[PC]!)) break
        found.push({ pc: next[PC]!, interrupted })
        registers = next
    }
    return found
}

function byLinkRegister(registers: readonly number[]): number[] {
    const caller = [...registers]
    caller[PC] = registers[LR]!
    return caller
}

/** Back from the return address into the call before it, whose line it is. */
function atTheCall(registers: readonly number[]): number[] {
    const call = [...registers]
    call[PC] = ((registers[PC]! & ~1) - 2) >>> 0
    return call
}

/** What the exception entry put onto the stack. */
function unstack(
    registers: readonly number[],
    psp: number,
    read: ReadWord
): number[] | undefined {
    const excReturn = registers[PC]!
    const frame = (excReturn & RETURNS_TO_PSP) !== 0 ? psp : registers[SP]!
    const words = Array.from({ length: 8 }, (_, index) =>
        read((frame + index * 4) >>> 0)
    )
    if (words.includes(undefined)) return undefined
    const [r0, r1, r2, r3, r12, lr, pc, xpsr] = words as number[]
    const bytes =
        (excReturn & BASIC_FRAME) !== 0 ? BASIC_FRAME_BYTES : FP_FRAME_BYTES
    const padding = (xpsr! & XPSR_ALIGNED) !== 0 ? 4 : 0
    return [
        ...[r0!, r1!, r2!, r3!],
        ...registers.slice(4, 12),
        ...[r12!, (frame + bytes + padding) >>> 0, lr!, pc!],
    ]
}
