// SPDX-License-Identifier: MIT
// A kernel as an object file for the Cortex-M4, position independent but for its own memory.

import { mkdtempSync, rmSync, writeFileSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CamscriptError, ProgramError } from "../../protocol/errors.ts"
import { runArmTool } from "../arm-tool.ts"
import { readCallGraph, type CallGraph } from "../firmware/call-graph.ts"
import { projectRoot } from "../paths.ts"
import { MACHINE_FLAGS } from "../vm/vm-object.ts"
import type { CompiledKernel } from "./compile-kernel.ts"
import { kernelC } from "./kernel-c.ts"
import { KERNEL_STACK_BYTES } from "./kernel-memory.ts"

const FLAGS = [
    ...MACHINE_FLAGS,
    "-std=gnu11",
    "-O2",
    "-ffreestanding",
    "-ffunction-sections",
    "-fdata-sections",
    // As in WebAssembly: each operation rounds, also two that the FPU could fuse.
    "-ffp-contract=off",
    "-fno-strict-aliasing",
    "-fno-delete-null-pointer-checks",
    // An inner loop in a function of its own keeps its registers there: inlined into a loop nest gcc spills them in the innermost.
    "-fno-inline-functions-called-once",
    "-Wall",
    "-Wno-unused",
    "-Werror",
    "-fcallgraph-info=su",
    "-I",
    join(projectRoot, "firmware", "kernel"),
]

/**
 * What the build may choose from, for each kernel: which one makes fewer instructions follows from no rule that would be worth a page.
 */
export const OPTION_SETS = {
    plain: [],
    unrolled: ["-funroll-loops"],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type OptionSet = keyof typeof OPTION_SETS

/** The only thing outside that a kernel's code may refer to. */
const OWN_MEMORY = "kernel_data"

/** What an exception pushes with the FPU in use (ARMv7-M B1.5.7): the first interrupt of a kernel, on its stack. */
const EXCEPTION_FRAME_BYTES = 108

/**
 * Compile a kernel for the core.
 *
 * @returns an ELF object with a function `kernel_<name>` for each of the kernel's, and `kernel_entry_<index>` for each that a
 *     program can call, which refers to `kernel_data` and to nothing else
 * @throws CamscriptError when the compiler is missing, or the code refers to something else; ProgramError when it needs more stack
 *     than there is
 */
export function kernelObject(
    kernel: CompiledKernel,
    options: OptionSet = "plain"
): Uint8Array {
    const folder = mkdtempSync(join(tmpdir(), "camscript-kernel-"))
    try {
        writeFileSync(join(folder, "kernel.c"), kernelC(kernel).text)
        const what = `kernel ${kernel.file}`
        const flags = [...FLAGS, ...OPTION_SETS[options]]
        runArmTool(
            "arm-none-eabi-gcc",
            [...flags, "-c", "kernel.c", "-o", "kernel.o"],
            folder,
            what
        )
        const graph = readFileSync(join(folder, "kernel.ci"), "utf8")
        checkStack(what, readCallGraph([graph]))
        const text = runArmTool(
            "arm-none-eabi-objdump",
            ["-r", "kernel.o"],
            folder,
            what
        )
        for (const [, type, symbol] of text.matchAll(
            /^[0-9a-f]+ (R_ARM_\w+)\s+(\S+)/gm
        ))
            if (!isHarmless(type!, symbol!))
                throw new CamscriptError(
                    `${what} would need ${symbol} (${type}) on the board, where it has only itself: it uses something that the core ` +
                        `has no instruction for, such as a mathematical function.`
                )
        return readFileSync(join(folder, "kernel.o"))
    } finally {
        rmSync(folder, { recursive: true, force: true })
    }
}

/** The deepest way through it: a kernel has no recursion (check-kernel.ts). */
function checkStack(what: string, graph: CallGraph): void {
    const known = new Map<string, number>()
    const depth = (name: string): number => {
        const before = known.get(name)
        if (before !== undefined) return before
        const { stackBytes = 0, calls = new Set<string>() } =
            graph.get(name) ?? {}
        const deepest = stackBytes + Math.max(0, ...[...calls].map(depth))
        known.set(name, deepest)
        return deepest
    }
    const deepest = Math.max(0, ...[...graph.keys()].map(depth))
    const most = KERNEL_STACK_BYTES - EXCEPTION_FRAME_BYTES
    if (deepest > most)
        throw new ProgramError(
            `${what} needs ${deepest} bytes of stack on the board, ${most} are there: a function that has many variables alive at ` +
                `once keeps them there; take memory of the kernel's own at the top of the file for some, or two functions.`
        )
}

/** Its own memory, or a call or a jump between its own functions. */
function isHarmless(type: string, symbol: string): boolean {
    if (type === "R_ARM_ABS32") return symbol === OWN_MEMORY
    return symbol.startsWith("w2c_kernel_") || symbol.startsWith(".text")
}
